import fc from 'fast-check'
import t from 'tap'
import {
  formatAddress,
  formatInterfaceId,
  formatIpv4Prefix,
  formatIpv6Prefix,
  parseAddress,
  parseInterfaceId,
  parsePrefix,
} from '../../../radius-server/packet/address.ts'
import { octets } from './packets.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

t.test('an address of four octets is IPv4, of sixteen IPv6, of others none', async (t) => {
  t.equal(formatAddress(hex('c0a80110')), '192.168.1.16')
  t.equal(formatAddress(Buffer.alloc(16)), '::')
  for (const length of [0, 3, 5, 15, 17]) t.equal(formatAddress(Buffer.alloc(length)), undefined)
})

t.test('IPv6 is written as RFC 5952 §4 says', async (t) => {
  const written = (groups: string): string | undefined => formatAddress(hex(groups))
  t.equal(written('2001 0db8 0000 0000 0000 0000 0002 0001'), '2001:db8::2:1')
  t.equal(
    written('2001 0db8 0000 0001 0001 0001 0001 0001'),
    '2001:db8:0:1:1:1:1:1',
    'one group is not shortened',
  )
  t.equal(written('2001 0000 0000 0001 0000 0000 0000 0001'), '2001:0:0:1::1', 'the longest run')
  t.equal(written('2001 0db8 0000 0000 0001 0000 0000 0001'), '2001:db8::1:0:0:1', 'the first of two')
  t.equal(written('0001 0002 0003 0004 0005 0006 0000 0000'), '1:2:3:4:5:6::')
  t.equal(written('0000 0000 0000 0000 0000 0000 0000 0001'), '::1')
})

t.test('IPv6 is written as the URL standard writes it', async () => {
  // Zeros are what the rules are about: make them likely.
  const group = fc.oneof(fc.constant(0), fc.nat(0xffff))
  const address = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => {
    const octets = Buffer.alloc(16)
    groups.forEach((group, index) => octets.writeUInt16BE(group, index * 2))
    return octets
  })
  fc.assert(
    fc.property(address, (octets) => {
      const full = octets.toString('hex').match(/..../g)?.join(':')
      return new URL(`http://[${full}]`).hostname === `[${formatAddress(octets)}]`
    }),
  )
})

t.test('any address is read back as it was written', async () => {
  const address = fc.oneof(octets(4, 4), octets(16, 16))
  fc.assert(
    fc.property(address, (octets) => parseAddress(formatAddress(octets) ?? '')?.equals(octets) === true),
  )
})

t.test('every way to write IPv6 is read', async (t) => {
  t.same(parseAddress('2001:0DB8::1'), hex('20010db8000000000000000000000001'))
  t.same(parseAddress('::ffff:192.0.2.1'), hex('00000000000000000000ffffc0000201'))
  t.same(parseAddress('1:2:3:4:5:6:7:8'), hex('00010002000300040005000600070008'))
  t.same(parseAddress('1::'), hex('00010000000000000000000000000000'))
})

t.test('what is no address is not read', async (t) => {
  for (const text of [
    '',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.01',
    ' 192.0.2.1',
    '2001:db8',
    'fe80::1%eth0',
    ':::',
    'host',
  ]) {
    t.equal(parseAddress(text), undefined, text)
  }
})

t.test('an IPv6 prefix has its bits, and zeros past them (RFC 3162 §2.3)', async (t) => {
  t.equal(formatIpv6Prefix(hex('00 40 20010db800360000')), '2001:db8:36::/64')
  t.equal(formatIpv6Prefix(hex('00 40 20010db8003600000000000000000000')), '2001:db8:36::/64')
  t.equal(formatIpv6Prefix(hex('00 00')), '::/0')
  t.equal(formatIpv6Prefix(hex('00 80 20010db8000000000000000000000001')), '2001:db8::1/128')
  t.equal(formatIpv6Prefix(hex('00 03 e0')), 'e000::/3')
  t.equal(formatIpv6Prefix(hex('07 03 e0')), 'e000::/3', 'the reserved octet says nothing')
})

