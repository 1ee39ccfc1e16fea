import { z } from 'zod'
import { parseMac, type Mac } from '../../domain/mac.ts'

/** One client of openNDS, as BinAuth or `ndsctl json` tells it. */
export interface OpenndsClient {
  readonly mac: Mac
  readonly ip: string | null
  /** openNDS's own name of the log-in: its token, which is another one after each log-out. */
  readonly acctSessionId: string
  readonly startedAt: number
  readonly fromVisitorOctets: bigint
  readonly toVisitorOctets: bigint
  /** The visit that the portal's custom string named. */
  readonly visit: string | null
}

export type OpenndsEvent =
  /** openNDS started, with nobody logged in. */
  | { readonly kind: 'start'; readonly at: number }
  | { readonly kind: 'login'; readonly at: number; readonly client: OpenndsClient }
  | { readonly kind: 'logout'; readonly at: number; readonly client: OpenndsClient; readonly cause: string }
  | { readonly kind: 'counters'; readonly at: number; readonly clients: readonly OpenndsClient[] }
  /** A question whom to put out, or something of BinAuth that is neither a log-in nor a log-out. */
  | { readonly kind: 'other'; readonly at: number }

/** Causes of RFC 2866 §5.10 for the methods BinAuth names. */
const CAUSE: ReadonlyMap<string, string> = new Map([
  ['client_deauth', 'User-Request'],
  ['idle_deauth', 'Idle-Timeout'],
  ['timeout_deauth', 'Session-Timeout'],
  ['downquota_deauth', 'Data-Quota'],
  ['upquota_deauth', 'Data-Quota'],
  ['ndsctl_deauth', 'Admin-Reset'],
  ['shutdown_deauth', 'NAS-Reboot'],
])
const LOGINS = ['client_auth', 'ndsctl_auth']

const seconds = z.number().int().nonnegative().max(1e11)
const octets = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const word = z.string().max(2048)
/** `ndsctl json` writes numbers as text, and `null` as text where there is none. */
const figure = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)

const event = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), at: seconds }),
  z.object({ kind: z.literal('poll'), at: seconds }),
  z.object({
    kind: z.literal('binauth'),
    at: seconds,
    method: word,
    mac: word,
    incoming: octets,
    outgoing: octets,
    sessionStart: seconds,
    token: word,
    custom: word,
  }),
  z.object({
    kind: z.literal('counters'),
    at: seconds,
    ndsctl: z.object({ clients: z.record(z.string(), z.unknown()) }),
  }),
])

const client = z.object({
  mac: word,
  ip: word.optional(),
  token: word,
  state: word,
  session_start: figure,
  custom: word.optional(),
  download_this_session: figure,
  upload_this_session: figure,
})

/** Reads a body that our scripts posted; null when it is none. Clients that are not logged in are left out. */
export function readOpenndsEvent(body: string): OpenndsEvent | null {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return null
  }
  const parsed = event.safeParse(json)
  if (!parsed.success) return null
  const { data } = parsed
  const at = data.at * 1000
  if (data.kind === 'start') return { kind: 'start', at }
  if (data.kind === 'poll') return { kind: 'other', at }
  if (data.kind === 'counters')
    return {
      kind: 'counters',
      at,
      clients: Object.values(data.ndsctl.clients).flatMap((each) => counted(each) ?? []),
    }
  const mac = parseMac(data.mac)
  if (!mac) return null
  // BinAuth's incoming is what came in for the client: its download.
  const named: OpenndsClient = {
    mac,
    ip: null,
    // Not with its start as well: 9.10 tells BinAuth of a log-in a later second than it keeps and tells ever after.
    acctSessionId: data.token,
    startedAt: data.sessionStart * 1000,
    fromVisitorOctets: BigInt(data.outgoing),
    toVisitorOctets: BigInt(data.incoming),
    visit: visitOf(data.custom),
  }
  if (LOGINS.includes(data.method)) return { kind: 'login', at, client: named }
  const cause = CAUSE.get(data.method)
  return cause ? { kind: 'logout', at, client: named, cause } : { kind: 'other', at }
}

function counted(raw: unknown): OpenndsClient | null {
  const parsed = client.safeParse(raw)
  if (!parsed.success || parsed.data.state !== 'Authenticated') return null
  const { data } = parsed
  const mac = parseMac(data.mac)
  if (!mac) return null
  const KILOBYTE = 1024n
  return {
    mac,
    ip: data.ip ?? null,
    acctSessionId: data.token,
    startedAt: data.session_start * 1000,
    fromVisitorOctets: BigInt(data.upload_this_session) * KILOBYTE,
    toVisitorOctets: BigInt(data.download_this_session) * KILOBYTE,
    visit: visitOf(data.custom ?? ''),
  }
}

/** The visit in our custom string, which openNDS may hand on percent-encoded. */
function visitOf(custom: string): string | null {
  const plain = Buffer.from(
    custom.replace(/%2b/gi, '+').replace(/%2f/gi, '/').replace(/%3d/gi, '='),
    'base64',
  ).toString('latin1')
  return /(?:^|&)v=([A-Za-z0-9_-]{16})(?:&|$)/.exec(plain)?.[1] ?? null
}
