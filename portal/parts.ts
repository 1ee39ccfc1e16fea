import type { PortalGateway } from '../core/gateways/gateway.ts'
import type { Nas } from '../core/domain/nas.ts'
import type { Site } from '../core/domain/site.ts'
import type { Keys } from '../core/process/keys.ts'
import type { Logger } from '../core/process/log.ts'
import type { AccountingOutcome } from '../core/process/outcome-counts.ts'
import type { Commands, Store } from '../core/store/redis.ts'
import type { MetItems } from '../core/store/met-items.ts'
import type { SessionStore } from '../core/store/sessions.ts'
import type { PassStore } from '../core/store/passes.ts'
import type { LiveTables } from '../core/store/tables.ts'
import type { UsageStore } from '../core/store/usage.ts'
import type { KnownVisit, VisitStore } from '../core/store/visits.ts'
import type { VoucherStore } from '../core/store/vouchers.ts'
import type { AfterReply } from './after-reply.ts'
import type { LoginMethod } from './login/method.ts'
import type { Pages } from './pages.ts'
import type { PassDesk } from './passes.ts'
import type { Press } from './press.ts'

/** Everything the portal's routes work with. */
export interface PortalParts {
  readonly pages: Pages
  readonly press: Press
  readonly store: Store
  /** The same store, cheaper a command: for what every arrival and every tap asks and tells. */
  readonly line: Commands
  readonly visits: VisitStore
  readonly sessions: SessionStore
  readonly usage: UsageStore
  readonly vouchers: VoucherStore
  readonly passes: PassStore
  readonly desk: PassDesk
  readonly tables: LiveTables
  readonly met: MetItems
  readonly afterReply: AfterReply
  readonly methods: ReadonlyMap<string, LoginMethod>
  readonly keys: Keys
  readonly log: Logger
  /** Counts what became of a report of a gateway without RADIUS. */
  readonly accounted: (outcomes: readonly AccountingOutcome[]) => void
  readonly now: () => number
  /** As visitors reach us, without a slash at the end; over TLS there may be another. */
  readonly portalUrl: () => string
  readonly portalTlsUrl: () => string | null
  readonly notReady: () => Promise<string | null>
}

/** A visit with the records it belongs to. */
export interface Place {
  readonly known: KnownVisit
  readonly nas: Nas
  readonly site: Site
  readonly gateway: PortalGateway
}
