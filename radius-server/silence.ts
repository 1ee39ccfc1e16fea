import { repeat, type Running } from '../core/process/lifecycle.ts'
import type { Logger } from '../core/process/log.ts'
import { keys } from '../core/store/keys.ts'
import type { Store } from '../core/store/redis.ts'
import type { SessionStore } from '../core/store/sessions.ts'
import type { LiveTables } from '../core/store/tables.ts'

const EVERY_MS = 5000

/**
 * Ends every session that has been silent for three of its intervals; how many it ended. All NASes are looked at, even
 * when one of them cannot be.
 * @throws what kept it from looking at one.
 */
export async function endSilentSessions(
  sessions: SessionStore,
  nasIds: Iterable<string>,
  now: number,
): Promise<number> {
  let ended = 0
  // All at once, so that a thousand NASes are one pipelined read.
  const looks = Array.from(nasIds, async (nas) => {
    for (const ref of await sessions.open(nas, now)) if (await sessions.endIfSilent(ref, now)) ended++
  })
  const failed = (await Promise.allSettled(looks)).find((look) => look.status === 'rejected')
  if (failed) throw failed.reason
  return ended
}

/** The scheduled job; of several workers one does it at a time. */
export function scheduleSilence(parts: {
  store: Store
  sessions: SessionStore
  tables: LiveTables
  now: () => number
  log: Logger
  everyMs?: number
}): Running {
  const { store, sessions, tables, now, log, everyMs = EVERY_MS } = parts
  const work = async (): Promise<void> => {
    if ((await store.set(keys.job('silence'), '1', 'PX', everyMs - 100, 'NX')) !== 'OK') return
    const ended = await endSilentSessions(sessions, tables.current.nas.keys(), now())
    if (ended > 0) log.info({ ended }, 'silent sessions ended')
  }
  return repeat(everyMs, work, (error) => log.error(error, 'cannot look for silent sessions'))
}
