import { MOST_IPV6, NO_IPV6 } from '../../core/domain/session-ipv6.ts'
import { formatAddress, formatIpv6Prefix } from '../packet/address.ts'
import { AttributeType } from '../packet/attributes.ts'
import type { Packet } from '../packet/packet.ts'

/** The IPv6 addresses that a report names, each once, as RFC 5952 spells them; prefixes with their length. */
export interface ToldIpv6 {
  readonly addresses: readonly string[]
  /** True when an attribute was none. */
  readonly isBad: boolean
}

const NOTHING: ToldIpv6 = { addresses: NO_IPV6, isBad: false }
const { FramedIpv6Address, FramedIpv6Prefix, FramedInterfaceId, DelegatedIpv6Prefix } = AttributeType
/** No session keeps more, and of so many one is too many. */
const MOST_READ = MOST_IPV6 + 1

/** What a report says of its device's IPv6. @see RFC 6911 §3.1, RFC 3162 §2.2 and §2.3, RFC 4818 §3 */
export function toldIpv6(packet: Packet): ToldIpv6 {
  if (!packet.hasAny(FramedIpv6Address, FramedIpv6Prefix, DelegatedIpv6Prefix)) return NOTHING
  const addresses: string[] = []
  let isBad = false
  const add = (address: string | undefined): void => {
    if (address === undefined) isBad = true
    else if (!standsForNone(address) && addresses.length < MOST_READ && !addresses.includes(address))
      addresses.push(address)
  }
  for (const octets of packet.all(FramedIpv6Address))
    add(octets.length === 16 ? formatAddress(octets) : undefined)
  const onLink = packet.all(FramedIpv6Prefix)
  const id = onLink.length > 0 ? packet.first(FramedInterfaceId) : undefined
  if (id !== undefined && id.length !== ID_OCTETS) isBad = true
  for (const octets of onLink) add(id?.length === ID_OCTETS ? withId(octets, id) : formatIpv6Prefix(octets))
  for (const octets of packet.all(DelegatedIpv6Prefix)) add(formatIpv6Prefix(octets))
  return { addresses, isBad }
}

const ID_OCTETS = 8

/** A prefix of 64 bits and an interface id as the one address they make, with the prefix's length (RFC 4291 §2.3). */
function withId(octets: Buffer, id: Buffer): string | undefined {
  const prefix = formatIpv6Prefix(octets)
  // Bits between a shorter prefix and the id would be made up, and a longer prefix has no room for it.
  if (prefix === undefined || octets[1] !== 64 || standsForNone(prefix)) return prefix
  return `${formatAddress(Buffer.concat([octets.subarray(2, 10), id]))}/64`
}

/** The unspecified address, or a prefix of nothing but zeros. @see RFC 4291 §2.5.2 */
const standsForNone = (address: string): boolean => address === '::' || address.startsWith('::/')
