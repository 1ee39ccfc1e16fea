import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { hmacText } from '../../../core/domain/hmac.ts'

t.test('it is the HMAC of the standard, for keys up to a block and texts of every length and script', (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 1000, maxLength: 1100 })),
      (octets, text) => {
        const key = Buffer.from(octets)
        const expected = createHmac('sha256', key).update(text).digest('base64url')
        return hmacText(key, text) === expected && hmacText(key, text) === expected
      },
    ),
  )
  t.end()
})

t.test('two keys by turns do not mix, and one longer than a block is refused', (t) => {
  const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const of = (key: Buffer): string => createHmac('sha256', key).update('ờ').digest('base64url')
  for (let round = 0; round < 3; round++) for (const key of keys) t.equal(hmacText(key, 'ờ'), of(key))
  t.throws(() => hmacText(Buffer.alloc(65), ''), RangeError)
  t.end()
})
