import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { Blake2s, blake2sText, stateOf } from '../../../core/domain/blake2s.ts'

/** OpenSSL's. */
const expected = (octets: Buffer): string => createHash('blake2s256').update(octets).digest('base64url')

const octetsOf = (sheet: Blake2s): Buffer => Buffer.from(sheet.base64url(), 'base64url')

t.test('the example of RFC 7693, Appendix B', (t) => {
  t.equal(
    octetsOf(new Blake2s().begin().text('abc').digest()).toString('hex'),
    '508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982',
  )
  t.end()
})

t.test(
  'the self-test of RFC 7693, Appendix E: digests, keys and messages of many lengths, hashed as one',
  (t) => {
    const sheet = new Blake2s()
    const digests: Buffer[] = []
    for (const length of [16, 20, 28, 32])
      for (const octets of [0, 3, 64, 65, 255, 1024])
        for (const key of [Buffer.alloc(0), sequence(length, length)]) {
          sheet.begin().octets(sequence(octets, octets)).digest(stateOf(key, length))
          digests.push(octetsOf(sheet).subarray(0, length))
        }
    t.equal(
      octetsOf(sheet.begin().octets(Buffer.concat(digests)).digest()).toString('hex'),
      '6a411f08ce25adcdfb02aba641451cec53c598b24f4fc787fbdc88797f4c1dfe',
    )
    t.end()
  },
)

/** The octets that the self-test is made of. */
function sequence(length: number, seed: number): Buffer {
  let [a, b] = [Math.imul(0xdead4bad, seed), 1]
  return Buffer.from(
    Array.from({ length }, () => {
      ;[a, b] = [b, (a + b) | 0]
      return b >>> 24
    }),
  )
}

t.test('it is the hash that OpenSSL makes, at every length around a block, and of long messages', (t) => {
  const sheet = new Blake2s()
  for (const length of [...Array.from({ length: 301 }, (_, i) => i), 1023, 1024, 5000, 100_000]) {
    const octets = Buffer.from(Array.from({ length }, (_, i) => (i * 7 + length) & 255))
    const given = sheet.begin().octets(octets).digest().base64url()
    if (given !== expected(octets)) return t.fail(`${length} octets`)
    if (given !== sheet.begin().octets(octets).digest().base64url()) return t.fail(`${length} octets again`)
  }
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      (octets) => sheet.begin().octets(octets).digest().base64url() === expected(Buffer.from(octets)),
    ),
  )
  t.end()
})

t.test('texts of every script, in any number of pieces, are hashed as their UTF-8', (t) => {
  const sheet = new Blake2s()
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.string({ minLength: 20, maxLength: 1100 }),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      sheet.begin()
      for (const piece of pieces) sheet.text(piece)
      const whole = Buffer.concat(pieces.map((piece) => Buffer.from(piece)))
      return sheet.length === whole.length && sheet.digest().base64url() === expected(whole)
    }),
  )
  for (const text of ['Hồ Gươm', 'ờ'.repeat(1000), '\ud83d', 'a'.repeat(24), `${'a'.repeat(24)}ờ`])
    t.equal(blake2sText(text, 43), expected(Buffer.from(text)))
  t.end()
})

t.test('any number of characters is the beginning of all of them, written or as text', (t) => {
  const whole = expected(Buffer.from('abc'))
  const sheet = new Blake2s()
  sheet.begin().text('abc').digest()
  for (let characters = 0; characters <= 43; characters++) {
    const into = Buffer.alloc(50, 32)
    sheet.write(characters, into, 3)
    t.equal(sheet.base64url(characters), whole.slice(0, characters))
    t.equal(into.toString(), `   ${whole.slice(0, characters)}`.padEnd(50))
  }
  t.end()
})

t.test('what is written goes on after a digest, which leaves no trace in it', (t) => {
  const sheet = new Blake2s().begin().text('one')
  const one = sheet.digest().base64url()
  t.equal(sheet.text(' and two').digest().base64url(), expected(Buffer.from('one and two')))
  t.equal(sheet.begin().text('one').digest().base64url(), one)
  const copy = Buffer.alloc(2)
  sheet.copyTo(copy, 1)
  t.equal(copy.toString(), 'ne')
  t.end()
})
