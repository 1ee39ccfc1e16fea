import { isLoopbackBlock, parseCidr } from '../../core/process/addresses.ts'
import type { CityFile } from '../../core/process/city-file.ts'
import { SetupError } from '../../core/process/errors.ts'
import type { Nas, Vendor } from '../../core/domain/nas.ts'
import type { Site } from '../../core/domain/site.ts'

/** A live site and the NAS record on loopback whose gateway can be played there. */
export interface LabSite {
  readonly site: Site
  readonly nas: Nas
  /** The loopback address that is the gateway's own. */
  readonly address: string
}

const PLAYED: readonly Vendor[] = ['coova-chilli', 'mikrotik', 'opennds']

/**
 * The first live sites of a city file that have a gateway to play.
 * @throws SetupError when there are fewer than asked for.
 */
export function chooseLab(city: CityFile, count: number): LabSite[] {
  const lab = city.sites
    .filter((site) => site.state === 'live')
    .flatMap((site) =>
      city.nas.flatMap((nas) => (nas.site === site.id ? labSite(site, nas) : [])).slice(0, 1),
    )
  if (lab.length < count)
    throw new SetupError(
      'too-few-sites',
      lab.length === 0
        ? `The city file has no live site with a gateway to play: a NAS of ${PLAYED.join(', ')} at a single loopback address such as 127.10.0.1/32.`
        : `The city file has ${lab.length} live sites with a gateway to play, not ${count}: ask for --sites ${lab.length}.`,
    )
  return lab.slice(0, count)
}

function labSite(site: Site, nas: Nas): LabSite[] {
  const block = nas.addresses.length === 1 ? parseCidr(nas.addresses[0]!) : null
  const playable =
    PLAYED.includes(nas.gateway) &&
    block?.family === 4 &&
    block.bits === 32 &&
    isLoopbackBlock(nas.addresses[0]!) &&
    block.address !== '127.0.0.1'
  return playable ? [{ site, nas, address: block.address }] : []
}
