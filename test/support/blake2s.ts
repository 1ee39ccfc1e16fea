/** The message words that each round takes, in order. @see RFC 7693 §2.7 */
const SIGMA = [
  '0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15',
  '14 10 4 8 9 15 13 6 1 12 0 2 11 7 5 3',
  '11 8 12 0 5 2 15 13 10 14 3 6 7 1 9 4',
  '7 9 3 1 13 12 11 14 2 6 5 10 4 0 15 8',
  '9 0 5 7 2 4 10 15 14 1 11 12 6 8 3 13',
  '2 12 6 10 0 11 8 3 4 13 7 5 15 14 1 9',
  '12 5 1 15 14 13 4 10 0 7 6 3 9 2 8 11',
  '13 11 7 14 12 1 3 9 5 0 15 4 8 6 2 10',
  '6 15 14 9 11 3 0 8 12 2 13 7 1 4 10 5',
  '10 2 8 4 7 6 1 5 15 11 9 14 3 12 13 0',
].map((row) => row.split(' ').map(Number))

/** The words that each G mixes: columns, then diagonals. @see RFC 7693 §3.2 */
const MIXED = [
  '0 4 8 12',
  '1 5 9 13',
  '2 6 10 14',
  '3 7 11 15',
  '0 5 10 15',
  '1 6 11 12',
  '2 7 8 13',
  '3 4 9 14',
].map((row) => row.split(' ').map(Number) as [number, number, number, number])

const IV = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
] as const

const right = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

/**
 * BLAKE2s of a text as RFC 7693 words it, step by step, in base64url: what the product's own is held against where the
 * text is another one each time and no value can stand in the test. Itself it is held against Python's.
 */
export function blake2sOfTheRfc(key: Buffer, text: string): string {
  const message = Buffer.from(text)
  const first = Buffer.concat([key, Buffer.alloc(key.length ? 64 - key.length : 0)])
  const whole = Buffer.concat([first, message])
  const padded = Buffer.concat([whole, Buffer.alloc(whole.length ? -whole.length & 63 : 64)])
  const h = Uint32Array.from(IV)
  h[0]! ^= 0x01010000 ^ (key.length << 8) ^ 32
  for (let at = 0; at < padded.length; at += 64) {
    const isLast = at + 64 === padded.length
    const v = Uint32Array.from([...h, ...IV])
    v[12]! ^= isLast ? whole.length : at + 64
    if (isLast) v[14] = ~v[14]!
    for (const words of SIGMA)
      for (const [i, [a, b, c, d]] of MIXED.entries())
        for (const [half, first, second] of [
          [0, 16, 12],
          [1, 8, 7],
        ] as const) {
          v[a]! += v[b]! + padded.readUInt32LE(at + 4 * words[2 * i + half]!)
          v[d] = right(v[d]! ^ v[a]!, first)
          v[c]! += v[d]
          v[b] = right(v[b]! ^ v[c]!, second)
        }
    for (let i = 0; i < 8; i++) h[i]! ^= v[i]! ^ v[i + 8]!
  }
  const digest = Buffer.alloc(32)
  for (let i = 0; i < 8; i++) digest.writeUInt32LE(h[i]!, 4 * i)
  return digest.toString('base64url')
}
