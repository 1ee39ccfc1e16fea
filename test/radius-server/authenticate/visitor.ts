import { cityDay } from '../../../core/domain/day.ts'
import { clickThroughGrant, dayAllowance, deviceSubject } from '../../../core/domain/grants.ts'
import { remaining } from '../../../core/domain/limits.ts'
import { dashedMac, parseMac, type Mac } from '../../../core/domain/mac.ts'
import type { Visit, VisitGrant } from '../../../core/domain/visit.ts'
import { newVisitId } from '../../../core/store/visits.ts'
import { authenticate, type Decision } from '../../../radius-server/authenticate/authenticate.ts'
import { credentialOf } from '../../../radius-server/authenticate/credential.ts'
import type { KnownNas } from '../../../radius-server/nas-table.ts'
import { requestOf, SECRET, type Stage } from '../stage.ts'
import { blake2sOfTheRfc } from '../../support/blake2s.ts'
import { testKeys } from '../../support/stores.ts'
import { accessRequest, tlv, type AccessOptions, type Tlv } from '../wire.ts'

export const PHONE = parseMac('02-00-5E-00-53-01')!
export const OTHER_PHONE = parseMac('02-00-5E-00-53-02')!

/** A phone that tapped at the portal, and what its gateway was handed for it. */
export interface Visitor {
  readonly visit: Visit
  readonly grant: VisitGrant
  readonly userName: string
  readonly password: string
}

/** What the portal does at a tap. `again` is a visit that taps once more. */
export async function tapped(
  stage: Stage,
  nas: KnownNas,
  { mac = PHONE, again }: { mac?: Mac; again?: Visit } = {},
): Promise<Visitor> {
  const visit: Visit = again ?? {
    id: newVisitId(),
    nas: nas.id,
    site: nas.site,
    mac,
    ap: null,
    ssid: null,
    ip: null,
    lang: 'vi',
    spoken: 'vi',
    device: { family: 'phone', os: 'android' },
    context: {},
    proved: true,
    createdAt: stage.now,
  }
  if (!again) await stage.rights.visits.create(visit, true)
  const subject = deviceSubject(testKeys.subject, mac)
  const used = await stage.rights.usage.used(subject, cityDay(stage.now))
  const left = remaining(dayAllowance(stage.site), used)
  if (left.kind === 'used-up') throw new Error('the portal would have refused this tap')
  const grant = clickThroughGrant(stage.site, visit.id, subject, left, stage.now)
  await stage.rights.visits.grant(visit, grant)
  return { visit, grant, userName: grant.userName, password: passwordOf(grant.userName, mac, nas.id) }
}

/** The password of a grant, from its description in core/domain/grant.ts. */
export const passwordOf = (userName: string, mac: Mac, nas: string): string =>
  blake2sOfTheRfc(testKeys.grant, `${userName}\n${mac}\n${nas}`).slice(0, 22)

export interface Asking extends Partial<Omit<AccessOptions, 'secret'>> {
  readonly userName?: string
  /** Calling-Station-Id as the NAS spells it; null for none. */
  readonly station?: string | null
  readonly more?: readonly Tlv[]
}

/** An Access-Request of the stage's NAS. */
export function asking({ userName, station, more = [], ...options }: Asking): Buffer {
  const attributes: Tlv[] = []
  if (userName !== undefined) attributes.push(tlv(1, userName))
  if (station !== null) attributes.push(tlv(31, station ?? dashedMac(PHONE)))
  return accessRequest([...attributes, ...more], { secret: SECRET, ...options })
}

/** What the server decides on an Access-Request, before it is put into attributes. */
export const decided = async (stage: Stage, nas: KnownNas, request: Asking): Promise<Decision> =>
  prepared(stage, nas, request)()

/** The decision still to be made: the request is built, read and proved. */
export function prepared(stage: Stage, nas: KnownNas, request: Asking): () => PromiseLike<Decision> {
  const { packet, proof } = requestOf(asking(request), nas, stage.now)
  const credential = credentialOf(packet)
  if (credential === 'eap' || credential === 'two-credentials')
    throw new Error(`no credential: ${credential}`)
  const { now, site } = stage
  const { realms } = stage.handling.tables.current
  const asked = { packet, nas, proof, site, realms, credential, now, freshId: newVisitId }
  return () => authenticate(stage.rights, asked)
}
