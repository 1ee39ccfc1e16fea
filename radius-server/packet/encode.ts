import { randomBytes } from 'node:crypto'
import { headerOctets, maxPacketOctets } from './accept.ts'
import { AttributeType, Code } from './attributes.ts'
import { digestOctets, PacketDigests } from './digests.ts'
import { PacketError } from './errors.ts'
import type { Packet } from './packet.ts'
import { answerChap, hidePassword } from './passwords.ts'
import type { SharedSecret } from './secret.ts'
import { attributesLength, EncodedAttributes, writeAttributes } from './values.ts'
import type { Attribute, Attributes } from './values.ts'

/**
 * The signed answer to a request, ready to send: its identifier, the attributes in their order, every Proxy-State of the
 * request unmodified and in order behind them (RFC 2865 §5.33), and the Response Authenticator (RFC 2865 §3).
 * Access-Accept, -Reject, -Challenge and Protocol-Error start with a Message-Authenticator, always, so that no forged
 * Response Authenticator helps anyone (CVE-2024-3596).
 *
 * An accepted request leaves 2010 octets for `attributes`. Throws a `PacketError` past 4096 octets, and for a
 * Message-Authenticator or Proxy-State among the attributes.
 */
export const reply = (
  request: Packet,
  code: number,
  attributes: Attributes,
  secret: SharedSecret,
): Buffer => {
  for (const attribute of attributes) if (!(attribute instanceof EncodedAttributes)) refuseReserved(attribute)
  const signed = startsWithMessageAuthenticator(code)
  const ownOctets = headerOctets + (signed ? messageAuthenticatorOctets : 0) + attributesLength(attributes)
  const length = ownOctets + request.proxyStateOctets
  const packet = startPacket(code, request.identifier, length)
  const { datagram } = request
  for (let index = authenticatorAt; index < headerOctets; index++) packet[index] = datagram[index] as number

  let at = headerOctets
  if (signed) at = startMessageAuthenticator(packet)
  at = writeAttributes(attributes, packet, at)
  if (request.proxyStateOctets > 0) request.copyAll(AttributeType.ProxyState, packet, at)

  digests.lay(packet, length)
  if (signed) digests.sign(packet, messageAuthenticatorAt, secret)
  digests.authenticate(packet, authenticatorAt, secret)
  return packet
}

/** How a request proves its user: PAP hides the password, CHAP answers a challenge, 16 random octets unless given. */
export type Credential =
  | { readonly kind: 'pap'; readonly password: Buffer }
  | { readonly kind: 'chap'; readonly password: Buffer; readonly challenge?: Buffer }

export type RequestToSend = {
  readonly code: number
  /** 0 to 255, one not waiting for an answer from this NAS on this port. */
  readonly identifier: number
  readonly attributes: readonly Attribute[]
  readonly secret: SharedSecret
  /** Put a Message-Authenticator first; Access-Request and Status-Server should always have one. */
  readonly messageAuthenticator: boolean
  /** Of an Access-Request: sent before the attributes. */
  readonly credential?: Credential
  /** The sixteen octets of an Access-Request's or Status-Server's authenticator, where they must not be random: in tests. */
  readonly authenticator?: Buffer
}

/**
 * A request as the CoA client and the simulator send it. The authenticator of Access-Request and Status-Server is random
 * (RFC 2865 §3, RFC 5997 §3), of Accounting-, CoA- and Disconnect-Request computed (RFC 2866 §3, RFC 5176 §2.3).
 * Keep the bytes: `verifyResponse` needs them. Throws a `PacketError` past 4096 octets.
 */
export const encodeRequest = (request: RequestToSend): Buffer => {
  const { code, identifier, secret, messageAuthenticator } = request
  const isRandom = code === Code.AccessRequest || code === Code.StatusServer
  const authenticator = isRandom ? (request.authenticator ?? randomBytes(digestOctets)) : zeros
  if (authenticator.length !== digestOctets) {
    const message = `a Request Authenticator has 16 octets, this one has ${authenticator.length}`
    throw new PacketError('authenticator-malformed', message)
  }

  const proof = credentialAttributes(request.credential, authenticator, secret)
  const ownOctets = headerOctets + (messageAuthenticator ? messageAuthenticatorOctets : 0)
  const length = ownOctets + attributesLength(proof) + attributesLength(request.attributes)
  const packet = startPacket(code, identifier, length)
  packet.set(authenticator, authenticatorAt)

  let at = headerOctets
  if (messageAuthenticator) at = startMessageAuthenticator(packet)
  at = writeAttributes(proof, packet, at)
  writeAttributes(request.attributes, packet, at)

  // RFC 5176 §3.4: the Message-Authenticator is taken over zeros, and the Request Authenticator over both.
  digests.lay(packet, length)
  if (messageAuthenticator) digests.sign(packet, messageAuthenticatorAt, secret)
  if (!isRandom) digests.authenticate(packet, authenticatorAt, secret)
  return packet
}

const authenticatorAt = 4
const messageAuthenticatorOctets = 2 + digestOctets
/** Where its value is: it comes first, and is taken with the authenticator that is in the header then. */
const messageAuthenticatorAt = headerOctets + 2
const zeros = Buffer.alloc(digestOctets)

/** Holds nothing between two calls: a packet is signed at one go. */
const digests = new PacketDigests()

const startsWithMessageAuthenticator = (code: number): boolean =>
  code === Code.AccessAccept ||
  code === Code.AccessReject ||
  code === Code.AccessChallenge ||
  code === Code.ProtocolError

const refuseReserved = (attribute: Attribute): void => {
  if ('vendor' in attribute) return
  if (attribute.type !== AttributeType.MessageAuthenticator && attribute.type !== AttributeType.ProxyState)
    return
  throw new PacketError('attribute-reserved', `a reply sets attribute ${attribute.type} itself: leave it out`)
}

const startPacket = (code: number, identifier: number, length: number): Buffer => {
  if (length > maxPacketOctets) {
    const message = `packet of code ${code} would have ${length} octets, one carries 4096: send fewer attributes`
    throw new PacketError('packet-too-long', message)
  }
  const packet = Buffer.allocUnsafe(length)
  packet[0] = code
  packet[1] = identifier
  packet[2] = length >>> 8
  packet[3] = length
  return packet
}

const startMessageAuthenticator = (packet: Buffer): number => {
  packet[headerOctets] = AttributeType.MessageAuthenticator
  packet[headerOctets + 1] = messageAuthenticatorOctets
  for (let at = 2; at < messageAuthenticatorOctets; at++) packet[headerOctets + at] = 0
  return headerOctets + messageAuthenticatorOctets
}

const credentialAttributes = (
  credential: Credential | undefined,
  authenticator: Buffer,
  secret: SharedSecret,
): Attribute[] => {
  if (credential === undefined) return []
  if (credential.kind === 'pap') {
    const hidden = hidePassword(credential.password, authenticator, secret)
    return [{ type: AttributeType.UserPassword, value: hidden }]
  }
  const challenge = credential.challenge ?? randomBytes(digestOctets)
  const identifier = challenge[0] ?? 0
  return [
    { type: AttributeType.ChapPassword, value: answerChap(identifier, credential.password, challenge) },
    { type: AttributeType.ChapChallenge, value: challenge },
  ]
}
