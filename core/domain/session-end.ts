import { LOST, NAS_REBOOT } from './accounting.ts'
import type { MustEnd } from './endings.ts'
import { openingAt, type OpeningHours } from './hours.ts'
import type { SessionLimits } from './limits.ts'
import type { Session } from './session.ts'

/** Every kind of end that words are kept for. */
export const END_KINDS = [
  'signed-out',
  'left',
  'idle',
  'time',
  'data',
  'hours',
  'staff',
  'revoked',
  'disconnected',
  'restarted',
  'removed',
  'fault',
  'silence',
  'forgotten',
  'unknown',
] as const
export type EndKind = (typeof END_KINDS)[number]

/** Why a session ended, with the limit that was reached where it is known. */
export interface EndReason {
  readonly kind: EndKind
  /** The time that was given, or how long it may be idle. */
  readonly seconds?: number
  /** The data that was given. */
  readonly octets?: number
}

/** Who, or which rule of ours, asked a gateway to end a session. `agreed` when it answered that it did. */
export interface Asked {
  readonly reason: string
  readonly agreed: boolean
}

/** What the causes of RFC 2866 §5.10, RFC 3580 §5.1 and our own say by themselves. */
const KIND: ReadonlyMap<string, EndKind> = new Map([
  ['User-Request', 'signed-out'],
  ['Host-Request', 'signed-out'],
  ['Lost-Carrier', 'left'],
  ['Lost-Service', 'left'],
  ['Port-Unneeded', 'left'],
  ['Supplicant-Restart', 'left'],
  ['Idle-Timeout', 'idle'],
  ['Session-Timeout', 'time'],
  ['Data-Quota', 'data'],
  ['Admin-Reset', 'disconnected'],
  ['NAS-Request', 'disconnected'],
  ['Port-Disabled', 'disconnected'],
  ['Port-Preempted', 'disconnected'],
  ['Admin-Reboot', 'restarted'],
  [NAS_REBOOT, 'restarted'],
  ['NAS-Removed', 'removed'],
  ['NAS-Error', 'fault'],
  ['Port-Error', 'fault'],
  ['Port-Reinit', 'fault'],
  ['Service-Unavailable', 'fault'],
  [LOST, 'silence'],
])

const WISHES: Readonly<Record<MustEnd | 'visitor' | 'staff', EndKind>> = {
  visitor: 'signed-out',
  staff: 'staff',
  revoked: 'revoked',
  hours: 'hours',
  'quota-time': 'time',
  'quota-data': 'data',
  'session-time': 'time',
  'session-data': 'data',
}
/** Why we ask gateways to end sessions, and what such an end is. */
export const ASKED_FOR: ReadonlyMap<string, EndKind> = new Map(Object.entries(WISHES))

/** What a gateway does of itself, whatever it was asked. */
const ON_ITS_OWN: ReadonlySet<EndKind> = new Set([
  'idle',
  'time',
  'data',
  'restarted',
  'removed',
  'fault',
  'silence',
])

/** Gateways look at their clocks now and then, so a session may end a little before its limit: a tenth, at most this. */
const NEAR_SECONDS = 60

/** What is needed of a session to say why it ended. */
export type Ended = Pick<Session, 'endedAt' | 'cause' | 'seconds' | 'fromVisitorOctets' | 'toVisitorOctets'>

/** What else decides why it ended. */
export interface Around {
  /** That it was given, as far as they are known. */
  readonly limits: SessionLimits | null
  /** Null where nobody asked for its end, or nobody told. */
  readonly asked: Asked | null
  /** Of its site. */
  readonly hours: readonly OpeningHours[] | undefined
}

/** Why a session ended: from its cause, its limits, who asked for it, and when its site closes. */
export function whyEnded(session: Ended, { limits, asked, hours }: Around): EndReason {
  const told = KIND.get(session.cause ?? '') ?? 'unknown'
  // Asked to end a session most gateways tell Admin-Reset, some a cause of their own.
  const wanted = asked && (told === 'disconnected' || asked.agreed) ? ASKED_FOR.get(asked.reason) : undefined
  const kind = wanted && !ON_ITS_OWN.has(told) ? wanted : told
  const reached = limitReached(session, limits)
  // CoovaChilli says Session-Timeout of data that is used up as well.
  if (reached && (reached.kind === kind || told === 'time' || kind === 'disconnected')) return reached
  // At a site that closes a session is given no more time than until then.
  if (told === 'time' && isClosing(session, hours)) return { kind: 'hours' }
  if (told === 'data' && limits?.octets !== undefined) return { kind, octets: limits.octets }
  if (kind === 'idle' && limits?.idleSeconds !== undefined) return { kind, seconds: limits.idleSeconds }
  return { kind }
}

const isClosing = ({ endedAt }: Ended, hours: readonly OpeningHours[] | undefined): boolean =>
  endedAt !== null && !openingAt(hours, endedAt + NEAR_SECONDS * 1000).open

/** The limit that a session had reached when it ended, its time before its data. */
function limitReached(session: Ended, limits: SessionLimits | null): EndReason | null {
  const { seconds, octets } = limits ?? {}
  if (seconds !== undefined && session.seconds >= seconds - Math.min(NEAR_SECONDS, seconds / 10))
    return { kind: 'time', seconds }
  if (octets !== undefined && session.fromVisitorOctets + session.toVisitorOctets >= BigInt(octets))
    return { kind: 'data', octets }
  return null
}
