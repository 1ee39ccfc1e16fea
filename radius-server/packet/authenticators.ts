import { Code } from './attributes.ts'
import { digestOctets, PacketDigests } from './digests.ts'
import { sameOctets } from './octets.ts'
import type { Packet } from './packet.ts'
import type { DropReason } from './reasons.ts'
import type { SharedSecret } from './secret.ts'

/** `proved`: signed with the secret. `unproved`: an Access-Request that carries no signature, for policy to judge. */
export type Proof = 'proved' | 'unproved'

/**
 * Whether a request was signed by someone who knows the secret.
 *
 * - Access-Request: its Message-Authenticator; without one it is `unproved`, unless it carries EAP-Message, which requires
 *   one (RFC 3579 §3.2). The Request Authenticator is random and shows nothing.
 * - Status-Server: its Message-Authenticator, which it must have (RFC 5997 §3).
 * - Accounting-Request, CoA-Request, Disconnect-Request: the Request Authenticator (RFC 2866 §3, RFC 5176 §2.3), and a
 *   Message-Authenticator where there is one, taken with sixteen zero octets for the authenticator (RFC 5176 §3.4; so
 *   FreeRADIUS for accounting too).
 *
 * Where the Message-Authenticator stands does not matter; more than one never passes.
 */
export const verifyRequest = (packet: Packet, secret: SharedSecret): Proof | DropReason => {
  switch (packet.code) {
    case Code.AccessRequest:
      if (packet.messageAuthenticators > 0) return checkMessageAuthenticator(packet, secret)
      return packet.hasEapMessage ? 'missing-message-authenticator' : 'unproved'
    case Code.StatusServer:
      if (packet.messageAuthenticators > 0) return checkMessageAuthenticator(packet, secret)
      return 'missing-message-authenticator'
    case Code.AccountingRequest:
    case Code.CoaRequest:
    case Code.DisconnectRequest:
      digests.lay(packet.datagram, packet.length)
      digests.blank(authenticatorAt)
      if (!isAt(packet.datagram, authenticatorAt, digests.authenticator(secret))) {
        return 'bad-request-authenticator'
      }
      if (packet.messageAuthenticators === 0) return 'proved'
      return checkMessageAuthenticator(packet, secret, zeros)
    default:
      return 'unexpected-code'
  }
}

/**
 * Whether a response answers `request`, the bytes that were sent, and was signed by someone who knows the secret: code and
 * identifier fit, the Response Authenticator is right (RFC 2865 §3, RFC 5176 §2.3), and so is a Message-Authenticator
 * where there is one. A sender that insists on one asks `response.messageAuthenticators` as well.
 */
export const verifyResponse = (
  response: Packet,
  request: Buffer,
  secret: SharedSecret,
): 'proved' | DropReason => {
  if (!answers[request[0] as number]?.includes(response.code)) return 'unexpected-code'
  if (response.identifier !== request[1]) return 'unexpected-identifier'
  const requestAuthenticator = request.subarray(authenticatorAt, authenticatorAt + digestOctets)
  digests.lay(response.datagram, response.length)
  digests.place(authenticatorAt, requestAuthenticator, 0)
  if (!isAt(response.datagram, authenticatorAt, digests.authenticator(secret)))
    return 'bad-response-authenticator'
  if (response.messageAuthenticators === 0) return 'proved'
  return checkMessageAuthenticator(response, secret, requestAuthenticator)
}

const authenticatorAt = 4
const zeros = Buffer.alloc(digestOctets)

/** Which codes answer which. @see RFC 2865 §3, RFC 2866 §3, RFC 5176 §2.3, RFC 5997 §4.2 */
const answers: Readonly<Record<number, readonly number[]>> = {
  [Code.AccessRequest]: [Code.AccessAccept, Code.AccessReject, Code.AccessChallenge, Code.ProtocolError],
  [Code.AccountingRequest]: [Code.AccountingResponse, Code.ProtocolError],
  [Code.StatusServer]: [Code.AccessAccept, Code.AccountingResponse, Code.ProtocolError],
  [Code.DisconnectRequest]: [Code.DisconnectAck, Code.DisconnectNak, Code.ProtocolError],
  [Code.CoaRequest]: [Code.CoaAck, Code.CoaNak, Code.ProtocolError],
}

/** Holds nothing between two calls: a packet is verified at one go. */
const digests = new PacketDigests()

/** Compares bytes: as text, all broken UTF-8 looks the same. */
const isAt = (datagram: Buffer, at: number, digest: Buffer): boolean =>
  sameOctets(datagram, at, digest, 0, digestOctets)

/** The packet's Message-Authenticator, taken with `authenticator` in the header where it is not the packet's own. */
const checkMessageAuthenticator = (
  packet: Packet,
  secret: SharedSecret,
  authenticator?: Buffer,
): 'proved' | DropReason => {
  const { datagram } = packet
  if (packet.messageAuthenticators > 1) return 'repeated-message-authenticator'
  const at = packet.messageAuthenticatorAt
  if (datagram[at + 1] !== 2 + digestOctets) return 'malformed-message-authenticator'
  digests.lay(datagram, packet.length)
  if (authenticator !== undefined) digests.place(authenticatorAt, authenticator, 0)
  digests.blank(at + 2)
  return isAt(datagram, at + 2, digests.messageAuthenticator(secret)) ? 'proved' : 'bad-message-authenticator'
}
