import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

const AUTHENTICATOR = { start: 4, end: 20 }
const HEADER = 20
const MESSAGE_AUTHENTICATOR = 80

/** What an answer's octets prove. */
export type Proof =
  'good' | 'bad-length' | 'bad-authenticator' | 'bad-message-authenticator' | 'no-message-authenticator'

/**
 * Checks an answer against the request it is for, octet by octet.
 * @param wanted whether Message-Authenticator has to be there: in every answer to an Access-Request.
 * @see RFC 2865 §3, RFC 3579 §3.2
 */
export function proveResponse(response: Buffer, request: Buffer, secret: string, wanted: boolean): Proof {
  if (!tiles(response)) return 'bad-length'
  const asked = withAuthenticator(response, request.subarray(AUTHENTICATOR.start, AUTHENTICATOR.end))
  if (!same(md5(asked, secret), response)) return 'bad-authenticator'
  return proveMessage(asked, secret, wanted)
}

/** Checks a Disconnect-Request or CoA-Request. @see RFC 5176 §2.3, RFC 2866 §3 */
export function proveRequest(request: Buffer, secret: string): Proof {
  if (!tiles(request)) return 'bad-length'
  const zeroed = withAuthenticator(request, Buffer.alloc(16))
  if (!same(md5(zeroed, secret), request)) return 'bad-authenticator'
  return proveMessage(zeroed, secret, false)
}

function proveMessage(packet: Buffer, secret: string, wanted: boolean): Proof {
  const at = messageAuthenticatorAt(packet)
  if (at === null) return wanted ? 'no-message-authenticator' : 'good'
  const zeroed = Buffer.from(packet)
  zeroed.fill(0, at, at + 16)
  const sum = createHmac('md5', secret).update(zeroed).digest()
  return timingSafeEqual(sum, packet.subarray(at, at + 16)) ? 'good' : 'bad-message-authenticator'
}

const md5 = (packet: Buffer, secret: string): Buffer =>
  createHash('md5').update(packet).update(secret).digest()

const same = (sum: Buffer, packet: Buffer): boolean =>
  timingSafeEqual(sum, packet.subarray(AUTHENTICATOR.start, AUTHENTICATOR.end))

function withAuthenticator(packet: Buffer, authenticator: Buffer): Buffer {
  const copy = Buffer.from(packet)
  authenticator.copy(copy, AUTHENTICATOR.start)
  return copy
}

/** Length says what came, and the attributes fill it to the octet. */
function tiles(packet: Buffer): boolean {
  if (packet.length < HEADER || packet.readUInt16BE(2) !== packet.length) return false
  let at = HEADER
  while (at < packet.length) {
    const length = packet[at + 1] ?? 0
    if (length < 2) return false
    at += length
  }
  return at === packet.length
}

function messageAuthenticatorAt(packet: Buffer): number | null {
  for (let at = HEADER; at < packet.length; at += packet[at + 1]!)
    if (packet[at] === MESSAGE_AUTHENTICATOR && packet[at + 1] === 18) return at + 2
  return null
}
