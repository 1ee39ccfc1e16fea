import fc from 'fast-check'
import { test } from 'tap'
import { idText } from '../../../core/domain/id.ts'

test('an id can be typed behind a verb: it is never taken for an option', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 9, maxLength: 12 }), (octets) =>
      /^\w[\w-]{11,15}$/.test(idText(Buffer.from(octets).toString('base64url'))),
    ),
  )
  t.equal(idText('-AAA'), 'AAAA')
  t.end()
})
