import { createHash, createHmac } from 'node:crypto'

/**
 * What a datagram is worth, judged a second time with node's own digests and from the RFCs: nothing here comes from
 * `radius-server`. `malformed`: no packet for that port. `forged`: a proof that is wrong, or missing where it must be.
 * `unsigned`: an Access-Request that proves nothing and need not. `signed`: made by someone who knows the secret.
 */
export type Verdict = 'malformed' | 'forged' | 'unsigned' | 'signed'

export type Port = 'auth' | 'acct'

const ACCESS_REQUEST = 1
const ACCOUNTING_REQUEST = 4
const STATUS_SERVER = 12
const PROXY_STATE = 33
const EAP_MESSAGE = 79
const MESSAGE_AUTHENTICATOR = 80
/** docs/radius.md: more attributes than this are dropped. */
const MOST_ATTRIBUTES = 1024
/** docs/radius.md: more Proxy-State than this leaves no room for an answer. */
const MOST_PROXY_STATE = 2048

export function judge(datagram: Buffer, port: Port, secret: string): Verdict {
  const packet = wellFormed(datagram, port)
  if (packet === null) return 'malformed'
  const placed = attributesOf(packet)
  if (placed.length > MOST_ATTRIBUTES) return 'malformed'
  const of = (type: number): readonly Placed[] => placed.filter((each) => each.type === type)
  const proxyStates = of(PROXY_STATE).reduce((sum, { octets }) => sum + octets, 0)
  if (proxyStates > MOST_PROXY_STATE) return 'malformed'
  const [first, second] = of(MESSAGE_AUTHENTICATOR)
  if (packet[0] === ACCOUNTING_REQUEST) {
    if (!isAuthenticatorRight(packet, secret)) return 'forged'
    if (first === undefined) return 'signed'
    const overZeros = Buffer.from(packet).fill(0, 4, 20)
    return second === undefined && isHmacRight(overZeros, first, secret) ? 'signed' : 'forged'
  }
  if (first !== undefined)
    return second === undefined && isHmacRight(packet, first, secret) ? 'signed' : 'forged'
  // RFC 3579 §3.2 and RFC 5997 §3: these two never go without.
  if (packet[0] === STATUS_SERVER || of(EAP_MESSAGE).length > 0) return 'forged'
  return 'unsigned'
}

interface Placed {
  readonly type: number
  readonly at: number
  readonly octets: number
}

/** The packet without its padding, or null where RFC 2865 §3 and §5 know none. */
function wellFormed(datagram: Buffer, port: Port): Buffer | null {
  if (datagram.length < 20) return null
  const codes = port === 'auth' ? [ACCESS_REQUEST, STATUS_SERVER] : [ACCOUNTING_REQUEST, STATUS_SERVER]
  if (!codes.includes(datagram[0]!)) return null
  const length = datagram.readUInt16BE(2)
  if (length < 20 || length > Math.min(4096, datagram.length)) return null
  const packet = datagram.subarray(0, length)
  return attributesOf(packet).reduce((end, { octets }) => end + octets, 20) === length ? packet : null
}

/** The attributes up to the first that does not fit. */
function attributesOf(packet: Buffer): Placed[] {
  const placed: Placed[] = []
  for (let at = 20; at + 2 <= packet.length;) {
    const octets = packet[at + 1]!
    if (octets < 2 || at + octets > packet.length) break
    placed.push({ type: packet[at]!, at, octets })
    at += octets
  }
  return placed
}

/** RFC 2866 §3: MD5 with sixteen zeros for the authenticator. */
function isAuthenticatorRight(packet: Buffer, secret: string): boolean {
  const zeroed = Buffer.from(packet).fill(0, 4, 20)
  return createHash('md5').update(zeroed).update(secret).digest().equals(packet.subarray(4, 20))
}

/** RFC 3579 §3.2: HMAC-MD5 with sixteen zeros for the value. */
function isHmacRight(packet: Buffer, { at, octets }: Placed, secret: string): boolean {
  if (octets !== 18) return false
  const zeroed = Buffer.from(packet).fill(0, at + 2, at + 18)
  return createHmac('md5', secret)
    .update(zeroed)
    .digest()
    .equals(packet.subarray(at + 2, at + 18))
}
