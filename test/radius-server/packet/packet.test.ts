import { inspect } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import { octets, rawPacket, read, tlv, vendorTlv } from './packets.ts'

const packetOf = (...attributes: Buffer[]): Packet =>
  read(rawPacket(Code.AccessRequest, Buffer.concat(attributes)))
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

t.test('first, all, count, has and hasAny see the attributes of a type in order', async (t) => {
  const packet = packetOf(tlv(25, hex('01')), tlv(1, hex('6e')), tlv(25, hex('0203')), tlv(25, hex('')))
  t.same(packet.first(25), hex('01'))
  t.same(packet.all(25), [hex('01'), hex('0203'), hex('')])
  t.equal(packet.count(25), 3)
  t.equal(packet.has(1), true)
  t.equal(packet.has(2), false)
  t.equal(packet.hasAny(1, 2, 3), true)
  t.equal(packet.hasAny(2, 25, 3), true)
  t.equal(packet.hasAny(2, 3, 1), true)
  t.equal(packet.hasAny(2, 3, 4), false)
  t.equal(packet.count(2), 0)
  t.equal(packet.first(2), undefined)
  t.same(packet.all(2), [])
})

t.test('values are views of the datagram, not copies', async (t) => {
  const datagram = rawPacket(Code.AccessRequest, tlv(25, hex('01')))
  const packet = read(datagram)
  datagram[22] = 9
  t.same(packet.first(25), hex('09'))
  t.equal(packet.authenticator.buffer, datagram.buffer)
})

t.test('a logged packet shows no octets', async (t) => {
  const packet = packetOf(tlv(AttributeType.UserPassword, Buffer.from('hidden, but not well')))
  t.notMatch(inspect(packet, { showHidden: true, depth: 9 }), /Buffer|hidden/)
  t.match(JSON.parse(JSON.stringify(packet)), { code: 1, identifier: 0, length: packet.length })
  t.notMatch(JSON.stringify(packet), /Buffer|data/)
})

t.test('text is UTF-8 without NUL (RFC 2865 §5)', async (t) => {
  const text = (value: string | Buffer): string | undefined => packetOf(tlv(1, Buffer.from(value))).text(1)
  t.equal(text('an.nguyen'), 'an.nguyen')
  t.equal(text('Nguyễn Văn An'), 'Nguyễn Văn An')
  t.equal(text('😀'), '😀')
  t.equal(text('an\0'), undefined)
  t.equal(text(hex('ff')), undefined, 'no UTF-8')
  t.equal(text(hex('c0af')), undefined, 'an overlong slash')
  t.equal(text(hex('eda080')), undefined, 'half a surrogate pair')
  t.equal(text(hex('6e c3')), undefined, 'cut short')
  t.equal(text(''), undefined, 'empty')
  t.equal(packetOf().text(1), undefined, 'absent')
})

t.test('any text comes back as it was', async () => {
  const value = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(value, (value) => {
      const sent = Buffer.from(value)
      return sent.length > 253 || packetOf(tlv(18, sent)).text(18) === sent.toString()
    }),
  )
})

t.test('an integer has four octets, no sign', async (t) => {
  t.equal(packetOf(tlv(5, hex('ffffffff'))).integer(5), 4294967295)
  t.equal(packetOf(tlv(5, hex('00000000'))).integer(5), 0)
  t.equal(packetOf(tlv(5, hex('000000'))).integer(5), undefined)
  t.equal(packetOf(tlv(5, hex('0000000001'))).integer(5), undefined)
  t.equal(packetOf(tlv(5, hex(''))).integer(5), undefined)
  t.equal(packetOf().integer(5), undefined)
})

t.test('octets count in 64 bits with Gigawords (RFC 2869 §5.1)', async (t) => {
  const low = tlv(AttributeType.AcctInputOctets, hex('00000005'))
  const { AcctInputOctets, AcctInputGigawords } = AttributeType
  t.equal(packetOf(low).octets(AcctInputOctets, AcctInputGigawords), 5n)
  t.equal(
    packetOf(low, tlv(AcctInputGigawords, hex('00000002'))).octets(AcctInputOctets, AcctInputGigawords),
    8589934597n,
  )
  const most = packetOf(tlv(AcctInputGigawords, hex('ffffffff')), tlv(AcctInputOctets, hex('ffffffff')))
  t.equal(most.octets(AcctInputOctets, AcctInputGigawords), 2n ** 64n - 1n)
  t.equal(packetOf().octets(AcctInputOctets, AcctInputGigawords), undefined)
  t.equal(
    packetOf(tlv(AcctInputGigawords, hex('00000002'))).octets(AcctInputOctets, AcctInputGigawords),
    undefined,
  )
})

t.test('addresses and prefixes are told by their octets', async (t) => {
  t.equal(packetOf(tlv(4, hex('c0000201'))).address(4), '192.0.2.1')
  t.equal(packetOf(tlv(95, hex('20010db8000000000000000000000001'))).address(95), '2001:db8::1')
  t.equal(packetOf(tlv(4, hex('c00002'))).address(4), undefined)
  t.equal(packetOf().address(4), undefined)
  t.equal(packetOf(tlv(97, hex('003020010db80036'))).prefix(97), '2001:db8:36::/48')
  t.equal(packetOf().prefix(97), undefined)
})

