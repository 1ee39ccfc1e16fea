import type { Command } from '../command.ts'
import { UsageError } from '../command.ts'
import { readSettings } from '../../core/process/settings.ts'
import { ROLES, type Role } from '../run/messages.ts'
import { startPlatform } from '../run/supervisor.ts'
import { startUpTable } from '../run/start-up-table.ts'

/** `./hotspot run`: the platform, or some parts of it, until SIGINT or SIGTERM. */
export const run: Command = {
  verb: 'run',
  does: 'start the platform, or only the parts named',
  usage: `
usage: ./hotspot run [portal] [radius-server] [analytics] [console]

Starts the parts named, or all. Redis and PostgreSQL are those of REDIS_URL and
DATABASE_URL, else private ones in the data folder. Ends at SIGINT or SIGTERM.
The environment is described in README.md.`,
  async run(argv) {
    for (const word of argv)
      if (!ROLES.includes(word as Role)) throw new UsageError(`there is no part "${word}"`)
    const roles = argv.length > 0 ? ROLES.filter((role) => argv.includes(role)) : ROLES
    // Until everything listens there is no open work: a signal ends this process, and with it what it has started.
    const abandon = (): void => process.exit(0)
    process.once('SIGINT', abandon)
    process.once('SIGTERM', abandon)
    const settings = readSettings(process.env)
    const platform = await startPlatform(settings, roles, (line) => void process.stderr.write(`${line}\n`))
    const ending = new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => resolve()).off(signal, abandon)
    })
    process.stdout.write(startUpTable(settings, platform))
    await ending
    // A second signal does not wait.
    process.once('SIGINT', () => process.exit(1))
    await platform.stop()
    return 0
  },
}
