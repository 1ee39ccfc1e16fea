import { createHash, createHmac, randomBytes } from 'node:crypto'

/**
 * RADIUS on the wire, written a second time with node's own MD5 and from the RFCs: what tests send, and what they hold
 * the server's answers against. Nothing here comes from `radius-server/packet`.
 */

/** One attribute: its type and its octets, vendor attributes unopened. */
export type Tlv = readonly [type: number, value: Buffer]

export interface Wire {
  readonly code: number
  readonly identifier: number
  readonly authenticator: Buffer
  readonly attributes: readonly Tlv[]
}

type Value = string | number | Buffer

const octetsOf = (value: Value): Buffer => {
  if (typeof value === 'number') {
    const octets = Buffer.alloc(4)
    octets.writeUInt32BE(value)
    return octets
  }
  return typeof value === 'string' ? Buffer.from(value) : value
}

/** Text and numbers of 32 bits as an attribute. @see RFC 2865 §5 */
export const tlv = (type: number, value: Value): Tlv => [type, octetsOf(value)]

/** An attribute of a vendor. @see RFC 2865 §5.26 */
export const vsa = (vendor: number, type: number, value: Value): Tlv => {
  const inside = octetsOf(value)
  return [26, Buffer.concat([octetsOf(vendor), Buffer.of(type, inside.length + 2), inside])]
}

export const ipv4 = (type: number, address: string): Tlv => [
  type,
  Buffer.from(address.split('.').map(Number)),
]

/** How an Access-Request proves its user; `pad` makes a password longer with NULs, in blocks of 16. */
export type Proof =
  { readonly pap: string } | { readonly chap: string; readonly challenge?: Buffer; readonly ident?: number }

export interface AccessOptions {
  readonly secret: string
  readonly identifier?: number
  readonly proof?: Proof
  readonly messageAuthenticator?: boolean
  readonly authenticator?: Buffer
  readonly code?: number
}

const MESSAGE_AUTHENTICATOR = 80

/** An Access-Request (or, by `code`, a Status-Server): Message-Authenticator last, where clients often put it. */
export function accessRequest(attributes: readonly Tlv[], options: AccessOptions): Buffer {
  const {
    secret,
    proof,
    identifier = 1,
    messageAuthenticator = true,
    authenticator = randomBytes(16),
  } = options
  const list = [...attributes, ...credential(proof, authenticator, secret)]
  if (messageAuthenticator) list.push([MESSAGE_AUTHENTICATOR, Buffer.alloc(16)])
  const packet = assembled(options.code ?? 1, identifier, authenticator, list)
  // RFC 3579 §3.2: HMAC-MD5 over the packet with sixteen zeros for the value.
  if (messageAuthenticator)
    createHmac('md5', secret)
      .update(packet)
      .digest()
      .copy(packet, packet.length - 16)
  return packet
}

/** An Accounting-Request, Disconnect-Request and the like: MD5 over zeros for the authenticator. @see RFC 2866 §3 */
export function signedRequest(
  code: number,
  attributes: readonly Tlv[],
  { secret, identifier = 1 }: { secret: string; identifier?: number },
): Buffer {
  const packet = assembled(code, identifier, Buffer.alloc(16), attributes)
  createHash('md5').update(packet).update(secret).digest().copy(packet, 4)
  return packet
}

/** An answer with its Response Authenticator. @see RFC 2865 §3 */
export function signedReply(
  code: number,
  request: Buffer,
  attributes: readonly Tlv[],
  secret: string,
): Buffer {
  const packet = assembled(code, request[1]!, request.subarray(4, 20), attributes)
  createHash('md5').update(packet).update(secret).digest().copy(packet, 4)
  return packet
}

