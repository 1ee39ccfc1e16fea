import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { maxProxyStateOctets } from '../../../radius-server/packet/accept.ts'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest, verifyResponse } from '../../../radius-server/packet/authenticators.ts'
import { encodeRequest, reply } from '../../../radius-server/packet/encode.ts'
import { PacketError } from '../../../radius-server/packet/errors.ts'
import { checkChap, checkPap } from '../../../radius-server/packet/passwords.ts'
import { text } from '../../../radius-server/packet/values.ts'
import type { Attribute } from '../../../radius-server/packet/values.ts'
import {
  asSent,
  octets,
  otherSecret,
  rawPacket,
  read,
  requestCodes,
  secret,
  someAttributes,
  tlv,
} from './packets.ts'

const { MessageAuthenticator, ProxyState } = AttributeType
const request = (code: number, attributes: readonly Attribute[] = []): Buffer =>
  encodeRequest({ code, identifier: 9, attributes, secret, messageAuthenticator: true })

t.test('what is encoded is read back, any request', async () => {
  const given = fc.record({
    code: fc.constantFrom(...requestCodes),
    identifier: fc.nat(255),
    attributes: someAttributes,
  })
  fc.assert(
    fc.property(given, fc.boolean(), (given, messageAuthenticator) => {
      const packet = read(encodeRequest({ ...given, secret, messageAuthenticator }))
      const found = packet.attributes()
      if (messageAuthenticator && found.shift()?.type !== MessageAuthenticator) return false
      return (
        packet.code === given.code && packet.identifier === given.identifier && same(found, given.attributes)
      )
    }),
  )
})

t.test(
  'what is encoded is read back, any reply, with the Proxy-States of the request behind it',
  async () => {
    const states = fc.array(octets(1, 50), { maxLength: 3 })
    const code = fc.constantFrom(Code.AccessAccept, Code.AccessReject, Code.AccessChallenge)
    fc.assert(
      fc.property(code, someAttributes, states, (code, attributes, states) => {
        const asked = read(
          request(
            Code.AccessRequest,
            states.map((value) => ({ type: ProxyState, value })),
          ),
        )
        const [first, ...rest] = read(reply(asked, code, attributes, secret)).attributes()
        return (
          first?.type === MessageAuthenticator &&
          same(rest, [...attributes, ...states.map((value) => ({ type: ProxyState, value }))])
        )
      }),
    )
  },
)

t.test(
  'every Access-Accept, -Reject, -Challenge and Protocol-Error begins with Message-Authenticator',
  async (t) => {
    for (const code of [Code.AccessAccept, Code.AccessReject, Code.AccessChallenge, Code.ProtocolError]) {
      const asked = request(Code.AccessRequest)
      const answer = reply(read(asked), code, [text(18, 'Chào')], secret)
      t.equal(answer[20], MessageAuthenticator)
      t.equal(verifyResponse(read(answer), asked, secret), 'proved')
    }
  },
)

t.test('an Access-Request without Message-Authenticator is answered with one', async (t) => {
  const asked = rawPacket(Code.AccessRequest, tlv(1, Buffer.from('an')))
  const answer = reply(read(asked), Code.AccessReject, [], secret)
  t.equal(answer.length, 38)
  t.equal(verifyResponse(read(answer), asked, secret), 'proved')
})

t.test('Status-Server is answered with Message-Authenticator on 1812 and without on 1813', async (t) => {
  const asked = read(request(Code.StatusServer))
  t.equal(read(reply(asked, Code.AccessAccept, [], secret)).messageAuthenticators, 1)
  t.equal(read(reply(asked, Code.AccountingResponse, [], secret)).messageAuthenticators, 0)
})

t.test('Proxy-State of no octets and of many goes back as it came (RFC 2865 §5.33)', async (t) => {
  const states = Buffer.concat([
    tlv(ProxyState, Buffer.alloc(0)),
    tlv(1, Buffer.from('an')),
    tlv(ProxyState, Buffer.from([0, 255])),
  ])
  const answer = reply(read(rawPacket(Code.AccountingRequest, states)), Code.AccountingResponse, [], secret)
  t.equal(answer.subarray(20).toString('hex'), '2102210400ff')
})

t.test('a request full of Proxy-State leaves room for 2010 octets of ours', async (t) => {
  const states = Buffer.concat([
    ...Array.from({ length: 8 }, () => tlv(ProxyState, Buffer.alloc(253))),
    tlv(ProxyState, Buffer.alloc(6)),
  ])
  t.equal(states.length, maxProxyStateOctets)
  const asked = read(rawPacket(Code.AccessRequest, states))
  const ours = [
    ...Array.from({ length: 7 }, () => ({ type: 25, value: Buffer.alloc(253, 1) })),
    { type: 25, value: Buffer.alloc(223, 1) },
  ]
  t.equal(reply(asked, Code.AccessAccept, ours, secret).length, 4096)
  const oneMore = [...ours.slice(0, 7), { type: 25, value: Buffer.alloc(224, 1) }]
  t.throws(() => reply(asked, Code.AccessAccept, oneMore, secret), new PacketError('packet-too-long', ''))
})

