import { REPORT_NOTES, type PlatformEvent, type SessionEvent } from '../domain/event.ts'
import { shardOf } from '../domain/nas.ts'
import { base36, big, number } from './fields.ts'
import { keys } from './keys.ts'
import type { Later } from './later.ts'
import { asked, type Commands } from './redis.ts'
import { packSession, unpackSession } from './session-record.ts'

/** A session's event begins with this; every other is JSON. */
const SESSION = 'S'
const CHANGES = ['started', 'counted', 'ended', 'reopened'] as const satisfies SessionEvent['change'][]

/** Behind the change's number a letter for each of `REPORT_NOTES`, in their order. */
const LETTERS = 'scb'

const lettersOf = (notes: readonly string[] | undefined): string =>
  notes === undefined
    ? ''
    : REPORT_NOTES.reduce((letters, note, i) => (notes.includes(note) ? letters + LETTERS[i]! : letters), '')

/** An event as text for the stream. */
export function encodeEvent(event: PlatformEvent): string {
  return event.kind === 'session'
    ? encodeSession(event, event.at, packSession(event.session))
    : JSON.stringify(event)
}

/**
 * The event of a session whose packed line is at hand: it goes in as it is, or '' where it is put behind later. Of `notes`
 * those are told that analytics asks for.
 */
export function encodeSession(
  {
    change,
    session,
    delta,
    notes,
  }: Omit<SessionEvent, 'kind' | 'at' | 'notes'> & { readonly notes?: readonly string[] },
  at: number,
  packed: string,
): string {
  const moved = `${base36(delta.seconds)}\t${base36(delta.fromVisitorOctets)}\t${base36(delta.toVisitorOctets)}`
  return `${SESSION}\t${base36(at)}\t${CHANGES.indexOf(change)}${lettersOf(notes)}\t${moved}\t${session.nas}\t${packed}`
}

/** The event of a stream's text. */
export function decodeEvent(text: string): PlatformEvent {
  if (!text.startsWith(SESSION)) return JSON.parse(text) as PlatformEvent
  const [, at = '', change = '', seconds = '', from = '', to = '', nas = '', ...packed] = text.split('\t')
  return {
    kind: 'session',
    at: number(at),
    change: CHANGES[Number(change[0])]!,
    session: unpackSession(packed.join('\t'), nas),
    delta: { seconds: number(seconds), fromVisitorOctets: big(from), toVisitorOctets: big(to) },
    ...(change.length > 1 && { notes: REPORT_NOTES.filter((_, i) => change.includes(LETTERS[i]!)) }),
  }
}

/** Appends an event to the stream of its NAS's shard, behind everything that NAS said before. */
export function appendEvent(store: Commands, event: Exclude<PlatformEvent, SessionEvent>): Later<void> {
  const entry = [keys.events(shardOf(event.nas)), '*', 'e', encodeEvent(event)]
  return asked(store, 'XADD', entry, () => undefined)
}
