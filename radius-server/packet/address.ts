import { isIPv4, isIPv6 } from 'node:net'

/** An address as text: of four octets IPv4, of sixteen IPv6 (RFC 5952 §4: lower case, longest run of zeros as `::`). */
export const formatAddress = (octets: Uint8Array): string | undefined => {
  if (octets.length === 4) return octets.join('.')
  if (octets.length === 16) return formatIpv6(octets)
  return undefined
}

/** An IPv6 prefix as text, or `undefined` if it is not one: a reserved octet, its bits, up to 16 octets. @see RFC 3162 §2.3 */
export const formatIpv6Prefix = (octets: Uint8Array): string | undefined => {
  if (octets.length < 2 || octets.length > 18) return undefined
  const bits = octets[1] as number
  if (bits > 128 || bits > (octets.length - 2) * 8) return undefined
  const address = new Uint8Array(16)
  address.set(octets.subarray(2))
  return hasBitsPast(address, bits) ? undefined : `${formatIpv6(address)}/${bits}`
}

/** An IPv4 prefix as text, or `undefined` if it is not one: a reserved octet, its bits, four octets. @see RFC 8044 §3.11 */
export const formatIpv4Prefix = (octets: Uint8Array): string | undefined => {
  if (octets.length !== 6) return undefined
  const bits = octets[1] as number
  const address = octets.subarray(2)
  return bits > 32 || hasBitsPast(address, bits) ? undefined : `${address.join('.')}/${bits}`
}

/**
 * The octets of an IPv4 or IPv6 prefix; `undefined` for other text, and for one with a bit past the prefix. Of an IPv6
 * prefix there are no more than its bits need, of an IPv4 prefix always four. @see RFC 8044 §3.10, §3.11
 */
export const parsePrefix = (text: string): Buffer | undefined => {
  const [, written = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  const address = parseAddress(written)
  const bits = Number(length)
  if (address === undefined || bits > address.length * 8 || hasBitsPast(address, bits)) return undefined
  const sent = address.length === 4 ? 4 : Math.ceil(bits / 8)
  return Buffer.concat([Buffer.of(0, bits), address.subarray(0, sent)])
}

/** An interface id as text, four groups of hex digits: `0:1:a2ff:fe00`. @see RFC 3162 §2.2 */
export const formatInterfaceId = (octets: Buffer): string | undefined => {
  if (octets.length !== 8) return undefined
  return [0, 2, 4, 6].map((at) => octets.readUInt16BE(at).toString(16)).join(':')
}

/** The eight octets of an interface id; `undefined` for other text. */
export const parseInterfaceId = (text: string): Buffer | undefined => {
  if (!/^[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){3}$/i.test(text)) return undefined
  const octets = Buffer.alloc(8)
  text.split(':').forEach((group, index) => octets.writeUInt16BE(Number.parseInt(group, 16), index * 2))
  return octets
}

/** The four or sixteen octets of an IPv4 or IPv6 address; `undefined` for other text, and for an address with a zone. */
export const parseAddress = (text: string): Buffer | undefined => {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number))
  if (!isIPv6(text) || text.includes('%')) return undefined
  return parseIpv6(text)
}

const formatIpv6 = (octets: Uint8Array): string => {
  const groups: number[] = []
  for (let at = 0; at < 16; at += 2) groups.push(((octets[at] as number) << 8) | (octets[at + 1] as number))
  const zeros = longestZeroRun(groups)
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':')
  if (zeros.length < 2) return text(0, 8)
  return `${text(0, zeros.start)}::${text(zeros.start + zeros.length, 8)}`
}

const longestZeroRun = (groups: readonly number[]): { start: number; length: number } => {
  let longest = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let end = start
    while (groups[end] === 0) end++
    if (end - start > longest.length) longest = { start, length: end - start }
  }
  return longest
}

/** RFC 3162 §2.3: bits outside the prefix MUST be zero. */
const hasBitsPast = (address: Uint8Array, bits: number): boolean =>
  address.some((octet, index) => {
    const inside = Math.min(Math.max(bits - index * 8, 0), 8)
    return (octet & (0xff >> inside)) !== 0
  })

/** Text that `isIPv6` has passed. */
const parseIpv6 = (text: string): Buffer => {
  const [head = '', tail] = text.split('::')
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  const octets = Buffer.alloc(16)
  before.forEach((group, index) => octets.writeUInt16BE(group, index * 2))
  after.forEach((group, index) => octets.writeUInt16BE(group, 16 - (after.length - index) * 2))
  return octets
}

/** The 16-bit groups of one side of `::`, whose last may be written as IPv4. */
const groupsOf = (text: string): number[] =>
  text.split(':').flatMap((group) => {
    if (group === '') return []
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [(a << 8) | b, (c << 8) | d]
  })