t.test('a request longer than 4096 octets is a mistake of ours', async (t) => {
  const attributes = Array.from({ length: 16 }, () => ({ type: 25, value: Buffer.alloc(253, 1) }))
  t.throws(() => request(Code.AccessRequest, attributes), new PacketError('packet-too-long', ''))
})

t.test('a reply takes no Message-Authenticator and no Proxy-State from its caller', async (t) => {
  const asked = read(request(Code.AccessRequest))
  for (const type of [MessageAuthenticator, ProxyState]) {
    const attributes = [{ type, value: Buffer.alloc(16) }]
    t.throws(
      () => reply(asked, Code.AccessAccept, attributes, secret),
      new PacketError('attribute-reserved', ''),
    )
  }
  const vendor = [{ vendor: 9, type: MessageAuthenticator, value: Buffer.alloc(16) }]
  t.equal(read(reply(asked, Code.AccessAccept, vendor, secret)).vendorAll(9, MessageAuthenticator).length, 1)
})

t.test('a reply changes neither its request nor the attributes given', async (t) => {
  const asked = request(Code.AccessRequest, [{ type: ProxyState, value: Buffer.from('p') }])
  const before = Buffer.from(asked)
  const attributes = Object.freeze([Object.freeze(text(18, 'Chào'))])
  const replies = [1, 2].map(() => reply(read(asked), Code.AccessAccept, attributes, secret))
  t.same(asked, before)
  t.same(replies[0], replies[1])
})

t.test(
  'the authenticator of an Access-Request is random, of an Accounting-Request computed (RFC 2866 §3)',
  async (t) => {
    t.notSame(request(Code.AccessRequest).subarray(4, 20), request(Code.AccessRequest).subarray(4, 20))
    t.notSame(request(Code.StatusServer).subarray(4, 20), request(Code.StatusServer).subarray(4, 20))
    const accounting = encodeRequest({
      code: 4,
      identifier: 1,
      attributes: [text(44, '1')],
      secret,
      messageAuthenticator: false,
    })
    const blank = Buffer.from(accounting).fill(0, 4, 20)
    t.same(accounting.subarray(4, 20), createHash('md5').update(blank).update(secret.bytes).digest())
  },
)

t.test('a given authenticator is used, and must have sixteen octets', async (t) => {
  const given = { code: 1, identifier: 1, attributes: [], secret, messageAuthenticator: false }
  const authenticator = Buffer.alloc(16, 7)
  t.same(encodeRequest({ ...given, authenticator }).subarray(4), authenticator)
  const short = (): Buffer => encodeRequest({ ...given, authenticator: Buffer.alloc(15) })
  t.throws(short, new PacketError('authenticator-malformed', ''))
})

t.test('a request carries its password by PAP, hidden', async (t) => {
  const password = Buffer.from('Hồ Gươm 36 phố phường')
  const sent = encodeRequest({
    code: Code.AccessRequest,
    identifier: 1,
    attributes: [text(1, 'an.nguyen')],
    secret,
    messageAuthenticator: true,
    credential: { kind: 'pap', password },
  })
  const packet = read(sent)
  t.notOk(sent.includes('36'))
  t.ok(checkPap(packet, secret, password))
  t.notOk(checkPap(packet, otherSecret, password))
  t.equal(verifyRequest(packet, secret), 'proved')
})

t.test('a request answers a challenge by CHAP: a given one, or a new one each time', async (t) => {
  const password = Buffer.from('hoankiem')
  const encode = (challenge?: Buffer): Buffer =>
    encodeRequest({
      code: Code.AccessRequest,
      identifier: 1,
      attributes: [],
      secret,
      messageAuthenticator: true,
      credential: { kind: 'chap', password, ...(challenge === undefined ? {} : { challenge }) },
    })
  const given = read(encode(Buffer.from('challenge of the portal')))
  t.equal(given.text(AttributeType.ChapChallenge), 'challenge of the portal')
  t.ok(checkChap(given, password))
  const [first, second] = [read(encode()), read(encode())]
  t.ok(checkChap(first, password))
  t.notSame(first.first(AttributeType.ChapChallenge), second.first(AttributeType.ChapChallenge))
})

function same(found: readonly { type: number; value: Buffer }[], given: readonly Attribute[]): boolean {
  const sent = given.map(asSent)
  return (
    found.length === sent.length &&
    found.every(
      ({ type, value }, index) =>
        type === sent[index]?.type && value.equals(sent[index]?.value ?? Buffer.alloc(0)),
    )
  )
}
