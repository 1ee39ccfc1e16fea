import fc from 'fast-check'
import t from 'tap'
import {
  accept,
  accountingRequests,
  authenticationRequests,
  dynamicAuthorizationRequests,
  maxAttributes,
  maxProxyStateOctets,
  responses,
} from '../../../radius-server/packet/accept.ts'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest } from '../../../radius-server/packet/authenticators.ts'
import { encodeRequest } from '../../../radius-server/packet/encode.ts'
import { Packet } from '../../../radius-server/packet/packet.ts'
import { checkChap, checkPap, revealPassword } from '../../../radius-server/packet/passwords.ts'
import { dropReasons } from '../../../radius-server/packet/reasons.ts'
import { anyCode, octets, rawPacket, read, secret, tlv, vendorTlv } from './packets.ts'

t.test('each port takes its own requests and no others (RFC 5997 §4.2: Status-Server on both)', async (t) => {
  const taken = (codes: ReadonlySet<number>): number[] =>
    [...anyCode].filter((code) => accept(rawPacket(code), codes) instanceof Packet)
  t.same(taken(authenticationRequests), [Code.AccessRequest, Code.StatusServer])
  t.same(taken(accountingRequests), [Code.AccountingRequest, Code.StatusServer])
  t.same(taken(dynamicAuthorizationRequests), [Code.DisconnectRequest, Code.CoaRequest])
  t.same(taken(responses), [2, 3, 5, 11, 41, 42, 44, 45, 52])
})

t.test('a packet of 4096 octets is taken, a Length of one more is not (RFC 2865 §3)', async (t) => {
  const full = rawPacket(
    Code.AccessRequest,
    Buffer.concat(Array.from({ length: 1019 }, () => Buffer.of(200, 4, 0, 0))),
  )
  t.equal(full.length, 4096)
  t.equal(read(full).count(200), 1019)
  const longer = Buffer.concat([full, Buffer.of(200, 2)])
  longer.writeUInt16BE(4098, 2)
  t.equal(accept(longer, anyCode), 'length-beyond-datagram')
})

t.test('1,024 attributes are read, one more is refused before anything behind it is looked at', async (t) => {
  const row = (count: number, end = Buffer.alloc(0)): Buffer =>
    rawPacket(
      Code.AccessRequest,
      Buffer.concat([...Array.from({ length: count }, () => Buffer.of(200, 2)), end]),
    )
  t.equal(read(row(maxAttributes)).count(200), 1024)
  t.equal(accept(row(maxAttributes + 1), anyCode), 'too-many-attributes')
  t.equal(accept(row(2038), anyCode), 'too-many-attributes')
  t.equal(accept(row(maxAttributes, Buffer.of(1, 1)), anyCode), 'too-many-attributes')
  t.equal(accept(row(maxAttributes, Buffer.of(1)), anyCode), 'attribute-overflow')
})

t.test('padding is not part of the packet (RFC 2865 §3)', async (t) => {
  const padded = Buffer.concat([
    rawPacket(Code.AccessRequest, tlv(1, Buffer.from('an'))),
    tlv(1, Buffer.from('x')),
  ])
  const packet = read(padded)
  t.equal(packet.length, 24)
  t.equal(packet.count(1), 1)
})

t.test('padding is ignored however much there is, and is not kept (RFC 2865 §3)', async (t) => {
  const signed = encodeRequest({
    code: Code.StatusServer,
    identifier: 1,
    attributes: [],
    secret,
    messageAuthenticator: true,
  })
  for (const padding of [4096 - signed.length, 4097 - signed.length, 65_507 - signed.length]) {
    const packet = read(Buffer.concat([signed, Buffer.alloc(padding, 0xff)]))
    t.equal(packet.length, signed.length)
    t.ok(packet.datagram.length <= 4096)
    t.equal(verifyRequest(packet, secret), 'proved', `${padding} octets of padding`)
  }
})

