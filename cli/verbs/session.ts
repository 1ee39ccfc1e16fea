import { colonMac } from '../../core/domain/mac.ts'
import { SetupError } from '../../core/process/errors.ts'
import { audit } from '../../core/records/audit.ts'
import type { Session } from '../../core/domain/session.ts'
import { printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE } from '../connected.ts'
import { disconnectSession, openSessions } from '../open-sessions.ts'

/** `./hotspot session`: who is online, and ending it. */
export const session: Command = {
  verb: 'session',
  does: 'list open sessions, show one, disconnect one',
  usage: `
usage: ./hotspot session list [--site ID] [--json]
       ./hotspot session show ID [--json]
       ./hotspot session disconnect ID

disconnect takes the visitor's right back and asks the gateway to end the session.`,
  async run(argv) {
    const [action, ...rest] = argv
    const { values, positionals } = readArguments(rest, {
      site: { type: 'string' },
      json: { type: 'boolean', default: false },
    })
    if (action === 'list')
      return connected(async (to) => {
        const open = await openSessions(to, values.site ?? null)
        printRows(open.map(rowOf), values.json)
        return 0
      })
    const [id] = positionals
    if (action !== 'show' && action !== 'disconnect') throw new UsageError('say list, show or disconnect')
    if (!id) throw new UsageError('name the id of the session')
    return connected(async (to) => {
      const found = (await openSessions(to, null)).find((each) => each.id === id)
      if (!found)
        throw new SetupError(
          'no-session',
          `There is no open session "${id}": ./hotspot session list shows them.`,
        )
      if (action === 'show') printRows([rowOf(found)], values.json)
      else {
        await disconnectSession(to, found)
        await audit(to.records, ON_COMMAND_LINE, 'session.disconnect', found.id)
        process.stdout.write('the gateway is asked to end it; accounting will tell\n')
      }
      return 0
    })
  },
}

const rowOf = (each: Session) => ({
  id: each.id,
  site: each.site,
  nas: each.nas,
  mac: colonMac(each.mac),
  startedAt: new Date(each.startedAt).toISOString(),
  seconds: each.seconds,
  fromVisitorOctets: String(each.fromVisitorOctets),
  toVisitorOctets: String(each.toVisitorOctets),
  method: each.method,
})
