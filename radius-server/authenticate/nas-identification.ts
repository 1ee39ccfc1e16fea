import { AttributeType } from '../packet/attributes.ts'
import type { Packet } from '../packet/packet.ts'

/**
 * Whether a request says from which NAS it is: NAS-Identifier, or an address that is not one of a single link. Who it is
 * from is decided by the source address alone; many gateways forget to say it. @see RFC 2865 §4.1, RFC 5080 §2.7.1
 */
export function namesItsNas(packet: Packet): boolean {
  if (packet.hasText(AttributeType.NasIdentifier)) return true
  const ipv4 = packet.first(AttributeType.NasIpAddress)
  if (ipv4?.length === 4 && !(ipv4[0] === 169 && ipv4[1] === 254)) return true
  const ipv6 = packet.first(AttributeType.NasIpv6Address)
  // fe80::/10, RFC 3162 §2.1
  return ipv6?.length === 16 && (ipv6.readUInt16BE(0) & 0xffc0) !== 0xfe80
}
