import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { Sha256, sha256Text } from '../../../core/domain/sha256.ts'

const expected = (octets: Buffer): string => createHash('sha256').update(octets).digest('base64url')

t.test('it is the SHA-256 of the standard at every length around a block, and of long messages', (t) => {
  const sheet = new Sha256()
  for (const length of [...Array.from({ length: 200 }, (_, i) => i), 1023, 1024, 5000, 100_000]) {
    const octets = Buffer.from(Array.from({ length }, (_, i) => (i * 7 + length) & 255))
    if (sheet.begin().octets(octets).digest().base64url() !== expected(octets))
      return t.fail(`${length} octets`)
  }
  t.pass('0 to 199 octets, and four longer ones')
  t.end()
})

t.test('texts of every script, in any number of pieces, are hashed as their UTF-8', (t) => {
  const sheet = new Sha256()
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.string())), (pieces) => {
      sheet.begin()
      for (const piece of pieces) sheet.text(piece)
      const whole = Buffer.concat(pieces.map((piece) => Buffer.from(piece)))
      return sheet.digest().base64url() === expected(whole)
    }),
  )
  t.equal(sha256Text('Hồ Gươm', 43), expected(Buffer.from('Hồ Gươm')))
  t.end()
})

t.test('any number of characters is the beginning of all of them, written or as text', (t) => {
  const whole = expected(Buffer.from('abc'))
  const sheet = new Sha256()
  sheet.begin().text('abc').digest()
  for (let characters = 0; characters <= 43; characters++) {
    const into = Buffer.alloc(50, 32)
    sheet.write(characters, into, 3)
    t.equal(sheet.base64url(characters), whole.slice(0, characters))
    t.equal(into.toString(), `   ${whole.slice(0, characters)}`.padEnd(50))
  }
  t.end()
})

t.test('hashing goes on where a state stopped', (t) => {
  const sheet = new Sha256()
  const state = sheet.begin().octets(Buffer.alloc(128, 'x')).state()
  for (const text of ['', 'y', 'z'.repeat(70)])
    t.equal(sheet.begin().text(text).digest(state).base64url(), expected(Buffer.from('x'.repeat(128) + text)))
  t.end()
})
