import type { Logger } from '../../core/process/log.ts'
import type { Store } from '../../core/store/redis.ts'
import type { SessionStore } from '../../core/store/sessions.ts'
import type { LiveTables } from '../../core/store/tables.ts'
import type { Rights } from '../authenticate/rights.ts'
import type { Proof } from '../packet/authenticators.ts'
import type { Packet } from '../packet/packet.ts'
import type { KnownNas } from '../nas-table.ts'
import type { AccountingOutcome } from '../../core/process/outcome-counts.ts'
import type { LimitAttributes } from './limit-attributes.ts'

/** A request whose NAS is known and whose authenticators were checked. */
export interface Request {
  readonly packet: Packet
  readonly nas: KnownNas
  readonly proof: Proof
  readonly receivedAt: number
  /** A test login of our own: decided like the others, but nobody's visit. */
  readonly isTest?: true
}

/** What handlers work with. */
export interface Handling {
  readonly store: Store
  readonly sessions: SessionStore
  readonly rights: Rights
  readonly tables: LiveTables
  readonly limitAttributes: LimitAttributes
  readonly classKey: Buffer
  readonly chargeableUserKey: Buffer
  readonly now: () => number
  readonly log: Logger
  /** Told what became of an Accounting-Request. */
  readonly accounted: (outcomes: readonly AccountingOutcome[]) => void
  /** Told of what is wrong with a request that is answered all the same. */
  readonly noted: (note: 'no-nas-identification', nas: KnownNas) => void
}

/** Bytes to send, bytes to send after the reject delay, or why nothing is sent. */
export type Answer =
  | { readonly kind: 'answer'; readonly result: string; readonly bytes: Buffer }
  | { readonly kind: 'reject'; readonly reason: string; readonly bytes: Buffer }
  | { readonly kind: 'drop'; readonly reason: string }
