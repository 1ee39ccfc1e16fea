import { createCipheriv } from 'node:crypto'

/**
 * One block of eight octets encrypted with DES under a key of seven octets: 56 bits, no parity. OpenSSL 3 has no single
 * DES, and triple DES with one key three times is the same. @see RFC 2759 §8.6
 */
export const desEncrypt = (block: Uint8Array, key: Uint8Array): Buffer => {
  const eight = withParityBits(key)
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([eight, eight, eight]), null)
  return cipher.setAutoPadding(false).update(block)
}

/** Seven bits to an octet, in the high bits; what DES does with the lowest is nothing. */
const withParityBits = (key: Uint8Array): Buffer => {
  const eight = Buffer.alloc(8)
  for (let index = 0; index < 8; index++) {
    const before = index === 0 ? 0 : (key[index - 1] as number)
    eight[index] = (before << (8 - index)) | ((key[index] ?? 0) >>> index)
  }
  return eight
}
