import type { SessionLimits } from '../domain/limits.ts'
import type { Mac } from '../domain/mac.ts'
import type { Nas, Vendor } from '../domain/nas.ts'
import type { Session } from '../domain/session.ts'
import type { GatewayContext } from '../domain/visit.ts'
import type { Dictionary } from './dictionary.ts'

/** One gateway vendor: what its redirect says, how a phone is handed back, and which attributes it speaks. */
export interface Gateway {
  readonly vendor: Vendor
  /** Null where its captive portal is not spoken to yet: its sessions are then opened by its own login form. */
  readonly portal: PortalFace | null
  readonly radius: RadiusFace
  /** How an open session is ended: by Disconnect-Request (RFC 5176), or by the reply to the gateway's reporter. */
  readonly disconnect: 'coa' | 'reporter'
}

/** A gateway whose captive portal we speak to. */
export type PortalGateway = Gateway & { readonly portal: PortalFace }

/** Query parameters, each at most once; a repeated one is dropped before it gets here. */
export type Query = Readonly<Record<string, string>>

export interface ArrivalRequest {
  readonly nas: Nas
  readonly query: Query
  /** PORTAL_URL + path + query exactly as received. */
  readonly url: string
}

/** What a gateway says of a phone that it sends. */
export interface Arrival {
  readonly mac: Mac
  readonly ap: Mac | null
  readonly ssid: string | null
  readonly ip: string | null
  readonly context: GatewayContext
  /** True when the redirect was signed or encrypted with a secret of the NAS; else what it says is hearsay. */
  readonly proved: boolean
  /** What the redirect is about: a phone to log in, one that just did, could not, already is, or has left. */
  readonly about: 'login' | 'online' | 'failed' | 'left'
}

/** Every kind of bad redirect is one answer: nothing tells a forger which check he failed. */
export type ArrivalResult = { kind: 'arrival'; arrival: Arrival } | { kind: 'bad-arrival' }

export interface HandoffRequest {
  readonly nas: Nas
  readonly mac: Mac
  readonly context: GatewayContext
  readonly userName: string
  readonly password: string
  readonly limits: SessionLimits
  readonly visit: string
  /** The portal page that the phone should see once it is online. */
  readonly landingUrl: string
}

/** How the phone goes back to its gateway. */
export type Handoff =
  | { kind: 'redirect'; url: string }
  | { kind: 'form'; action: string; fields: Readonly<Record<string, string>> }
  /** The gateway will ask us; `line` waits for it under `token`. */
  | { kind: 'wait'; token: string; line: string }

export interface PortalFace {
  /** The identifier by which a redirect names its NAS, or null when only the path can. */
  identifier(query: Query): string | null
  arrival(request: ArrivalRequest): ArrivalResult
  handoff(request: HandoffRequest): Handoff
  /** Where the gateway sends a phone to us anew, its MAC proved as far as it can; null where it has no such address. */
  entrance?(nas: Nas): string | null
}

/** An attribute to send, of the standard (`vendor` null) or of a vendor (RFC 2865 §5.26); `kind` says how it is written. */
export type RadiusAttribute = { readonly vendor: number | null; readonly type: number } & (
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'integer64'; readonly value: bigint }
  | { readonly kind: 'text' | 'address'; readonly value: string }
)

/** Reads an integer attribute of the packet at hand. */
export type IntegerOf = (vendor: number | null, type: number) => number | undefined

export interface RadiusFace {
  /** The attributes that this vendor takes or sends, each by its name. */
  readonly dictionaries: readonly Dictionary[]
  /** The limits of a session in the attributes and units this vendor understands: clamped, never 0. */
  limits(limits: SessionLimits): RadiusAttribute[]
  /** True when Acct-Input-Octets counts what the visitor received (RFC 2866 §5.3 says: sent). */
  reversedOctets(integer: IntegerOf): boolean
  /** What names a session, and where a vendor asks for it the NAS, in a Disconnect-Request (RFC 5176 §3). */
  disconnect(session: Session, nas: Nas): RadiusAttribute[]
}
