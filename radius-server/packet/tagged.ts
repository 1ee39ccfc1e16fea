// Attributes that a tag groups, one group a tunnel. Tunnel-Password hides its string besides, and stays octets.
import { PacketError } from './errors.ts'
import { readText } from './octets.ts'
import { text, type Attribute } from './values.ts'

/** A value and its group, 1 to 31; 0 is no group. @see RFC 2868 §3 */
export type Tagged<T> = { readonly tag: number; readonly value: T }

/** A number of 24 bits behind its tag, or `undefined`. @see RFC 2868 §3.1 */
export const readTaggedInteger = (octets: Buffer): Tagged<number> | undefined => {
  const tag = octets[0]
  if (octets.length !== 4 || tag === undefined || tag > largestTag) return undefined
  return { tag, value: octets.readUIntBE(1, 3) }
}

/** Text behind its tag, or `undefined`. Text whose first octet is past 31 has no tag. @see RFC 2868 §3.3, §3.6 */
export const readTaggedText = (octets: Buffer): Tagged<string> | undefined => {
  const first = octets[0]
  if (first === undefined) return undefined
  const tag = first > largestTag ? 0 : first
  const value = readText(octets, first > largestTag ? 0 : 1)
  return value === undefined ? undefined : { tag, value }
}

/** A number clamped to 24 bits with its tag, 0 for none. Throws a `PacketError` for a tag past 31. @see RFC 2868 §3.1 */
export const taggedInteger = (type: number, tag: number, value: number): Attribute => {
  const octets = Buffer.of(checked(tag), 0, 0, 0)
  octets.writeUIntBE(Number.isNaN(value) ? 0 : Math.trunc(Math.min(Math.max(value, 0), 0xffffff)), 1, 3)
  return { type, value: octets }
}

/**
 * Text with its tag, 0 for none, cut as other text is. Without a tag it is sent bare, but for text that would be taken
 * for a tag. Throws a `PacketError` for a tag past 31. @see RFC 2868 §3.3
 */
export const taggedText = (type: number, tag: number, value: string): Attribute => {
  const group = checked(tag)
  const bare = text(type, value)
  const first = bare.value[0]
  if (first === undefined || (group === 0 && first > largestTag)) return bare
  return { type, value: Buffer.concat([Buffer.of(group), text(type, value, longestTaggedText).value]) }
}

const largestTag = 0x1f

/** The tag takes one octet of 253. */
const longestTaggedText = 252

const checked = (tag: number): number => {
  if (Number.isInteger(tag) && tag >= 0 && tag <= largestTag) return tag
  throw new PacketError('attribute-malformed', `there is no tag ${tag}`)
}
