import type { PlatformEvent, SessionEvent } from '../domain/event.ts'
import { shardOf } from '../domain/nas.ts'
import { base36, big, number } from './fields.ts'
import { keys } from './keys.ts'
import type { Later } from './later.ts'
import { asked, type Commands } from './redis.ts'
import { packSession, unpackSession } from './session-record.ts'

/** A session's event begins with this; every other is JSON. */
const SESSION = 'S'
const CHANGES = ['started', 'counted', 'ended', 'reopened'] as const satisfies SessionEvent['change'][]

/** An event as text for the stream. */
export function encodeEvent(event: PlatformEvent): string {
  return event.kind === 'session'
    ? encodeSession(event, event.at, packSession(event.session))
    : JSON.stringify(event)
}

/** The event of a session whose packed line is at hand: it goes in as it is, or '' where it is put behind later. */
export function encodeSession(
  { change, session, delta }: Omit<SessionEvent, 'kind' | 'at'>,
  at: number,
  packed: string,
): string {
  const moved = `${base36(delta.seconds)}\t${base36(delta.fromVisitorOctets)}\t${base36(delta.toVisitorOctets)}`
  return `${SESSION}\t${base36(at)}\t${CHANGES.indexOf(change)}\t${moved}\t${session.nas}\t${packed}`
}

/** The event of a stream's text. */
export function decodeEvent(text: string): PlatformEvent {
  if (!text.startsWith(SESSION)) return JSON.parse(text) as PlatformEvent
  const [, at = '', change = '', seconds = '', from = '', to = '', nas = '', ...packed] = text.split('\t')
  return {
    kind: 'session',
    at: number(at),
    change: CHANGES[Number(change)]!,
    session: unpackSession(packed.join('\t'), nas),
    delta: { seconds: number(seconds), fromVisitorOctets: big(from), toVisitorOctets: big(to) },
  }
}

/** Appends an event to the stream of its NAS's shard, behind everything that NAS said before. */
export function appendEvent(store: Commands, event: Exclude<PlatformEvent, SessionEvent>): Later<void> {
  const entry = [keys.events(shardOf(event.nas)), '*', 'e', encodeEvent(event)]
  return asked(store, 'XADD', entry, () => undefined)
}
