import type { PlatformEvent, SessionEvent } from '../domain/event.ts'
import { shardOf } from '../domain/nas.ts'
import { keys } from './keys.ts'
import type { Store } from './redis.ts'
import { packSession, unpackSession } from './session-record.ts'

/** An event as text for the stream. */
export function encodeEvent(event: PlatformEvent): string {
  if (event.kind !== 'session') return JSON.stringify(event)
  const { seconds, fromVisitorOctets, toVisitorOctets } = event.delta
  return JSON.stringify({
    kind: 'session',
    at: event.at,
    change: event.change,
    session: packSession(event.session),
    delta: [seconds, String(fromVisitorOctets), String(toVisitorOctets)],
  })
}

/** The event of a stream's text. */
export function decodeEvent(text: string): PlatformEvent {
  const raw = JSON.parse(text) as
    | PlatformEvent
    | {
        kind: 'session'
        at: number
        change: SessionEvent['change']
        session: string
        delta: [number, string, string]
      }
  if (raw.kind !== 'session' || typeof raw.session !== 'string') return raw as PlatformEvent
  const [seconds, from, to] = raw.delta as [number, string, string]
  return {
    kind: 'session',
    at: raw.at,
    change: raw.change,
    session: unpackSession(raw.session),
    delta: { seconds, fromVisitorOctets: BigInt(from), toVisitorOctets: BigInt(to) },
  }
}

/** Appends an event to the stream of its NAS's shard, behind everything that NAS said before. */
export async function appendEvent(store: Store, event: Exclude<PlatformEvent, SessionEvent>): Promise<void> {
  await store.xadd(keys.events(shardOf(event.nas)), '*', 'e', encodeEvent(event))
}
