import type { Secret } from './secret.ts'

/** Every gateway vendor the contract names; a folder in `core/gateways` makes one of them work. */
export const VENDORS = [
  'coova-chilli',
  'opennds',
  'mikrotik',
  'unifi',
  'omada',
  'ruijie',
  'ruckus',
  'aruba',
  'meraki',
  'cisco',
  'huawei',
  'cambium',
  'fortinet',
] as const
export type Vendor = (typeof VENDORS)[number]

/** A gateway as its record describes it: where it is and what proves its word. Nothing here comes from a query. */
export interface Nas {
  readonly id: string
  readonly site: string
  readonly gateway: Vendor
  /** CIDR blocks that its RADIUS packets come from. */
  readonly addresses: readonly string[]
  /** What `nasid` and NAS-Identifier carry. */
  readonly identifier: string
  readonly secret: Secret
  readonly gatewayUrl: string | null
  readonly uamSecret: Secret | null
  readonly fasKey: Secret | null
  readonly coa: { readonly address: string; readonly port: number } | null
  readonly messageAuthenticator: 'auto' | 'require' | 'off'
  /**
   * Where Message-Authenticator may be missing: an Access-Request that then carries Proxy-State is dropped, since it is
   * with Proxy-State that an answer is forged (CVE-2024-3596). For a NAS, never for a proxy.
   */
  readonly limitProxyState: boolean
  /** Whether Status-Server is answered (RFC 5997 §4.2). */
  readonly statusServer: boolean
  /** Whether its Input and Output octets are the other way round than its vendor's gateways have them. */
  readonly acctSwapOctets: boolean
  readonly macAuth: boolean
  readonly interimSeconds: number
}

/** How many intervals of silence close a session (experience.md: stale after three missed interims). */
export const SILENT_INTERVALS = 3

export const SHARDS = 16

/** The shard, 0–15, that holds all live keys of a NAS (FNV-1a of its id). */
export function shardOf(nasId: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < nasId.length; i++) hash = Math.imul(hash ^ nasId.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % SHARDS
}