export function readWire(octets: Buffer): Wire {
  if (octets.readUInt16BE(2) !== octets.length) throw new Error('Length is not the datagram’s')
  const attributes: Tlv[] = []
  let at = 20
  while (at < octets.length) {
    const length = octets[at + 1] ?? 0
    if (length < 2 || at + length > octets.length) throw new Error('the attributes do not tile the packet')
    attributes.push([octets[at]!, octets.subarray(at + 2, at + length)])
    at += length
  }
  return { code: octets[0]!, identifier: octets[1]!, authenticator: octets.subarray(4, 20), attributes }
}

/** Whether an answer is to this request and signed with this secret, its Message-Authenticator included if it has one. */
export function provesReply(reply: Buffer, request: Buffer, secret: string): boolean {
  if (reply[1] !== request[1]) return false
  const asked = Buffer.from(reply)
  request.copy(asked, 4, 4, 20)
  const sum = createHash('md5').update(asked).update(secret).digest()
  if (!sum.equals(reply.subarray(4, 20))) return false
  for (let at = 20; at < asked.length; at += asked[at + 1]!) {
    if (asked[at] !== MESSAGE_AUTHENTICATOR) continue
    const given = Buffer.from(asked.subarray(at + 2, at + 18))
    asked.fill(0, at + 2, at + 18)
    return createHmac('md5', secret).update(asked).digest().equals(given)
  }
  return true
}

/** Whether a Disconnect-Request or Accounting-Request was signed with this secret. @see RFC 5176 §2.3 */
export function provesRequest(request: Buffer, secret: string): boolean {
  const zeroed = Buffer.from(request)
  zeroed.fill(0, 4, 20)
  return createHash('md5').update(zeroed).update(secret).digest().equals(request.subarray(4, 20))
}

export const valueOf = ({ attributes }: Wire, type: number): Buffer | undefined =>
  attributes.find(([each]) => each === type)?.[1]

export const textOf = (packet: Wire, type: number): string | undefined =>
  valueOf(packet, type)?.toString('utf8')

export const numberOf = (packet: Wire, type: number): number | undefined =>
  valueOf(packet, type)?.readUInt32BE(0)

/** The octets of a vendor's attribute. */
export const vendorOf = ({ attributes }: Wire, vendor: number, type: number): Buffer | undefined =>
  attributes
    .filter(([each, value]) => each === 26 && value.readUInt32BE(0) === vendor && value[4] === type)
    .map(([, value]) => value.subarray(6))[0]

function assembled(
  code: number,
  identifier: number,
  authenticator: Buffer,
  attributes: readonly Tlv[],
): Buffer {
  const body = attributes.map(([type, value]) => Buffer.concat([Buffer.of(type, value.length + 2), value]))
  const packet = Buffer.concat([Buffer.of(code, identifier, 0, 0), authenticator, ...body])
  packet.writeUInt16BE(packet.length, 2)
  return packet
}

function credential(proof: Proof | undefined, authenticator: Buffer, secret: string): Tlv[] {
  if (proof === undefined) return []
  if ('pap' in proof) return [[2, hidden(proof.pap, authenticator, secret)]]
  const { chap, challenge, ident = 7 } = proof
  const response = createHash('md5')
    .update(Buffer.of(ident))
    .update(chap)
    .update(challenge ?? authenticator)
    .digest()
  const value = Buffer.concat([Buffer.of(ident), response])
  return challenge
    ? [
        [3, value],
        [60, challenge],
      ]
    : [[3, value]]
}

/** User-Password: blocks of 16, each XOR MD5(secret + the block before). @see RFC 2865 §5.2 */
function hidden(password: string, authenticator: Buffer, secret: string): Buffer {
  const clear = Buffer.from(password)
  const padded = Buffer.alloc(Math.max(16, Math.ceil(clear.length / 16) * 16))
  clear.copy(padded)
  let before = authenticator
  for (let at = 0; at < padded.length; at += 16) {
    const mask = createHash('md5').update(secret).update(before).digest()
    for (let i = 0; i < 16; i++) padded[at + i]! ^= mask[i]!
    before = padded.subarray(at, at + 16)
  }
  return padded
}
