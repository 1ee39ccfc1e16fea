import { LOST } from '../../core/domain/accounting.ts'
import { cityDay } from '../../core/domain/day.ts'
import { shardOf } from '../../core/domain/nas.ts'
import type { Keys } from '../../core/process/keys.ts'
import { inTransaction, type Records } from '../../core/records/database.ts'
import { growDays } from '../../core/records/day-totals.ts'
import { growMinutes, minuteFrom } from '../../core/records/peaks.ts'
import { lockPositions } from '../../core/records/positions.ts'
import { keepFacts } from '../../core/records/session-events.ts'
import { endLogged, silentSessions, type SilentSession } from '../../core/records/session-log.ts'
import type { Store } from '../../core/store/redis.ts'
import { SessionStore } from '../../core/store/sessions.ts'
import { endStay } from '../devices/device-days.ts'
import { PseudonymKeys, Pseudonyms } from '../privacy/pseudonyms.ts'

/** Well past the three missed reports after which the live store ends a session itself. */
const SILENT_MS = 2 * 3_600_000
const A_TURN = 500

/**
 * Ends logged sessions that the live store has forgotten (its data was lost), as no event will ever end them. Returns
 * how many. Should one be heard of after all, its next event takes the end back.
 */
export async function endForgotten(parts: {
  store: Store
  records: Records
  keys: Keys
  now: number
}): Promise<number> {
  const { store, records, keys, now } = parts
  const live = new SessionStore(store)
  const pseudonyms = new Pseudonyms(new PseudonymKeys(keys, () => now))
  let ended = 0
  for (const session of await silentSessions(records, keys, { before: now - SILENT_MS, most: A_TURN })) {
    const found = await live.find(session)
    const goesOn = found?.id === session.id && found.endedAt === null
    if (!goesOn && (await endOne(records, session, { now, pseudonyms }))) ended++
  }
  return ended
}

async function endOne(
  records: Records,
  session: SilentSession,
  { now, pseudonyms }: { now: number; pseudonyms: Pseudonyms },
): Promise<boolean> {
  return inTransaction(records, async (transaction) => {
    await lockPositions(transaction)
    if (!(await endLogged(transaction, session, LOST))) return false
    const { id, nas, site, heardAt } = session
    const fact = { kind: 'forgotten', knownAt: now } as const
    const none = { seconds: 0, fromVisitorOctets: 0n, toVisitorOctets: 0n }
    const added = { day: cityDay(heardAt), startedAt: null, ended: 1, ...none }
    await keepFacts(transaction, [{ session: id, stream: shardOf(nas), seq: 0, fact, added }])
    await growDays(transaction, [{ site, day: added.day, sessions: 0, ended: 1, ...none }])
    await growMinutes(transaction, [{ site, at: minuteFrom(heardAt), change: -1 }])
    await endStay(transaction, { ...session, endedAt: heardAt }, pseudonyms)
    return true
  })
}
