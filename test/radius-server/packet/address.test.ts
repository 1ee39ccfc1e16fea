import fc from 'fast-check'
import t from 'tap'
import { formatAddress, formatIpv6Prefix, parseAddress } from '../../../radius-server/packet/address.ts'
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
