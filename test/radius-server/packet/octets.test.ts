import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import t from 'tap'
import { readInteger64, readText } from '../../../radius-server/packet/octets.ts'
import { octets } from './packets.ts'

t.test('text is all of the octets, or those from one to another', async (t) => {
  t.equal(readText(Buffer.from('Hà Nội')), 'Hà Nội')
  t.equal(readText(Buffer.from('..phở..'), 2, 7), 'phở')
  t.equal(readText(Buffer.from('a\0b')), undefined, 'no NUL (RFC 2865 §5)')
  t.equal(readText(Buffer.from('a\0b'), 0, 1), 'a', 'a NUL outside says nothing')
  t.equal(readText(Buffer.alloc(0)), undefined)
  t.equal(readText(Buffer.from('ab'), 2), undefined)
})

t.test('any octets are text if they are UTF-8 without NUL, and nothing else', async () => {
  fc.assert(
    fc.property(octets(0, 40), (given) => {
      const isText = given.length > 0 && isUtf8(given) && !given.includes(0)
      return readText(given) === (isText ? given.toString() : undefined)
    }),
  )
})

t.test('a 64-bit number has eight octets and no sign', async (t) => {
  t.equal(readInteger64(Buffer.from('ffffffffffffffff', 'hex')), 18446744073709551615n)
  t.equal(readInteger64(Buffer.from('ffffffff', 'hex')), undefined)
  t.equal(readInteger64(Buffer.alloc(9)), undefined)
})
