import type { PlatformEvent } from '../../core/domain/event.ts'
import { ASKED, entranceOf, stateOf } from '../../core/domain/session-story.ts'
import type { AddedToDay, KeptFact } from '../../core/records/session-events.ts'
import { placeOf, type Entry } from './streams.ts'

/** An event and the entry it stood in. */
export interface ReadEntry {
  readonly entry: Entry
  readonly event: PlatformEvent
}

/**
 * What an event says of a session's life, or null. `changes` are the events that changed one, and what they added to a day;
 * another event of a session is known already.
 */
export function factOf(
  { entry, event }: ReadEntry,
  changes: ReadonlyMap<PlatformEvent, AddedToDay>,
): KeptFact | null {
  if (event.kind !== 'coa' && !(event.kind === 'session' && changes.has(event))) return null
  const { stream, at: knownAt, seq } = placeOf(entry)
  if (event.kind === 'coa') {
    const { at, reason, result } = event
    const fact =
      result === ASKED
        ? ({ kind: 'asked', knownAt, at, reason } as const)
        : ({ kind: 'answered', knownAt, at, reason, result } as const)
    return { session: event.session, stream, seq, fact }
  }
  const { at, change, session } = event
  const entrance = change === 'started' ? entranceOf(session) : null
  const fact = { kind: 'change', knownAt, at, change, state: stateOf(session), entrance } as const
  return { session: session.id, stream, seq, fact, added: changes.get(event) }
}
