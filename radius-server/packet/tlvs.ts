import { PacketError } from './errors.ts'

/** One TLV of a value; its own value may be TLVs again. @see RFC 6929 §2.3 */
export type Tlv = { readonly type: number; readonly value: Buffer }

/**
 * The TLVs that a value is made of, as views of it, or `undefined` where they do not fill it: then the value stays
 * octets. One level at a time, so that a value nested as deep as it can be costs no more than it is asked for.
 * @see RFC 6929 §2.3
 */
export const readTlvs = (value: Buffer): Tlv[] | undefined => {
  const tlvs: Tlv[] = []
  let at = 0
  while (at < value.length) {
    const octets = value[at + 1] ?? 0
    if (octets < shortest || at + octets > value.length) return undefined
    tlvs.push({ type: value[at] as number, value: value.subarray(at + 2, at + octets) })
    at += octets
  }
  return tlvs
}

/** The value made of these TLVs, empty ones left out. Throws a `PacketError` for one past 253 octets or without a type. */
export const writeTlvs = (tlvs: readonly Tlv[]): Buffer =>
  Buffer.concat(
    tlvs.flatMap(({ type, value }) => {
      if (!(type >= 1 && type <= 255)) throw new PacketError('attribute-malformed', `there is no TLV ${type}`)
      if (value.length > longestValue) {
        const message = `TLV ${type} has ${value.length} octets: one carries up to ${longestValue}`
        throw new PacketError('attribute-malformed', message)
      }
      return value.length === 0 ? [] : [Buffer.of(type, value.length + 2), value]
    }),
  )

/** Type, length and at least one octet. */
const shortest = 3
const longestValue = 253
