import { formatAddress, formatInterfaceId, formatIpv4Prefix, formatIpv6Prefix } from './address.ts'
import { AttributeType } from './attributes.ts'
import { isText, readInteger64, readText } from './octets.ts'

/** Octets of an attribute that holds an IPv4 address. */
const IPV4_OCTETS = 6

/** What `accept` learns on its one pass, and all that a signature is checked with. */
type Outline = {
  readonly length: number
  readonly attributes: number
  readonly messageAuthenticators: number
  readonly messageAuthenticatorAt: number
  readonly hasEapMessage: boolean
  readonly proxyStateOctets: number
}

/**
 * A well-formed packet: a view of the datagram and a table of where each attribute starts. Made by `accept` only.
 *
 * Buffers it hands out are views of the datagram; they and the packet live as long as the transport leaves those bytes
 * alone. Copy (`Buffer.from`) what must outlive the answer. A getter that finds nothing, or an attribute that is not of
 * the asked form, says `undefined`; of several attributes of a type it reads the first, `all` reads every one.
 *
 * Bytes are private, so that a packet that is logged shows code, identifier and length and no password.
 */
export class Packet {
  readonly code: number
  readonly identifier: number
  /** Octets of the packet, padding left out. */
  readonly length: number
  /** How many Message-Authenticators there are: one, or the packet proves nothing. */
  readonly messageAuthenticators: number
  /** Where the first Message-Authenticator starts in the datagram, or 0. */
  readonly messageAuthenticatorAt: number
  readonly hasEapMessage: boolean
  /** Octets of every Proxy-State, types and lengths included. */
  readonly proxyStateOctets: number
  readonly #datagram: Buffer
  readonly #attributes: number
  /**
   * For each attribute in order: type in the bits from 12 up, offset of its first octet below. Made at the first look-up,
   * so that a thousand empty attributes from a stranger cost no table.
   */
  #table: readonly number[] | undefined = undefined

  constructor(datagram: Buffer, outline: Outline) {
    this.code = datagram[0] as number
    this.identifier = datagram[1] as number
    this.length = outline.length
    this.messageAuthenticators = outline.messageAuthenticators
    this.messageAuthenticatorAt = outline.messageAuthenticatorAt
    this.hasEapMessage = outline.hasEapMessage
    this.proxyStateOctets = outline.proxyStateOctets
    this.#datagram = datagram
    this.#attributes = outline.attributes
  }

  /** The bytes as they came; those past `length` are padding. */
  get datagram(): Buffer {
    return this.#datagram
  }

  /** The sixteen octets of the Request or Response Authenticator. */
  get authenticator(): Buffer {
    return this.#datagram.subarray(4, 20)
  }

  /** Every attribute in order, vendor attributes unopened. */
  attributes(): { type: number; value: Buffer }[] {
    return this.#lookUp().map((entry) => ({ type: entry >>> 12, value: this.#value(entry & 0xfff) }))
  }

