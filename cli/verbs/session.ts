import { colonMac } from '../../core/domain/mac.ts'
import { gatewayOf } from '../../core/gateways/index.ts'
import { SetupError } from '../../core/process/errors.ts'
import { audit } from '../../core/records/audit.ts'
import { readCity } from '../../core/records/city.ts'
import { requestDeauth, requestDisconnect } from '../../core/store/commands.ts'
import { SessionStore } from '../../core/store/sessions.ts'
import { VisitStore } from '../../core/store/visits.ts'
import type { Session } from '../../core/domain/session.ts'
import { printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE, type Connected } from '../connected.ts'

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
      else await disconnect(to, found)
      return 0
    })
  },
}

async function openSessions({ records, keys, store }: Connected, site: string | null): Promise<Session[]> {
  const sessions = new SessionStore(store)
  const { nas } = await readCity(records, keys)
  const open: Session[] = []
  for (const each of nas.filter((n) => site === null || n.site === site)) {
    const refs = await sessions.open(each.id)
    const found = await Promise.all(refs.map((ref) => sessions.find(ref)))
    open.push(...(found.filter((one) => one !== null && one.endedAt === null) as Session[]))
  }
  return open
}

async function disconnect({ records, keys, store }: Connected, found: Session): Promise<void> {
  const nas = (await readCity(records, keys)).nas.find((each) => each.id === found.nas)
  if (found.visit) await new VisitStore(store).revoke(found.visit)
  if (nas && gatewayOf(nas.gateway)?.disconnect === 'reporter') await requestDeauth(store, found)
  else await requestDisconnect(store, found, 'staff', Date.now())
  await audit(records, ON_COMMAND_LINE, 'session.disconnect', found.id)
  process.stdout.write('the gateway is asked to end it; accounting will tell\n')
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