t.test('what is no IPv6 prefix is not read', async (t) => {
  t.equal(formatIpv6Prefix(hex('00')), undefined, 'no bits')
  t.equal(formatIpv6Prefix(Buffer.concat([hex('0081'), Buffer.alloc(16)])), undefined, '129 bits')
  t.equal(formatIpv6Prefix(hex('00 40 20010db8')), undefined, 'more bits than octets')
  t.equal(formatIpv6Prefix(hex('00 03 f0')), undefined, 'a bit past the prefix')
  t.equal(formatIpv6Prefix(Buffer.alloc(19)), undefined, '17 octets')
})

t.test('an IPv4 prefix has four octets, and zeros past its bits (RFC 8044 §3.11)', async (t) => {
  t.equal(formatIpv4Prefix(hex('00 18 c0000200')), '192.0.2.0/24')
  t.equal(formatIpv4Prefix(hex('00 00 00000000')), '0.0.0.0/0')
  t.equal(formatIpv4Prefix(hex('00 20 c0000201')), '192.0.2.1/32')
  t.equal(formatIpv4Prefix(hex('00 21 c0000201')), undefined, '33 bits')
  t.equal(formatIpv4Prefix(hex('00 18 c0000201')), undefined, 'a bit past the prefix')
  t.equal(formatIpv4Prefix(hex('00 18 c00002')), undefined, 'three octets')
  t.equal(formatIpv4Prefix(hex('00 18 c000020000')), undefined, 'five octets')
})

t.test('a prefix is written with no octet past its bits (RFC 8044 §3.10)', async (t) => {
  t.same(parsePrefix('2001:db8:36::/48'), hex('00 30 20010db80036'))
  t.same(parsePrefix('2001:db8:36::/47'), hex('00 2f 20010db80036'))
  t.same(parsePrefix('::/0'), hex('00 00'))
  t.same(parsePrefix('2001:db8::1/128'), hex('00 80 20010db8000000000000000000000001'))
  t.same(parsePrefix('192.0.2.0/24'), hex('00 18 c0000200'))
  for (const text of [
    '',
    '/48',
    '2001:db8::',
    '2001:db8::/129',
    '2001:db8::/-1',
    '2001:db8::/4.0',
    '2001:db8::1/48',
    '192.0.2.1/24',
    '192.0.2.0/33',
    '192.0.2.0/24/24',
    'fe80::%eth0/64',
  ])
    t.equal(parsePrefix(text), undefined, text)
})

/** The octets with every bit past `bits` cleared. */
const cleared = (octets: Buffer, bits: number): Buffer =>
  Buffer.from(octets.map((octet, at) => octet & (0xff << (8 - Math.min(Math.max(bits - at * 8, 0), 8)))))

t.test('any prefix is read back as it was written', async () => {
  const v6 = fc.tuple(octets(16, 16), fc.nat(128))
  const v4 = fc.tuple(octets(4, 4), fc.nat(32))
  fc.assert(
    fc.property(v6, v4, ([six, sixBits], [four, fourBits]) => {
      const six6 = `${formatAddress(cleared(six, sixBits))}/${sixBits}`
      const four4 = `${formatAddress(cleared(four, fourBits))}/${fourBits}`
      return (
        formatIpv6Prefix(parsePrefix(six6) ?? hex('')) === six6 &&
        formatIpv4Prefix(parsePrefix(four4) ?? hex('')) === four4
      )
    }),
  )
})

t.test('an interface id is four groups (RFC 3162 §2.2)', async (t) => {
  t.equal(formatInterfaceId(hex('00000001a2fffe00')), '0:1:a2ff:fe00')
  for (const length of [0, 7, 9]) t.equal(formatInterfaceId(Buffer.alloc(length)), undefined)
  t.same(parseInterfaceId('0:1:A2FF:fe00'), hex('00000001a2fffe00'))
  for (const text of ['', '1:2:3', '1:2:3:4:5', '1::2:3', '12345:1:1:1', '1:2:3:g'])
    t.equal(parseInterfaceId(text), undefined, text)
  fc.assert(
    fc.property(octets(8, 8), (id) => parseInterfaceId(formatInterfaceId(id) ?? '')?.equals(id) === true),
  )
})

t.test('any octets are an address, a prefix, an id, or none of them, and never throw', async () => {
  fc.assert(
    fc.property(octets(0, 24), (given) => {
      const texts = [
        formatAddress(given),
        formatIpv4Prefix(given),
        formatIpv6Prefix(given),
        formatInterfaceId(given),
      ]
      return texts.every((text) => text === undefined || text.length > 1)
    }),
  )
})
