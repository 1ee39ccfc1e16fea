import t from 'tap'
import { desEncrypt } from '../../../radius-server/packet/des.ts'

const encrypted = (key: string, block: string): string =>
  desEncrypt(Buffer.from(block, 'hex'), Buffer.from(key, 'hex')).toString('hex')

t.test('the blocks of the NBS tests, their keys without parity', async (t) => {
  for (const [key, block, result] of [
    // 7CA110454A1A6E57 with parity, and so on.
    ['7d404224a35bab', '01a1d6d039776742', '690f5b0d9a26939b'],
    ['00636309d80db7', '5cd54ca83def57da', '7a389d10354bd271'],
    ['074049f4a149c3', '0248d43806f67172', '868ebb51cab4599a'],
    ['38919a62604c4f', '51454b582ddf440a', '7178876e01f19b2a'],
  ] as const)
    t.equal(encrypted(key, block), result)
})

// RFC 2759 §9.2: 8-octet Challenge, 16-octet PasswordHash with five zeros, 24-octet NT-Response.
t.test('the three blocks of RFC 2759', async (t) => {
  const challenge = 'd02e4386bce91226'
  t.equal(encrypted('44ebba8d5312b8', challenge), '82309ecd8d708b5e')
  t.equal(encrypted('d611474411f569', challenge), 'a08faa3981cd8354')
  t.equal(encrypted('89ae0000000000', challenge), '4233114a3d85d6df')
})

t.test('each of the 56 bits of a key matters', async (t) => {
  const block = '0123456789abcdef'
  const seen = new Set<string>()
  for (let bit = 0; bit < 56; bit++) {
    const key = Buffer.alloc(7)
    key[bit >> 3] = 0x80 >>> (bit & 7)
    seen.add(encrypted(key.toString('hex'), block))
  }
  t.equal(seen.size, 56)
})
