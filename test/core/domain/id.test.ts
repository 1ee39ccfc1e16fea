import fc from 'fast-check'
import { test } from 'tap'
import { idText } from '../../../core/domain/id.ts'

test('an id can be typed behind a verb: it is never taken for an option', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 9, maxLength: 12 }), (octets) =>
      /^\w[\w-]{11,15}$/.test(idText(Buffer.from(octets))),
    ),
  )
  t.equal(idText(Buffer.from([0xf8, 0, 0])), 'AAAA', 'which in base64url is -AAA')
  t.end()
})
