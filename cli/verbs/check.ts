import { hasDemoSecret, readCityFile, shortSecrets } from '../../core/process/city-file.ts'
import { readSettings } from '../../core/process/settings.ts'
import { SetupError } from '../../core/process/errors.ts'
import { keysOf } from '../../core/process/keys.ts'
import { compareCity, type Reconciliation } from '../../core/records/city.ts'
import { readArguments, type Command } from '../command.ts'
import { connected } from '../connected.ts'

/** `./hotspot check`: what would keep the platform from starting, and how the file differs from the records. */
export const check: Command = {
  verb: 'check',
  does: 'check the environment and the city file: every fault with its path',
  usage: `
usage: ./hotspot check

Checks the environment and the city file (HOTSPOT_CONFIG). When the platform runs,
also says how its records differ from the file.`,
  async run(argv) {
    readArguments(argv, {})
    const settings = readSettings(process.env)
    if (settings.key) keysOf(settings.key)
    else if (!settings.loopbackOnly)
      throw new SetupError(
        'no-key',
        'HOTSPOT_HOST goes beyond loopback, so HOTSPOT_KEY must be set: 32 bytes in base64.',
      )
    const file = readCityFile(settings.configFile, process.env)
    const say = (line: string): void => void process.stdout.write(`${line}\n`)
    say(`${settings.configFile}: ${file.sites.length} sites, ${file.nas.length} NASes, no fault`)
    const demo = settings.loopbackOnly ? [] : file.nas.filter(hasDemoSecret)
    for (const nas of demo) say(`  left out beyond loopback, because its secret is a demo one: ${nas.id}`)
    const short = shortSecrets(file.nas)
    if (short !== null) say(`  ${short}`)
    const difference: Reconciliation | null = await connected(({ records, keys }) =>
      compareCity(records, file, keys),
    ).catch((error: unknown) => {
      if (error instanceof SetupError && error.code === 'not-running') return null
      throw error
    })
    if (difference === null) say('nothing runs, so there are no records to compare with')
    else
      for (const [what, { added, changed, removed }] of Object.entries({
        sites: difference.sites,
        nas: difference.nas,
        campaigns: difference.campaigns,
        realms: difference.realms,
      }))
        for (const [how, ids] of Object.entries({ added, changed, removed }))
          if (ids.length > 0) say(`  ${what} ${how} at the next start: ${ids.join(', ')}`)
    return 0
  },
}
