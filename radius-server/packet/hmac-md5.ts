import { Md5 } from './md5.ts'
import type { Md5State } from './md5.ts'

/** A key as HMAC-MD5 uses it: MD5 after the inner pad, and after the outer. As secret as the key itself. */
export type HmacPads = { readonly inner: Md5State; readonly outer: Md5State }

/** Prepare a key of any length; done once for each secret, it saves two of the blocks of every digest. @see RFC 2104 §4 */
export const hmacPads = (key: Uint8Array): HmacPads => {
  const block = new Md5(Math.max(64, key.length))
  block.message.set(key)
  // RFC 2104 §2: a key longer than a block is hashed first.
  if (key.length > 64) block.digest(key.length, block.message)
  block.message.fill(0, key.length > 64 ? 16 : key.length)
  const inner = stateAfterPad(block, 0x36)
  const outer = stateAfterPad(block, 0x36 ^ 0x5c)
  block.message.fill(0)
  return { inner, outer }
}

/** Write the HMAC-MD5 of the first `length` octets of `md5.message` to `into[0..16)`. @see RFC 2104 §2 */
export const hmacMd5 = (md5: Md5, length: number, pads: HmacPads, into: Uint8Array): void => {
  md5.digest(length, outer.message, 0, pads.inner)
  outer.digest(16, into, 0, pads.outer)
}

/** Holds only the inner digest, and only within a call. */
const outer = new Md5(16)

const stateAfterPad = (block: Md5, pad: number): Md5State => {
  for (let at = 0; at < 64; at++) block.message[at] = (block.message[at] as number) ^ pad
  return block.stateAfter(64)
}
