import t from 'tap'
import { namesItsNas } from '../../../radius-server/authenticate/nas-identification.ts'
import { knownNas, NOON, requestOf, SECRET } from '../stage.ts'
import { accessRequest, tlv, type Tlv } from '../wire.ts'

const nas = knownNas()
const isNamed = (...attributes: Tlv[]): boolean =>
  namesItsNas(requestOf(accessRequest(attributes, { secret: SECRET }), nas, NOON).packet)
const address = (type: number, hex: string): Tlv => tlv(type, Buffer.from(hex, 'hex'))

// RFC 2865 §4.1, RFC 3162 §2.1
t.test('NAS-Identifier, NAS-IP-Address or NAS-IPv6-Address says from which NAS a request is', async (t) => {
  t.ok(isNamed(tlv(32, 'gw-1')))
  t.ok(isNamed(address(4, '0a010001')))
  t.ok(isNamed(address(95, '20010db8000000000000000000000001')))
  t.notOk(isNamed())
  t.notOk(isNamed(tlv(1, 'an'), tlv(31, '02-00-5E-00-53-01')))
})

// RFC 5080 §2.7.1: an address of one link is another NAS's on the next.
t.test('a link-local address does not, nor does one that is malformed or empty', async (t) => {
  for (const [what, type, hex] of [
    ['fe80::1', 95, 'fe800000000000000000000000000001'],
    ['febf::1', 95, 'febf0000000000000000000000000001'],
    ['169.254.1.1', 4, 'a9fe0101'],
    ['two octets', 4, '0a01'],
    ['an IPv4 address for an IPv6 one', 95, '0a010001'],
    ['an empty name', 32, ''],
  ] as const)
    t.notOk(isNamed(address(type, hex)), what)
  t.ok(
    isNamed(address(95, 'fe800000000000000000000000000001'), tlv(32, 'gw-1')),
    'unless a name is there, too',
  )
  t.ok(isNamed(address(95, 'fec00000000000000000000000000001')), 'fec0:: is of a site')
})
