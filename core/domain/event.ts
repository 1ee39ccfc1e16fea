import type { Mac } from './mac.ts'
import type { Session } from './session.ts'
import type { Device } from './visit.ts'

export type FunnelStep = 'arrival' | 'splash' | 'tap' | 'granted'

/** A step of a visitor on the portal. `online` is not here: accounting tells it. */
export interface FunnelEvent {
  readonly kind: 'funnel'
  readonly at: number
  readonly step: FunnelStep
  readonly nas: string
  readonly site: string
  readonly visit: string
  readonly mac: Mac
  readonly lang: string
  readonly device: Device
  readonly method?: string
}

/** The portal or the RADIUS server said no. */
export interface RefusalEvent {
  readonly kind: 'refusal'
  readonly at: number
  readonly nas: string
  readonly site: string
  readonly reason: string
  /** Whose request it was, where it tells. */
  readonly mac?: Mac
}

/** What a report showed of its gateway that the session does not tell, as docs/sessions.md has it. */
export const REPORT_NOTES = ['start-missed', 'no-visit', 'went-back'] as const
export type ReportNote = (typeof REPORT_NOTES)[number]

/** A session after one change, and by how much the change moved the totals. */
export interface SessionEvent {
  readonly kind: 'session'
  readonly at: number
  readonly change: 'started' | 'counted' | 'ended' | 'reopened'
  readonly session: Session
  readonly delta: {
    readonly seconds: number
    readonly fromVisitorOctets: bigint
    readonly toVisitorOctets: bigint
  }
  /** Absent where there are none. */
  readonly notes?: readonly ReportNote[]
}

/** What a gateway answered when we asked it to end a session; with the result `asked`, that somebody wished it. */
export interface CoaEvent {
  readonly kind: 'coa'
  readonly at: number
  readonly nas: string
  readonly site: string
  readonly session: string
  readonly reason: string
  readonly result: string
}

/** A page's slots came to these items for the first time on a device's day: served, or held back for comparison. */
export interface ItemsMetEvent {
  readonly kind: 'items-met'
  readonly at: number
  readonly nas: string
  readonly site: string
  readonly mac: Mac
  /** Of the page. */
  readonly lang: string
  readonly served: readonly string[]
  readonly held: readonly string[]
}

/** A device opened an item's own page. */
export interface ItemOpenedEvent {
  readonly kind: 'item-opened'
  readonly at: number
  readonly nas: string
  readonly site: string
  readonly mac: Mac
  readonly lang: string
  readonly item: string
}

/** Everything that live processes tell analytics, in order per NAS. */
export type PlatformEvent =
  FunnelEvent | RefusalEvent | SessionEvent | CoaEvent | ItemsMetEvent | ItemOpenedEvent
