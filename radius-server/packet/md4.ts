/**
 * The MD4 of a message: sixteen octets. No hash to trust; MS-CHAPv2 is built on it (RFC 2759 §8.3), and OpenSSL 3 has it
 * no more. @see RFC 1320
 */
export const md4 = (message: Uint8Array): Buffer => {
  const padded = pad(message)
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
  const words = new Int32Array(16)
  for (let at = 0; at < padded.length; at += blockOctets) {
    for (let word = 0; word < 16; word++) words[word] = padded.readInt32LE(at + word * 4)
    takeIn(state, words)
    words.fill(0)
  }
  padded.fill(0)
  const digest = Buffer.alloc(16)
  state.forEach((word, index) => digest.writeInt32LE(word, index * 4))
  return digest
}

const blockOctets = 64

/** The three rounds of RFC 1320 §3.4: in what order they take the words, how far each step turns, what it adds. */
const rounds = [
  { order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], turns: [3, 7, 11, 19], adds: 0 },
  { order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15], turns: [3, 5, 9, 13], adds: 0x5a827999 },
  { order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15], turns: [3, 9, 11, 15], adds: 0x6ed9eba1 },
] as const

const mixed = (round: number, b: number, c: number, d: number): number => {
  if (round === 0) return (b & c) | (~b & d)
  return round === 1 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d
}

const takeIn = (state: Int32Array, words: Int32Array): void => {
  let [a, b, c, d] = state as unknown as [number, number, number, number]
  rounds.forEach(({ order, turns, adds }, round) => {
    order.forEach((word, step) => {
      const sum = (a + mixed(round, b, c, d) + (words[word] as number) + adds) | 0
      const turn = turns[step & 3] as number
      a = d
      d = c
      c = b
      b = (sum << turn) | (sum >>> (32 - turn))
    })
  })
  state[0] = (state[0] as number) + a
  state[1] = (state[1] as number) + b
  state[2] = (state[2] as number) + c
  state[3] = (state[3] as number) + d
}

/** The message, a 0x80, zeros, and its length in bits: whole blocks. @see RFC 1320 §3.1, §3.2 */
const pad = (message: Uint8Array): Buffer => {
  const padded = Buffer.alloc((message.length + 9 + 63) & -blockOctets)
  padded.set(message)
  padded[message.length] = 0x80
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8)
  return padded
}
