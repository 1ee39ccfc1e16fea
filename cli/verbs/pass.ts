import { cityDay } from '../../core/domain/day.ts'
import { parsePassCode, passState, type Pass } from '../../core/domain/pass.ts'
import { SetupError } from '../../core/process/errors.ts'
import { audit } from '../../core/records/audit.ts'
import { PassStore } from '../../core/store/passes.ts'
import { UsageStore } from '../../core/store/usage.ts'
import { VisitStore } from '../../core/store/visits.ts'
import { printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE, type Connected } from '../connected.ts'
import { disconnectSession, openSessions } from '../open-sessions.ts'

/** `./hotspot pass`: the passes by which visitors come back anywhere in the city. */
export const pass: Command = {
  verb: 'pass',
  does: 'show and revoke visitor passes',
  usage: `
usage: ./hotspot pass show ID [--json]
       ./hotspot pass revoke ID

ID is the number on the visitor's pass page, or the ten characters of the pass.

show     tells its state, its devices by number alone, and what it has used today
revoke   ends it at every site, and asks the gateways to end the sessions that run on it`,
  async run(argv) {
    const [action, ...rest] = argv
    if (action !== 'show' && action !== 'revoke') throw new UsageError('say show or revoke')
    const { values, positionals } = readArguments(rest, { json: { type: 'boolean', default: false } })
    const [named] = positionals
    if (!named) throw new UsageError('name the id of the pass')
    return connected(async (to) => {
      const passes = new PassStore(to.store, to.keys)
      const code = parsePassCode(named)
      const id = (code && (await passes.idOfCode(code))) ?? named
      const found = await passes.find(id)
      if (!found)
        throw new SetupError(
          'no-pass',
          `There is no pass "${named}": it was never made, or ended a week ago.`,
        )
      if (action === 'show') printRows([await rowOf(to, found)], values.json)
      else await revoke(to, passes, found)
      return 0
    })
  },
}

async function revoke(to: Connected, passes: PassStore, { id, subject, devices }: Pass): Promise<void> {
  await passes.revoke(id)
  const visits = new VisitStore(to.store)
  // Whoever has just tapped has no session yet: his gateway shall not let him in either.
  for (const { visit } of devices.values()) await visits.revoke(visit)
  const running = (await openSessions(to, null)).filter(
    (session) => session.subject === subject || devices.has(passes.deviceOf(session.mac)),
  )
  for (const session of running) await disconnectSession(to, session, 'revoked')
  await audit(to.records, ON_COMMAND_LINE, 'pass.revoke', id, { sessions: running.length })
  process.stdout.write(`revoked; the gateways are asked to end ${running.length} sessions\n`)
}

async function rowOf({ store }: Connected, found: Pass) {
  const now = Date.now()
  const used = await new UsageStore(store).used(found.subject, cityDay(now))
  const seen = Math.max(...[...found.devices.values()].map(({ seenAt }) => seenAt))
  return {
    id: found.id,
    state: passState(found, now),
    devices: `${found.devices.size} of ${found.most}`,
    lastSeenAt: seen > 0 ? new Date(seen).toISOString() : null,
    validUntil: new Date(found.validUntil).toISOString(),
    carriesCode: found.code !== null,
    usedTodaySeconds: used.seconds,
    usedTodayOctets: used.octets,
  }
}
