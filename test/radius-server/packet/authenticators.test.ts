import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { accept } from '../../../radius-server/packet/accept.ts'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest, verifyResponse } from '../../../radius-server/packet/authenticators.ts'
import { encodeRequest, reply } from '../../../radius-server/packet/encode.ts'
import { text } from '../../../radius-server/packet/values.ts'
import {
  anyCode,
  otherSecret,
  rawPacket,
  read,
  requestCodes,
  secret,
  someAttributes,
  tlv,
} from './packets.ts'

const encodeSome = fc.record({
  code: fc.constantFrom(...requestCodes),
  identifier: fc.nat(255),
  attributes: someAttributes,
})

t.test('a request signed with the secret is proved, with another it is not', async () => {
  fc.assert(
    fc.property(encodeSome, (request) => {
      const packet = read(encodeRequest({ ...request, secret, messageAuthenticator: true }))
      return verifyRequest(packet, secret) === 'proved' && verifyRequest(packet, otherSecret) !== 'proved'
    }),
  )
})

t.test('a request with any one bit wrong is not proved', async () => {
  fc.assert(
    fc.property(encodeSome, fc.nat(), (request, chosen) => {
      const datagram = encodeRequest({ ...request, secret, messageAuthenticator: true })
      flip(datagram, chosen % (datagram.length * 8))
      const packet = accept(datagram, anyCode)
      return typeof packet === 'string' || verifyRequest(packet, secret) !== 'proved'
    }),
    { numRuns: 2000 },
  )
})

t.test('each single bit of a signed packet matters', async (t) => {
  const codes = [
    { code: Code.AccessRequest, messageAuthenticator: true },
    { code: Code.AccountingRequest, messageAuthenticator: false },
    { code: Code.DisconnectRequest, messageAuthenticator: true },
  ]
  for (const { code, messageAuthenticator } of codes) {
    const attributes = [text(AttributeType.UserName, 'an.nguyen')]
    const datagram = encodeRequest({ code, identifier: 5, attributes, secret, messageAuthenticator })
    for (let bit = 0; bit < datagram.length * 8; bit++) {
      flip(datagram, bit)
      const packet = accept(datagram, new Set([code]))
      if (typeof packet !== 'string' && verifyRequest(packet, secret) === 'proved')
        t.fail(`bit ${bit} of code ${code}`)
      flip(datagram, bit)
    }
    t.equal(verifyRequest(read(datagram), secret), 'proved')
  }
})

t.test(
  'a response signed with the secret is proved; with any one bit wrong, or for another request, it is not',
  async () => {
    const codes = fc.constantFrom(
      [1, 2],
      [1, 3],
      [1, 11],
      [4, 5],
      [40, 41],
      [40, 42],
      [43, 44],
      [43, 45],
      [12, 2],
      [12, 5],
    )
    fc.assert(
      fc.property(
        codes,
        fc.nat(255),
        someAttributes,
        fc.nat(),
        ([asked = 0, code = 0], identifier, attributes, chosen) => {
          const encode = (): Buffer =>
            encodeRequest({
              code: asked,
              identifier,
              attributes: [text(1, String(chosen))],
              secret,
              messageAuthenticator: true,
            })
          const request = encode()
          const response = reply(read(request), code, attributes, secret)
          if (verifyResponse(read(response), request, secret) !== 'proved') return false
          if (verifyResponse(read(response), request, otherSecret) === 'proved') return false
          const another = encodeRequest({
            code: asked,
            identifier,
            attributes: [],
            secret,
            messageAuthenticator: true,
          })
          if (verifyResponse(read(response), another, secret) === 'proved') return false
          flip(response, chosen % (response.length * 8))
          const packet = accept(response, anyCode)
          return typeof packet === 'string' || verifyResponse(packet, request, secret) !== 'proved'
        },
      ),
      { numRuns: 1000 },
    )
  },
)

t.test('an Access-Request without Message-Authenticator is unproved, whoever sent it', async (t) => {
  const packet = read(rawPacket(Code.AccessRequest, tlv(1, Buffer.from('an'))))
  t.equal(verifyRequest(packet, secret), 'unproved')
})

t.test('an Access-Request with EAP-Message must have Message-Authenticator (RFC 3579 §3.2)', async (t) => {
  const packet = read(rawPacket(Code.AccessRequest, tlv(AttributeType.EapMessage, Buffer.alloc(5))))
  t.equal(verifyRequest(packet, secret), 'missing-message-authenticator')
})

