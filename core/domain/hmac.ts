import { hash } from 'node:crypto'

/** SHA-256's block and digest in octets. */
const BLOCK = 64
const DIGEST = 32
/** Longer texts than any of ours are hashed from a sheet of their own. */
const SHEET = 1024

/** A key laid out for hashing: each pad with room behind it for what is hashed after it. */
interface Pads {
  readonly inner: Buffer
  readonly outer: Buffer
}

const pads = new WeakMap<Buffer, Pads>()

/**
 * HMAC-SHA-256 of a text under a key of up to 64 octets, as base64url. Two plain hashes over pads that are laid out once a
 * key take half the time of `createHmac`, which makes an object each time. @see RFC 2104
 */
export function hmacText(key: Buffer, text: string): string {
  const { inner, outer } = padsOf(key)
  const octets = Buffer.byteLength(text)
  const sheet = octets <= SHEET ? inner : Buffer.concat([inner, Buffer.alloc(octets)])
  sheet.write(text, BLOCK)
  outer.write(hash('sha256', sheet.subarray(0, BLOCK + octets), 'binary'), BLOCK, 'latin1')
  return hash('sha256', outer, 'base64url')
}

function padsOf(key: Buffer): Pads {
  const known = pads.get(key)
  if (known) return known
  if (key.length > BLOCK) throw new RangeError(`a key of ${key.length} octets is longer than a block`)
  const made = { inner: padded(key, 0x36, SHEET), outer: padded(key, 0x5c, DIGEST) }
  pads.set(key, made)
  return made
}

function padded(key: Buffer, octet: number, room: number): Buffer {
  const sheet = Buffer.alloc(BLOCK + room)
  for (let i = 0; i < BLOCK; i++) sheet[i] = (key[i] ?? 0) ^ octet
  return sheet
}
