import t from 'tap'
import {
  accept,
  accountingRequests,
  authenticationRequests,
  dynamicAuthorizationRequests,
  responses,
} from '../../../radius-server/packet/accept.ts'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest, verifyResponse } from '../../../radius-server/packet/authenticators.ts'
import { encodeRequest, reply } from '../../../radius-server/packet/encode.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import { checkChap, checkPap, revealPassword } from '../../../radius-server/packet/passwords.ts'
import type { Attribute } from '../../../radius-server/packet/values.ts'
import { readVectors } from './vectors.ts'
import type { Vector } from './vectors.ts'

const anyCode = new Set([
  ...authenticationRequests,
  ...accountingRequests,
  ...dynamicAuthorizationRequests,
  ...responses,
])
const vectors = readVectors()

t.test('there are vectors, and each has its own name', async (t) => {
  t.ok(vectors.length > 50)
  t.equal(new Set(vectors.map(({ name }) => name)).size, vectors.length)
})

for (const vector of vectors.filter(({ drop }) => drop !== undefined)) {
  t.test(`${vector.name} is refused: ${vector.drop}`, async (t) => {
    t.equal(accept(vector.bytes, anyCode), vector.drop)
  })
}

for (const vector of vectors.filter(({ drop }) => drop === undefined)) {
  t.test(`${vector.name} is read`, async (t) => {
    const packet = read(vector.bytes)
    t.equal(packet.code, vector.code)
    t.equal(packet.identifier, vector.identifier)
    t.same(packet.authenticator, vector.authenticator)
    t.same(
      packet.attributes().map(({ type }) => type),
      vector.attributes.map(({ attribute }) =>
        'vendor' in attribute ? AttributeType.VendorSpecific : attribute.type,
      ),
    )
    for (const { form, written, attribute } of vector.attributes) {
      const { type, value } = attribute
      const vendor = 'vendor' in attribute ? attribute.vendor : undefined
      const values = vendor === undefined ? packet.all(type) : packet.vendorAll(vendor, type)
      t.ok(
        values.some((octets) => octets.equals(value)),
        `attribute ${type} is ${written}`,
      )
      if (form === 'text')
        t.equal(vendor === undefined ? packet.text(type) : packet.vendorText(vendor, type), written)
      if (form === 'address') t.equal(packet.address(type), written)
      if (form === 'integer') {
        const number = vendor === undefined ? packet.integer(type) : packet.vendorInteger(vendor, type)
        t.equal(number, Number(written))
      }
    }
  })

  t.test(`${vector.name} is ${vector.proof}`, async (t) => {
    const packet = read(vector.bytes)
    const { answers, secret } = vector
    const proof =
      answers === undefined ? verifyRequest(packet, secret) : verifyResponse(packet, answers.bytes, secret)
    t.equal(proof, vector.proof)
  })
}

for (const vector of vectors.filter(({ password }) => password !== undefined)) {
  t.test(`${vector.name} carries its password by PAP`, async (t) => {
    const packet = read(vector.bytes)
    t.equal(revealPassword(packet, vector.secret)?.toString(), vector.password)
    t.ok(checkPap(packet, vector.secret, Buffer.from(vector.password ?? '')))
    t.notOk(checkPap(packet, vector.secret, Buffer.from(`${vector.password}x`)))
  })
}

for (const vector of vectors.filter(({ chap }) => chap !== undefined)) {
  t.test(`${vector.name} proves its password by CHAP`, async (t) => {
    const packet = read(vector.bytes)
    t.ok(checkChap(packet, Buffer.from(vector.chap ?? '')))
    t.notOk(checkChap(packet, Buffer.from(`${vector.chap}x`)))
  })
}

for (const vector of vectors.filter(({ encodes }) => encodes)) {
  t.test(`${vector.name} is what our encoder makes`, async (t) => {
    t.equal(encode(vector).toString('hex'), vector.bytes.toString('hex'))
  })
}

const read = (bytes: Buffer): Packet => {
  const packet = accept(bytes, anyCode)
  if (typeof packet === 'string') throw new Error(`not accepted: ${packet}`)
  return packet
}

const encode = (vector: Vector): Buffer => {
  const { answers, code, identifier, secret } = vector
  const attributes = vector.attributes.map(({ attribute }) => attribute)
  if (answers !== undefined) {
    // A reply sets these itself.
    const own: number[] = [AttributeType.MessageAuthenticator, AttributeType.ProxyState]
    const given = attributes.filter((attribute) => 'vendor' in attribute || !own.includes(attribute.type))
    return reply(read(answers.bytes), code, given, secret)
  }
  const isSigned = (attribute: Attribute): boolean => attribute.type === AttributeType.MessageAuthenticator
  const isRandom = code === Code.AccessRequest || code === Code.StatusServer
  return encodeRequest({
    code,
    identifier,
    attributes: attributes.filter((attribute) => !isSigned(attribute)),
    secret,
    messageAuthenticator: attributes.some(isSigned),
    ...(isRandom ? { authenticator: vector.authenticator } : {}),
  })
}
