import type { PlatformEvent } from '../../core/domain/event.ts'
import { seenIn } from '../../core/domain/gateway-checks.ts'
import { keyedHash } from '../../core/domain/keyed-hash.ts'
import type { SeenOfSession } from '../../core/records/session-checks.ts'
import { logKey, type LoggedState } from '../../core/records/session-log.ts'

const ID_CHARACTERS = 16

/**
 * What events show of how gateways report: one for each session. `changes` has those of the events that changed one,
 * `logged` what the log held before them.
 */
export function seenOfSessions(
  changes: Iterable<PlatformEvent>,
  logged: ReadonlyMap<string, LoggedState>,
  key: Buffer,
): SeenOfSession[] {
  const all = new Map<string, SeenOfSession & { heardAt: number }>()
  for (const event of changes) {
    if (event.kind !== 'session') continue
    const { session } = event
    const { id, startedAt, nas, acctSessionId, interimSeconds, gigawords, heardAt } = session
    const name = logKey(session)
    const known = all.get(name)
    const { faults, interims, gapSeconds } = seenIn(
      event,
      known?.heardAt ?? logged.get(name)?.heardAt ?? null,
    )
    if (known) {
      known.faults |= faults
      known.interims += interims
      known.longestGapSeconds = Math.max(known.longestGapSeconds, gapSeconds)
      known.interimSeconds = interimSeconds
      known.gigawords ||= gigawords
      known.heardAt = heardAt
      continue
    }
    const acct = keyedHash(key, `acct-session-id\n${nas}\n${acctSessionId}`, ID_CHARACTERS)
    const told = { id, startedAt, nas, acct, interimSeconds, gigawords, heardAt }
    all.set(name, { ...told, faults, interims, longestGapSeconds: gapSeconds })
  }
  return [...all.values()]
}
