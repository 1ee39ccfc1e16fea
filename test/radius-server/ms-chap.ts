import { createCipheriv, createHash } from 'node:crypto'
import { vsa, type Tlv } from './wire.ts'

/**
 * MS-CHAPv2 as a gateway sends it, written a second time from RFC 2759 and RFC 2548: nothing here comes from
 * `radius-server/packet`. MD4 is the text of RFC 1320, DES is OpenSSL's.
 */

const MICROSOFT = 311
const MS_CHAP_CHALLENGE = 11
const MS_CHAP2_RESPONSE = 25

export interface Login {
  readonly userName: string | Buffer
  readonly password: string
  readonly authChallenge?: Buffer
  readonly peerChallenge?: Buffer
  readonly ident?: number
  /** MD4 of the password, where another program makes it. */
  readonly hash?: Buffer
}

/** The attributes of a request, and what an answer of somebody who knows the password says. */
export function msChapV2(login: Login): { attributes: Tlv[]; success: Buffer; response: Buffer } {
  const { userName, password, ident = 7, hash = ntHash(password) } = login
  const { authChallenge = Buffer.alloc(16, 0xa5), peerChallenge = Buffer.alloc(16, 0x5a) } = login
  const sha1 = (...parts: Buffer[]): Buffer => createHash('sha1').update(Buffer.concat(parts)).digest()
  const challenge = sha1(peerChallenge, authChallenge, Buffer.from(userName)).subarray(0, 8)
  const bits = [...Buffer.concat([hash, Buffer.alloc(5)])].map((o) => o.toString(2).padStart(8, '0')).join('')
  const keys = [0, 1, 2].map((third) =>
    Buffer.from(
      bits
        .slice(third * 56, third * 56 + 56)
        .match(/.{7}/g)!
        .map((seven) => parseInt(`${seven}0`, 2)),
    ),
  )
  const response = Buffer.concat(keys.map((key) => des(key, challenge)))
  const digest = sha1(md4(hash), response, Buffer.from('Magic server to client signing constant'))
  const proof = sha1(digest, challenge, Buffer.from('Pad to make it do more than one iteration'))
  const value = Buffer.concat([Buffer.of(ident, 0), peerChallenge, Buffer.alloc(8), response])
  return {
    response,
    success: Buffer.concat([Buffer.of(ident), Buffer.from(`S=${proof.toString('hex').toUpperCase()}`)]),
    attributes: [vsa(MICROSOFT, MS_CHAP_CHALLENGE, authChallenge), vsa(MICROSOFT, MS_CHAP2_RESPONSE, value)],
  }
}

export const ntHash = (password: string): Buffer => md4(Buffer.from(password, 'utf16le'))

function des(key: Buffer, block: Buffer): Buffer {
  const cipher = createCipheriv('des-ede-ecb', Buffer.concat([key, key]), null)
  return cipher.setAutoPadding(false).update(block)
}

function md4(message: Buffer): Buffer {
  const zeros = (((55 - message.length) % 64) + 64) % 64
  const length = Buffer.alloc(8)
  length.writeUInt32LE(message.length * 8)
  const padded = Buffer.concat([message, Buffer.of(0x80), Buffer.alloc(zeros), length])
  const turned = (x: number, by: number): number => ((x << by) | (x >>> (32 - by))) >>> 0
  let [A, B, C, D] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let at = 0; at < padded.length; at += 64) {
    const X = (k: number): number => padded.readUInt32LE(at + 4 * k)
    let [a, b, c, d] = [A, B, C, D]
    const step = (f: number, k: number, plus: number, by: number): void => {
      ;[a, b, c, d] = [d, turned((a + f + X(k) + plus) % 2 ** 32, by), b, c]
    }
    for (let i = 0; i < 16; i++) step(((b & c) | (~b & d)) >>> 0, i, 0, [3, 7, 11, 19][i % 4]!)
    for (let i = 0; i < 16; i++)
      step(
        ((b & c) | (b & d) | (c & d)) >>> 0,
        (i % 4) * 4 + Math.floor(i / 4),
        0x5a827999,
        [3, 5, 9, 13][i % 4]!,
      )
    for (let i = 0; i < 16; i++) {
      const reversed = parseInt(i.toString(2).padStart(4, '0').split('').reverse().join(''), 2)
      step((b ^ c ^ d) >>> 0, reversed, 0x6ed9eba1, [3, 9, 11, 15][i % 4]!)
    }
    ;[A, B, C, D] = [(A + a) >>> 0, (B + b) >>> 0, (C + c) >>> 0, (D + d) >>> 0]
  }
  const digest = Buffer.alloc(16)
  ;[A, B, C, D].forEach((word, index) => digest.writeUInt32LE(word, index * 4))
  return digest
}