t.test('as much Proxy-State as leaves room for a reply is taken, more is not', async (t) => {
  const states = (octetsLeft: number): Buffer => {
    const attributes: Buffer[] = []
    for (let left = octetsLeft; left > 0; left -= 255) {
      attributes.push(tlv(AttributeType.ProxyState, Buffer.alloc(Math.min(left, 255) - 2)))
    }
    return rawPacket(Code.AccessRequest, Buffer.concat(attributes))
  }
  t.equal(read(states(maxProxyStateOctets)).proxyStateOctets, maxProxyStateOctets)
  t.equal(accept(states(maxProxyStateOctets + 1), anyCode), 'proxy-state-too-long')
})

t.test('what a signature is checked with is known after one pass', async (t) => {
  const packet = read(
    rawPacket(
      Code.AccessRequest,
      Buffer.concat([
        tlv(AttributeType.UserName, Buffer.from('an')),
        tlv(AttributeType.MessageAuthenticator, Buffer.alloc(16)),
        tlv(AttributeType.MessageAuthenticator, Buffer.alloc(16)),
        tlv(AttributeType.ProxyState, Buffer.alloc(3)),
        tlv(AttributeType.EapMessage, Buffer.alloc(4)),
      ]),
    ),
  )
  t.equal(packet.messageAuthenticators, 2)
  t.equal(packet.messageAuthenticatorAt, 24)
  t.equal(packet.proxyStateOctets, 5)
  t.equal(packet.hasEapMessage, true)
})

t.test('any bytes are read or refused with a reason, and nothing throws', async () => {
  fc.assert(fc.property(octets(0, 4200), readsOrRefuses), { numRuns: 500 })
})

t.test('any bytes behind a plausible header are read or refused, and nothing throws', async () => {
  const header = fc.record({
    code: fc.nat(60),
    body: octets(0, 300),
    shift: fc.integer({ min: -30, max: 30 }),
  })
  const property = fc.property(header, ({ code, body, shift }) => {
    const datagram = rawPacket(code, body)
    datagram.writeUInt16BE(Math.max(0, datagram.length + shift), 2)
    return readsOrRefuses(datagram)
  })
  fc.assert(property, { numRuns: 2000 })
})

t.test('any attributes that tile are read, and nothing throws', async () => {
  const inside = octets(0, 200)
  const attribute = fc.oneof(
    fc.tuple(fc.nat(255), octets(0, 253)).map(([type, value]) => tlv(type, value)),
    fc.tuple(fc.constantFrom(9, 14122, 14988), inside).map(([vendor, inside]) => vendorTlv(vendor, inside)),
  )
  const property = fc.property(fc.nat(60), fc.array(attribute, { maxLength: 8 }), (code, attributes) =>
    readsOrRefuses(rawPacket(code, Buffer.concat(attributes))),
  )
  fc.assert(property, { numRuns: 1000 })
})

/** Runs everything a stranger's bytes can reach. */
function readsOrRefuses(datagram: Buffer): boolean {
  const packet = accept(datagram, anyCode)
  if (typeof packet === 'string') return dropReasons.includes(packet)
  const types = [
    ...new Set([
      0,
      1,
      2,
      3,
      4,
      24,
      26,
      31,
      42,
      60,
      80,
      95,
      97,
      ...packet.attributes().map(({ type }) => type),
    ]),
  ]
  for (const type of types) {
    packet.first(type)
    packet.all(type)
    packet.text(type)
    packet.integer(type)
    packet.address(type)
    packet.prefix(type)
    packet.octets(type, 52)
    for (const vendor of [0, 9, 14122, 14988]) {
      packet.vendor(vendor, type)
      packet.vendorAll(vendor, type)
      packet.vendorText(vendor, type)
      packet.vendorInteger(vendor, type)
    }
  }
  verifyRequest(packet, secret)
  revealPassword(packet, secret)
  return !checkPap(packet, secret, Buffer.from('anything')) && !checkChap(packet, Buffer.from('anything'))
}
