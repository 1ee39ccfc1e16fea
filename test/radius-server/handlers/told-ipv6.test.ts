import fc from 'fast-check'
import t from 'tap'
import { MOST_IPV6, NO_IPV6 } from '../../../core/domain/session-ipv6.ts'
import { toldIpv6 } from '../../../radius-server/handlers/told-ipv6.ts'
import { knownNas, NOON, requestOf, SECRET } from '../stage.ts'
import { signedRequest, type Tlv } from '../wire.ts'

const [INTERFACE_ID, PREFIX, DELEGATED, ADDRESS] = [96, 97, 123, 168]
const octets = (type: number, hex: string): Tlv => [type, Buffer.from(hex.replaceAll(' ', ''), 'hex')]
const told = (...attributes: Tlv[]) =>
  toldIpv6(requestOf(signedRequest(4, attributes, { secret: SECRET }), knownNas({}), NOON).packet)
const good = (...attributes: Tlv[]): readonly string[] => {
  const { addresses, isBad } = told(...attributes)
  t.notOk(isBad, 'nothing is wrong with it')
  return addresses
}

const address = (last: string): Tlv => octets(ADDRESS, `20010db8 00000000 00000000 0000${last}`)

// RFC 6911 §3.1, RFC 5952 §4.
t.test('addresses are told in their one spelling, every one, once', (t) => {
  t.same(good(address('0abc'), address('000d'), address('0abc')), ['2001:db8::abc', '2001:db8::d'])
  t.end()
})

// RFC 3162 §2.3, RFC 4818 §3.
t.test('prefixes are told with their length, whether on the link or delegated', (t) => {
  t.same(
    good(
      octets(PREFIX, '0040 20010db8 00010002'),
      octets(PREFIX, '0040 20010db8 00010003 0000000000000000'),
      octets(DELEGATED, '0038 20010db8 0002ab'),
      octets(PREFIX, '0080 20010db8 00000000 00000000 00000007'),
    ),
    ['2001:db8:1:2::/64', '2001:db8:1:3::/64', '2001:db8::7/128', '2001:db8:2:ab00::/56'],
  )
  t.end()
})

// RFC 3162 §2.2; RFC 4291 §2.3 writes an address and its prefix as one.
t.test('an interface id and a prefix of 64 bits are one address', (t) => {
  const id = octets(INTERFACE_ID, '000000a2 ff00fe01')
  t.same(good(octets(PREFIX, '0040 20010db8 00010002'), id), ['2001:db8:1:2:0:a2:ff00:fe01/64'])
  t.same(
    good(id, octets(PREFIX, '0030 20010db8 0001')),
    ['2001:db8:1::/48'],
    'bits between them would be made up',
  )
  t.same(good(id), [], 'alone it is none')
  t.same(good(octets(DELEGATED, '0040 20010db8 00010002'), id), ['2001:db8:1:2::/64'])
  t.end()
})

t.test('what stands for no address is none', (t) => {
  const zeros = '00'.repeat(16)
  t.same(good(octets(ADDRESS, zeros), octets(PREFIX, `0000`), octets(PREFIX, `0040${zeros}`)), [])
  t.end()
})

t.test('octets that are no address are passed over and told of, what is beside them counts', (t) => {
  for (const [type, hex, why] of [
    [ADDRESS, '', 'nothing'],
    [ADDRESS, '0a010203', 'an IPv4 address'],
    [ADDRESS, '20010db8 00000000 00000000 000000', 'an octet short'],
    [ADDRESS, '20010db8 00000000 00000000 00000001 00', 'an octet long'],
    [PREFIX, '00', 'no length'],
    [PREFIX, '0081 20010db8 00000000 00000000 00000001', 'past 128 bits'],
    [PREFIX, '00ff', '255 bits'],
    [PREFIX, '0040 20010db8 000100', 'fewer octets than bits'],
    [PREFIX, '0040 20010db8 00010002 80', 'a bit past the prefix'],
    [PREFIX, '003f 20010db8 00010001', 'the bit next to it'],
    [PREFIX, '0040 20010db8 00010002 00000000 00000000 00', 'seventeen octets'],
    [DELEGATED, '0038 20010db8 00010001', 'a bit past the prefix'],
  ] as const) {
    t.same(told(octets(type, hex), address('0001')), { addresses: ['2001:db8::1'], isBad: true }, why)
    t.same(told(octets(type, hex)), { addresses: [], isBad: true }, `${why}, alone`)
  }
  t.same(
    told(octets(PREFIX, '0040 20010db8 00010002'), octets(INTERFACE_ID, '000000a2 ff00fe')),
    { addresses: ['2001:db8:1:2::/64'], isBad: true },
    'an interface id of seven octets',
  )
  t.end()
})

t.test(
  'whatever octets come, what is told is clean text, and no more than a session could keep and one',
  (t) => {
    const CLEAN = /^(?=.*:)[0-9a-f:]{2,39}(\/\d{1,3})?$/
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom(INTERFACE_ID, PREFIX, DELEGATED, ADDRESS),
            fc.oneof(
              fc.uint8Array({ maxLength: 20 }),
              fc.uint8Array({ minLength: 16, maxLength: 16 }),
              fc.uint8Array({ minLength: 8, maxLength: 8 }).map((id) => Uint8Array.of(0, 64, ...id)),
            ),
          ),
          { maxLength: 100 },
        ),
        (list) => {
          const { addresses } = told(...list.map(([type, value]): Tlv => [type, Buffer.from(value)]))
          return addresses.length <= MOST_IPV6 + 1 && addresses.every((each) => CLEAN.test(each))
        },
      ),
      { numRuns: 500 },
    )
    t.pass('500 packets')
    t.end()
  },
)

t.test('a report without IPv6 makes nothing', (t) => {
  const [one, other] = [told(), told()]
  t.equal(one, other)
  t.equal(one.addresses, NO_IPV6)
  t.end()
})