t.test('Status-Server must have Message-Authenticator (RFC 5997 §3)', async (t) => {
  t.equal(verifyRequest(read(rawPacket(Code.StatusServer)), secret), 'missing-message-authenticator')
})

t.test('a response is no request', async (t) => {
  t.equal(verifyRequest(read(rawPacket(Code.AccessAccept)), secret), 'unexpected-code')
})

t.test('of two Message-Authenticators that are both right neither counts', async (t) => {
  const packet = rawPacket(
    Code.AccessRequest,
    Buffer.concat([tlv(80, Buffer.alloc(16)), tlv(80, Buffer.alloc(16))]),
  )
  const first = Buffer.from(packet)
  createHmac('md5', secret.bytes).update(packet).digest().copy(first, 22)
  t.equal(verifyRequest(read(first), secret), 'repeated-message-authenticator')
})

t.test('a Message-Authenticator is found wherever it stands', async (t) => {
  for (const place of [0, 1, 2]) {
    const attributes = [tlv(1, Buffer.from('an')), tlv(32, Buffer.from('hoan-kiem-1'))]
    attributes.splice(place, 0, tlv(80, Buffer.alloc(16)))
    const datagram = rawPacket(Code.AccessRequest, Buffer.concat(attributes))
    const digest = createHmac('md5', secret.bytes).update(datagram).digest()
    digest.copy(datagram, read(datagram).messageAuthenticatorAt + 2)
    t.equal(verifyRequest(read(datagram), secret), 'proved', `after ${place} attributes`)
  }
})

t.test('a Message-Authenticator of another length than 18 is refused', async (t) => {
  for (const length of [0, 15, 17, 32]) {
    const packet = read(rawPacket(Code.AccessRequest, tlv(80, Buffer.alloc(length))))
    t.equal(verifyRequest(packet, secret), 'malformed-message-authenticator')
  }
})

t.test('a response must fit its request by code and identifier', async (t) => {
  const request = encodeRequest({
    code: Code.CoaRequest,
    identifier: 7,
    attributes: [],
    secret,
    messageAuthenticator: false,
  })
  const ack = reply(read(request), Code.CoaAck, [], secret)
  t.equal(verifyResponse(read(ack), request, secret), 'proved')
  const disconnect = reply(read(request), Code.DisconnectAck, [], secret)
  t.equal(verifyResponse(read(disconnect), request, secret), 'unexpected-code')
  const other = Buffer.from(ack)
  other[1] = 8
  t.equal(verifyResponse(read(other), request, secret), 'unexpected-identifier')
  t.equal(
    verifyResponse(read(ack), Buffer.from([99, 7, 0, 20, ...Buffer.alloc(16)]), secret),
    'unexpected-code',
  )
})

t.test('a wrong Message-Authenticator is seen under a right Response Authenticator', async (t) => {
  const request = encodeRequest({
    code: Code.AccessRequest,
    identifier: 7,
    attributes: [],
    secret,
    messageAuthenticator: true,
  })
  const accepted = reply(read(request), Code.AccessAccept, [], secret)
  flip(accepted, 8 * 22)
  request.copy(accepted, 4, 4, 20)
  createHash('md5').update(accepted).update(secret.bytes).digest().copy(accepted, 4)
  t.equal(verifyResponse(read(accepted), request, secret), 'bad-message-authenticator')
})

t.test('verifying changes neither the datagram nor what the next packet gives', async (t) => {
  const good = encodeRequest({
    code: Code.AccountingRequest,
    identifier: 1,
    attributes: [],
    secret,
    messageAuthenticator: true,
  })
  const bad = Buffer.from(good)
  flip(bad, 40)
  const before = Buffer.from(good)
  for (let round = 0; round < 3; round++) {
    t.equal(verifyRequest(read(good), secret), 'proved')
    t.equal(verifyRequest(read(bad), secret), 'bad-request-authenticator')
  }
  t.same(good, before)
})

t.test('padding behind the packet is not signed', async (t) => {
  const datagram = encodeRequest({
    code: Code.AccountingRequest,
    identifier: 1,
    attributes: [],
    secret,
    messageAuthenticator: true,
  })
  t.equal(verifyRequest(read(Buffer.concat([datagram, Buffer.from('padding')])), secret), 'proved')
})

function flip(datagram: Buffer, bit: number): void {
  const at = bit >>> 3
  datagram[at] = (datagram[at] ?? 0) ^ (1 << (bit & 7))
}