t.test('a moment, an IPv4 prefix and an interface id are told by their octets', async (t) => {
  t.equal(packetOf(tlv(55, hex('69215f70'))).time(55), Date.parse('2025-11-22T07:00:00Z'))
  t.equal(packetOf(tlv(55, hex('69215f'))).time(55), undefined)
  t.equal(packetOf(tlv(155, hex('0018c0000200'))).ipv4Prefix(155), '192.0.2.0/24')
  t.equal(packetOf(tlv(155, hex('0018c00002'))).ipv4Prefix(155), undefined)
  t.equal(packetOf(tlv(96, hex('00000001a2fffe00'))).interfaceId(96), '0:1:a2ff:fe00')
  t.equal(packetOf(tlv(96, hex('00'))).interfaceId(96), undefined)
  for (const absent of [packetOf().time(55), packetOf().ipv4Prefix(155), packetOf().interfaceId(96)])
    t.equal(absent, undefined)
})

t.test("a vendor's 64-bit number and address are told by their octets", async (t) => {
  const packet = packetOf(
    vendorTlv(41112, tlv(1, hex('000000012a05f200'))),
    vendorTlv(14988, tlv(10, hex('0a090007'))),
  )
  t.equal(packet.vendorInteger64(41112, 1), 5_000_000_000n)
  t.equal(packet.vendorInteger(41112, 1), undefined)
  t.equal(packet.vendorInteger64(41112, 2), undefined)
  t.equal(packet.vendorAddress(14988, 10), '10.9.0.7')
  t.equal(packet.vendorInteger64(14988, 10), undefined)
  t.equal(packet.vendorAddress(14988, 11), undefined)
})

t.test("a vendor's attributes are found in one Vendor-Specific or in several (RFC 2865 §5.26)", async (t) => {
  const packet = packetOf(
    vendorTlv(9, tlv(1, Buffer.from('first'))),
    vendorTlv(14988, tlv(1, hex('0000000a'))),
    vendorTlv(9, Buffer.concat([tlv(2, hex('00000007')), tlv(1, Buffer.from('second'))])),
  )
  t.equal(packet.vendorText(9, 1), 'first')
  t.same(
    packet.vendorAll(9, 1).map((value) => value.toString()),
    ['first', 'second'],
  )
  t.equal(packet.vendorInteger(9, 2), 7)
  t.equal(packet.vendorInteger(14988, 1), 10)
  t.same(packet.vendor(14988, 1), hex('0000000a'))
  t.equal(packet.vendor(14988, 2), undefined)
  t.equal(packet.vendor(14122, 1), undefined)
  t.equal(packet.first(1), undefined, 'a type of a vendor is not a type of the standard')
})

t.test(
  'a malformed Vendor-Specific stays opaque: nothing inside is found, its octets are kept',
  async (t) => {
    const good = tlv(8, Buffer.from('ok'))
    for (const broken of ['', '08', '0801', '0800', '0809616263']) {
      const inside = Buffer.concat([good, hex(broken)])
      const packet = packetOf(vendorTlv(14988, inside), tlv(1, Buffer.from('an')))
      t.equal(
        packet.vendorText(14988, 8),
        broken === '' ? 'ok' : undefined,
        `good attribute, then "${broken}"`,
      )
      t.equal(packet.vendorAll(14988, 8).length, broken === '' ? 1 : 0)
      t.equal(packet.first(26)?.length, 4 + inside.length)
      t.equal(packet.text(1), 'an')
    }
    t.equal(packetOf(tlv(26, hex('00003a'))).vendor(14988, 8), undefined, 'a vendor id cut short')
    t.equal(packetOf(tlv(26, hex(''))).vendor(0, 0), undefined, 'no vendor id')
  },
)

t.test('a malformed Vendor-Specific does not hide a good one of the same vendor', async (t) => {
  const packet = packetOf(vendorTlv(14988, hex('08')), vendorTlv(14988, tlv(8, Buffer.from('2M/10M'))))
  t.equal(packet.vendorText(14988, 8), '2M/10M')
})

t.test('attributes lists what was sent', async () => {
  const attributes = fc.array(fc.record({ type: fc.nat(255), value: octets(0, 100) }), { maxLength: 12 })
  fc.assert(
    fc.property(attributes, (attributes) => {
      const packet = packetOf(
        ...attributes.filter(({ type }) => type !== 33).map(({ type, value }) => tlv(type, value)),
      )
      const found = packet.attributes()
      const sent = attributes.filter(({ type }) => type !== 33)
      return (
        found.length === sent.length &&
        found.every(
          ({ type, value }, index) => type === sent[index]?.type && value.equals(sent[index]?.value ?? value),
        )
      )
    }),
  )
})

t.test('copyAll copies attributes of a type as they came', async (t) => {
  const packet = packetOf(tlv(33, hex('01')), tlv(1, hex('6e')), tlv(33, hex('')), tlv(33, hex('ff00')))
  const into = Buffer.alloc(12, 0xee)
  t.equal(packet.copyAll(33, into, 1), 10)
  t.same(into, hex('ee 210301 2102 2104ff00 eeee'))
})
