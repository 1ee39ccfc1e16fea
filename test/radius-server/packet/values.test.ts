import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import t from 'tap'
import { PacketError } from '../../../radius-server/packet/errors.ts'
import {
  address,
  attributesLength,
  integer,
  integer64Octets,
  interfaceId,
  prefix,
  text,
  time,
  vendorAddress,
  vendorInteger,
  vendorInteger64,
  vendorText,
  writeAttributes,
} from '../../../radius-server/packet/values.ts'
import type { Attribute } from '../../../radius-server/packet/values.ts'
import { asSent, someAttributes, tlv } from './packets.ts'

const malformed = new PacketError('attribute-malformed', '')
const sent = (attributes: readonly Attribute[]): Buffer => {
  const into = Buffer.alloc(attributesLength(attributes))
  writeAttributes(attributes, into, 0)
  return into
}

t.test('text is sent in NFC', async (t) => {
  t.equal(text(18, 'Ha\u0300 No\u0323\u0302i').value.toString(), 'H\u00e0 N\u1ed9i')
})

t.test('text has no NUL (RFC 2865 §5)', async (t) =>
  t.equal(text(18, 'Hà\0 Nội\0').value.toString(), 'Hà Nội'),
)

t.test('text is cut before the code point that does not fit in 253 octets', async (t) => {
  t.equal(text(18, 'a'.repeat(300)).value.length, 253)
  t.equal(text(18, `${'a'.repeat(252)}à`).value.toString(), 'a'.repeat(252))
  t.equal(text(18, `${'a'.repeat(251)}à`).value.length, 253)
  t.equal(text(18, `${'a'.repeat(250)}😀`).value.length, 250)
  t.equal(vendorText(9, 1, `${'a'.repeat(246)}à`).value.toString(), 'a'.repeat(246))
})

t.test('any text fits and is the beginning of what was given', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (given) => {
      const { value } = text(18, given)
      const normal = given.normalize('NFC').replaceAll('\0', '')
      return (
        value.length <= 253 && Buffer.from(normal).subarray(0, value.length).equals(value) && isUtf8(value)
      )
    }),
  )
})

t.test('an integer is clamped to 32 bits', async (t) => {
  const written = (value: number): number => integer(27, value).value.readUInt32BE()
  t.equal(written(3600), 3600)
  t.equal(written(-1), 0)
  t.equal(written(2 ** 32), 4294967295)
  t.equal(written(Infinity), 4294967295)
  t.equal(written(1.9), 1)
  t.equal(written(NaN), 0)
  t.equal(vendorInteger(14122, 7, 5e9).value.readUInt32BE(), 4294967295)
})

t.test('a 64-bit number is clamped to 64 bits (RFC 6929 §2.5)', async (t) => {
  const written = (value: bigint): bigint => vendorInteger64(41112, 1, value).value.readBigUInt64BE()
  const numbers = [5_000_000_000n, -1n, 2n ** 64n, 2n ** 64n - 1n]
  t.same(numbers.map(written), [5_000_000_000n, 0n, 2n ** 64n - 1n, 2n ** 64n - 1n])
  t.equal(integer64Octets(1n).toString('hex'), '0000000000000001')
})

t.test('a moment is sent in whole seconds since 1970', async (t) => {
  t.equal(time(55, Date.parse('2025-11-22T07:00:00.999Z')).value.toString('hex'), '69215f70')
})

t.test('a prefix and an interface id are octets, and anything else is a mistake of ours', async (t) => {
  t.equal(prefix(97, '2001:db8:36::/48').value.toString('hex'), '003020010db80036')
  t.equal(prefix(155, '192.0.2.0/24').value.toString('hex'), '0018c0000200')
  t.throws(() => prefix(97, '2001:db8::'), malformed)
  t.equal(interfaceId(96, '0:1:a2ff:fe00').value.toString('hex'), '00000001a2fffe00')
  t.throws(() => interfaceId(96, '2001:db8::'), malformed)
  const ofVendor = vendorAddress(14988, 10, '10.9.0.7')
  t.same(ofVendor, { vendor: 14988, type: 10, value: Buffer.from('0a090007', 'hex') })
  t.throws(() => vendorAddress(14988, 10, 'host'), malformed)
})

t.test('an address is four or sixteen octets, and anything else is a mistake of ours', async (t) => {
  t.equal(address(4, '192.0.2.1').value.toString('hex'), 'c0000201')
  t.equal(address(95, '2001:db8::1').value.toString('hex'), '20010db8000000000000000000000001')
  t.throws(() => address(4, 'gateway'), malformed)
})

t.test('any attributes are written as RFC 2865 §5 and §5.26 lay them out', async () => {
  fc.assert(
    fc.property(someAttributes, (attributes) => {
      const expected = attributes.map(asSent).map(({ type, value }) => tlv(type, value))
      return sent(attributes).equals(Buffer.concat(expected))
    }),
  )
})

t.test('an attribute without value is left out (RFC 2865 §5: it MUST NOT be sent)', async (t) => {
  t.same(sent([text(18, ''), vendorText(9, 1, '\0'), integer(27, 0)]), Buffer.from('1b0600000000', 'hex'))
})

t.test('an attribute no packet can carry is a mistake of ours', async (t) => {
  const value = Buffer.alloc(1)
  t.throws(() => attributesLength([{ type: 1, value: Buffer.alloc(254) }]), malformed)
  t.throws(() => attributesLength([{ vendor: 9, type: 1, value: Buffer.alloc(248) }]), malformed)
  for (const type of [0, 256, NaN]) t.throws(() => attributesLength([{ type, value }]), malformed)
  for (const vendor of [-1, 2 ** 24, NaN])
    t.throws(() => attributesLength([{ vendor, type: 1, value }]), malformed)
})
