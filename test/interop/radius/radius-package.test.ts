// The npm package `radius` and we, attribute by attribute through its own dictionaries, both ways.
// Whole packets of any contents, and where it is fooled: test/radius-server/packet/radius-package.test.ts.
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { Code } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest } from '../../../radius-server/packet/authenticators.ts'
import { encodeRequest } from '../../../radius-server/packet/encode.ts'
import { SharedSecret } from '../../../radius-server/packet/secret.ts'
import { text, vendorInteger, vendorText } from '../../../radius-server/packet/values.ts'
import { read } from '../../radius-server/packet/packets.ts'
import {
  capturesFolder,
  loadRadiusPackage,
  type RadiusPackage,
} from '../../radius-server/packet/radius-package.ts'
import { asRead, readByUs, writtenByUs } from './codec.ts'
import { readDictionary } from './dictionary.ts'
import { isPlainlySent, spread, TAG, write, type Written } from './written.ts'

type Encodable = Parameters<RadiusPackage['encode']>[0]['attributes']

const SECRET = 'a secret of two implementations'
const secret = new SharedSecret(Buffer.from(SECRET))
const radius = loadRadiusPackage()
const folder = fileURLToPath(new URL('../../dictionaries', capturesFolder))
const RFCS = [2865, 2866, 2867, 2868, 2869, 3162, 3576, 4072, 4372, 4675, 4818, 4849, 5090].concat([
  5580, 5607, 5904,
])

for (const rfc of RFCS) {
  const written = readDictionary(folder, `rfc${rfc}`)
    .filter((each) => each.name !== 'Vendor-Specific' && isPlainlySent(each))
    .map(write)
  t.test(`${written.length} attributes of RFC ${rfc} go both ways`, async (t) => {
    t.ok(written.length > 0)
    for (const list of spread(written)) {
      // Behind a tagged attribute the package tags its Message-Authenticator, too.
      const isSigned = !list.some(({ described }) => described.isTagged)
      const theirs = radius.encode({
        code: 'Access-Request',
        secret: SECRET,
        identifier: 1,
        attributes: list.map(named) as unknown as Encodable,
        add_message_authenticator: isSigned,
      })
      const packet = read(theirs)
      t.equal(verifyRequest(packet, secret), isSigned ? 'proved' : 'unproved')
      for (const each of list) t.equal(readByUs(packet, each), asRead(each), `we read ${each.line}`)

      const request = encodeRequest({
        code: Code.AccessRequest,
        identifier: 2,
        attributes: list.flatMap(writtenByUs),
        secret,
        messageAuthenticator: true,
      })
      const decoded = radius.decode({ packet: request, secret: SECRET }).attributes
      for (const each of list) {
        const value = inItsWords(each)
        t.same(
          decoded[each.described.name],
          each.described.isTagged ? [TAG, value] : value,
          `it reads ${each.line}`,
        )
      }
    }
  })
}

t.test('several attributes of a vendor in one Vendor-Specific, as it packs them, are found', async (t) => {
  const packet = read(
    radius.encode({
      code: 'Accounting-Request',
      secret: SECRET,
      identifier: 3,
      attributes: [
        [
          'Vendor-Specific',
          9,
          [
            [1, Buffer.from('audit-session-id=0A')],
            [1, Buffer.from('connect-progress=Call Up')],
            [2, Buffer.from('port 7')],
          ],
        ],
        ['Vendor-Specific', 14988, [[8, Buffer.from('2M/10M')]]],
      ],
    }),
  )
  t.equal(verifyRequest(packet, secret), 'proved')
  t.same(packet.vendorAll(9, 1).map(String), ['audit-session-id=0A', 'connect-progress=Call Up'])
  t.equal(packet.vendorText(9, 2), 'port 7')
  t.equal(packet.vendorText(14988, 8), '2M/10M')
})

t.test('it finds the vendor attributes that we send', async (t) => {
  const request = encodeRequest({
    code: Code.AccountingRequest,
    identifier: 4,
    attributes: [vendorText(14122, 4, 'Hồ Gươm'), vendorInteger(14559, 1, 4_000_000_000), text(1, 'an')],
    secret,
    // Over an Accounting-Request’s the two differ: it takes the authenticator that is sent, we zeros.
    messageAuthenticator: false,
  })
  const decoded = radius.decode({ packet: request, secret: SECRET })
  t.same(
    decoded.raw_attributes.filter(([type]) => type === 26).map(([, value]) => value.toString('hex')),
    [`0000372a040d${Buffer.from('Hồ Gươm').toString('hex')}`, '000038df0106ee6b2800'],
  )
})

/** An attribute as the package is told it. */
function named(written: Written): readonly unknown[] {
  const { name, isTagged } = written.described
  return isTagged ? [name, TAG, inItsWords(written)] : [name, inItsWords(written)]
}

/** A value as the package takes and gives it. */
function inItsWords({ described, value, octets }: Written): unknown {
  switch (described.kind) {
    case 'string':
    case 'text':
    case 'ipaddr':
      return value
    case 'integer':
    case 'time':
      return Number(value)
    case 'date':
      return new Date(Number(value) * 1000)
    case 'ipv6prefix':
      // To it they are octets, and we send no more of them than the 48 bits need.
      return octets.subarray(0, 8)
    default:
      return octets
  }
}
