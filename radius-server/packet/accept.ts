import { AttributeType, Code } from './attributes.ts'
import { Packet } from './packet.ts'
import type { DropReason } from './reasons.ts'

/** Octets of code, identifier, length and authenticator. @see RFC 2865 §3 */
export const headerOctets = 20

/** The longest packet. @see RFC 2865 §3 */
export const maxPacketOctets = 4096

/**
 * Proxy-State goes back whole in the reply (RFC 2865 §5.33), so a request full of it would leave no room for the reply's
 * own attributes. Half a packet is eight proxies with the longest state there is, and leaves 2010 octets for ours.
 */
export const maxProxyStateOctets = 2048

/** More than any gateway sends, five times what FreeRADIUS takes; a packet has room for two thousand empty ones. */
export const maxAttributes = 1024

/** What may arrive on 1812. @see RFC 2865 §3, RFC 5997 §4.2 */
export const authenticationRequests: ReadonlySet<number> = new Set([Code.AccessRequest, Code.StatusServer])

/** What may arrive on 1813. @see RFC 2866 §3, RFC 5997 §4.2 */
export const accountingRequests: ReadonlySet<number> = new Set([Code.AccountingRequest, Code.StatusServer])

/** What may arrive on 3799, where the simulator plays the NAS. @see RFC 5176 §2.3 */
export const dynamicAuthorizationRequests: ReadonlySet<number> = new Set([
  Code.DisconnectRequest,
  Code.CoaRequest,
])

/** What may come back to whoever sent a request. */
export const responses: ReadonlySet<number> = new Set([
  Code.AccessAccept,
  Code.AccessReject,
  Code.AccessChallenge,
  Code.AccountingResponse,
  Code.DisconnectAck,
  Code.DisconnectNak,
  Code.CoaAck,
  Code.CoaNak,
  Code.ProtocolError,
])

/**
 * The packet in a datagram, or why there is none; throws for no bytes at all. `codes` are those the port takes.
 *
 * Octets past Length are padding and ignored. What the attributes mean is not looked at: unknown types and malformed
 * vendor attributes stay in the packet as octets. Nothing is proved yet: see `verifyRequest`.
 *
 * The packet reads from `datagram`, nothing is copied: the transport must leave those bytes alone until it is answered.
 * @see RFC 2865 §3, §5
 */
export const accept = (datagram: Buffer, codes: ReadonlySet<number>): Packet | DropReason => {
  if (datagram.length < headerOctets) return 'datagram-too-short'
  // No packet reaches further: what is there is padding, or Length says too much.
  if (datagram.length > maxPacketOctets) return accept(datagram.subarray(0, maxPacketOctets), codes)
  if (!codes.has(datagram[0] as number)) return 'unknown-code'

  const length = ((datagram[2] as number) << 8) | (datagram[3] as number)
  if (length < headerOctets) return 'length-too-short'
  if (length > datagram.length) return 'length-beyond-datagram'

  let attributes = 0
  let messageAuthenticators = 0
  let messageAuthenticatorAt = 0
  let hasEapMessage = false
  let proxyStateOctets = 0
  let at = headerOctets
  // Anybody may send as many as he likes: all that is done for each costs.
  for (; at + 1 < length; attributes++) {
    if (attributes === maxAttributes) return 'too-many-attributes'
    const octets = datagram[at + 1] as number
    const next = at + octets
    if (octets < 2) return 'attribute-too-short'
    if (next > length) return 'attribute-overflow'
    const type = datagram[at] as number
    if (MARKED[type] !== 0) {
      if (type === AttributeType.ProxyState) proxyStateOctets += octets
      else if (type === AttributeType.EapMessage) hasEapMessage = true
      else if (messageAuthenticators++ === 0) messageAuthenticatorAt = at
    }
    at = next
  }
  if (at < length) return 'attribute-overflow'
  if (proxyStateOctets > maxProxyStateOctets) return 'proxy-state-too-long'
  return new Packet(datagram, {
    length,
    attributes,
    messageAuthenticators,
    messageAuthenticatorAt,
    hasEapMessage,
    proxyStateOctets,
  })
}

/** 1 for the types that a signature, or the room for one, hangs on. */
const MARKED = new Uint8Array(256)
for (const type of [AttributeType.MessageAuthenticator, AttributeType.EapMessage, AttributeType.ProxyState])
  MARKED[type] = 1
