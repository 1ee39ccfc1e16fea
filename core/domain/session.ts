import type { Mac } from './mac.ts'
import type { Midnight } from './midnights.ts'

/** Why a session ended: a cause of RFC 2866 §5.10, or our own word for what no NAS said. */
export type EndCause = string

/** One session of a device at a NAS. Octets are 64-bit; `from` is what the visitor sent. Times are epoch ms. */
export interface Session {
  readonly id: string
  readonly nas: string
  readonly site: string
  readonly mac: Mac
  readonly acctSessionId: string
  readonly visit: string | null
  readonly userName: string | null
  /** What its usage counts against, see VisitGrant.subject. */
  readonly subject: string | null
  readonly method: string | null
  readonly lang: string | null
  readonly os: string | null
  readonly ip: string | null
  readonly ap: Mac | null
  readonly startedAt: number
  /** When we last heard of it, on our clock. */
  readonly heardAt: number
  readonly endedAt: number | null
  readonly cause: EndCause | null
  readonly seconds: number
  readonly fromVisitorOctets: bigint
  readonly toVisitorOctets: bigint
  readonly interimSeconds: number
  /** True once a report carried Gigawords: then its counters are whole where a report has none, too. */
  readonly gigawords: boolean
  /** The city day that `dayBase` belongs to, and the totals when that day began. */
  readonly day: string
  readonly dayBaseSeconds: number
  readonly dayBaseOctets: bigint
  /** The latest midnights inside it, where there are any. */
  readonly midnights: readonly Midnight[]
  /** IPv6 addresses, and prefixes with their length, that its reports named: see `allIpv6`. */
  readonly ipv6: readonly string[]
  /** What its gateway calls all sessions that belong together, as those of one walk from access point to access point. */
  readonly multiSessionId: string | null
  /** Grows by one with each stored change. */
  readonly version: number
}