  /** How many attributes of this type there are. */
  count(type: number): number {
    let count = 0
    for (const entry of this.#lookUp()) if (entry >>> 12 === type) count++
    return count
  }

  has(type: number): boolean {
    return this.#find(type) !== 0
  }

  /** Whether there is an attribute of any of three types, for the price of one look. */
  hasAny(one: number, another: number, third: number): boolean {
    const table = this.#lookUp()
    for (let index = 0; index < table.length; index++) {
      const type = (table[index] as number) >>> 12
      if (type === one || type === another || type === third) return true
    }
    return false
  }

  /** Where the first attribute of this type starts in the datagram, with its type octet; 0 where there is none. */
  place(type: number): number {
    return this.#find(type)
  }

  /** The value of the first attribute of this type. */
  first(type: number): Buffer | undefined {
    const at = this.#find(type)
    return at === 0 ? undefined : this.#value(at)
  }

  /** The values of every attribute of this type, in order. */
  all(type: number): Buffer[] {
    const values: Buffer[] = []
    for (const entry of this.#lookUp()) if (entry >>> 12 === type) values.push(this.#value(entry & 0xfff))
    return values
  }

  /** Copy all attributes of this type as they came, in order, to `into` from `at` on; returns where they end. */
  copyAll(type: number, into: Buffer, at: number): number {
    let end = at
    for (const entry of this.#lookUp()) {
      if (entry >>> 12 !== type) continue
      const start = entry & 0xfff
      end += this.#datagram.copy(into, end, start, start + (this.#datagram[start + 1] as number))
    }
    return end
  }

  /** Text: UTF-8 without NUL and at least one octet long (RFC 2865 §5), else `undefined`. */
  text(type: number): string | undefined {
    return this.#text(this.#find(type))
  }

  /** Whether there is such a text. */
  hasText(type: number): boolean {
    const at = this.#find(type)
    return at !== 0 && isText(this.#datagram, at + 2, at + (this.#datagram[at + 1] as number))
  }

  /** Four octets, 0 to 2^32-1; also an enumeration, or a time in seconds since 1970. @see RFC 2865 §5 */
  integer(type: number): number | undefined {
    return this.#integer(this.#find(type))
  }

  /** A moment in epoch milliseconds. @see RFC 2865 §5 */
  time(type: number): number | undefined {
    const seconds = this.integer(type)
    return seconds === undefined ? undefined : seconds * 1000
  }

  /** Octets moved: a 32-bit count and how often it wrapped, if the NAS says so. @see RFC 2866 §5.3, RFC 2869 §5.1 */
  octets(type: number, gigawordsType: number): bigint | undefined {
    const low = this.integer(type)
    if (low === undefined) return undefined
    const gigawords = this.integer(gigawordsType) ?? 0
    return (BigInt(gigawords) << 32n) | BigInt(low)
  }

  /** An IPv4 or IPv6 address as text, `192.0.2.1` or `2001:db8::1`. @see RFC 2865 §5, RFC 3162 §2.1 */
  address(type: number): string | undefined {
    const at = this.#find(type)
    if (at === 0) return undefined
    const datagram = this.#datagram
    // Nearly all are IPv4, and a view of four octets costs more than their text.
    if (datagram[at + 1] !== IPV4_OCTETS) return formatAddress(this.#value(at))
    return `${datagram[at + 2]}.${datagram[at + 3]}.${datagram[at + 4]}.${datagram[at + 5]}`
  }

  /** An IPv6 prefix as text, `2001:db8:1::/48`. @see RFC 3162 §2.3 */
  prefix(type: number): string | undefined {
    const at = this.#find(type)
    return at === 0 ? undefined : formatIpv6Prefix(this.#value(at))
  }

  /** An IPv4 prefix as text, `192.0.2.0/24`. @see RFC 8044 §3.11 */
  ipv4Prefix(type: number): string | undefined {
    const at = this.#find(type)
    return at === 0 ? undefined : formatIpv4Prefix(this.#value(at))
  }

  /** An interface id as text, `0:1:a2ff:fe00`. @see RFC 3162 §2.2 */
  interfaceId(type: number): string | undefined {
    const at = this.#find(type)
    return at === 0 ? undefined : formatInterfaceId(this.#value(at))
  }

  /**
   * The value of a vendor's attribute, from Vendor-Specific in the format the RFC suggests. One that is not of that
   * format stays opaque: its inside is not found here, its octets are still there under `all(26)`. @see RFC 2865 §5.26
   */
  vendor(vendorId: number, type: number): Buffer | undefined {
    const at = this.#findVendor(vendorId, type)
    return at === 0 ? undefined : this.#value(at)
  }

  /** The values of every attribute of this type of this vendor, in order, as for Cisco-AVPair. */
  vendorAll(vendorId: number, type: number): Buffer[] {
    const values: Buffer[] = []
    for (const entry of this.#lookUp()) {
      const end = this.#vendorEnd(entry, vendorId)
      for (let at = (entry & 0xfff) + 6; at < end; at += this.#datagram[at + 1] as number) {
        if (this.#datagram[at] === type) values.push(this.#value(at))
      }
    }
    return values
  }

  vendorText(vendorId: number, type: number): string | undefined {
    return this.#text(this.#findVendor(vendorId, type))
  }

  vendorInteger(vendorId: number, type: number): number | undefined {
    return this.#integer(this.#findVendor(vendorId, type))
  }

  /** Eight octets, 0 to 2^64-1. @see RFC 6929 §2.5 */
  vendorInteger64(vendorId: number, type: number): bigint | undefined {
    const value = this.vendor(vendorId, type)
    return value && readInteger64(value)
  }

  /** An IPv4 or IPv6 address of a vendor as text. */
  vendorAddress(vendorId: number, type: number): string | undefined {
    const value = this.vendor(vendorId, type)
    return value && formatAddress(value)
  }

  #lookUp(): readonly number[] {
    return (this.#table ??= this.#makeTable())
  }

  #makeTable(): readonly number[] {
    const datagram = this.#datagram
    const table = new Array<number>(this.#attributes)
    let at = 20
    for (let index = 0; index < table.length; index++) {
      table[index] = ((datagram[at] as number) << 12) | at
      at += datagram[at + 1] as number
    }
    return table
  }

  #find(type: number): number {
    const table = this.#lookUp()
    for (let index = 0; index < table.length; index++) {
      const entry = table[index] as number
      if (entry >>> 12 === type) return entry & 0xfff
    }
    return 0
  }

  #findVendor(vendorId: number, type: number): number {
    for (const entry of this.#lookUp()) {
      const end = this.#vendorEnd(entry, vendorId)
      for (let at = (entry & 0xfff) + 6; at < end; at += this.#datagram[at + 1] as number) {
        if (this.#datagram[at] === type) return at
      }
    }
    return 0
  }

  /** Where the attributes inside end, if this is a well-formed Vendor-Specific of that vendor; else 0. */
  #vendorEnd(entry: number, vendorId: number): number {
    if (entry >>> 12 !== AttributeType.VendorSpecific) return 0
    const datagram = this.#datagram
    const start = entry & 0xfff
    const end = start + (datagram[start + 1] as number)
    if (end - start < 6 || datagram.readUInt32BE(start + 2) !== vendorId) return 0
    for (let at = start + 6; at < end;) {
      const octets = at + 2 > end ? 0 : (datagram[at + 1] as number)
      if (octets < 2 || at + octets > end) return 0
      at += octets
    }
    return end
  }

  #value(at: number): Buffer {
    return this.#datagram.subarray(at + 2, at + (this.#datagram[at + 1] as number))
  }

  #integer(at: number): number | undefined {
    if (at === 0 || this.#datagram[at + 1] !== 6) return undefined
    return this.#datagram.readUInt32BE(at + 2)
  }

  #text(at: number): string | undefined {
    return at === 0 ? undefined : readText(this.#datagram, at + 2, at + (this.#datagram[at + 1] as number))
  }
}
