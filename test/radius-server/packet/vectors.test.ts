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
import { extended, extendedVendor, readExtended } from '../../../radius-server/packet/extended.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import { checkChap, checkPap, revealPassword } from '../../../radius-server/packet/passwords.ts'
import {
  readTaggedInteger,
  readTaggedText,
  taggedInteger,
  taggedText,
} from '../../../radius-server/packet/tagged.ts'
import { readTlvs, writeTlvs } from '../../../radius-server/packet/tlvs.ts'
import type { Attribute } from '../../../radius-server/packet/values.ts'
import { readVectors } from './vectors.ts'
import type { Vector, VectorTlvs } from './vectors.ts'

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
      if (form === 'prefix') t.equal(packet.prefix(type), written)
      if (form === 'ipv4-prefix') t.equal(packet.ipv4Prefix(type), written)
      if (form === 'interface-id') t.equal(packet.interfaceId(type), written)
      if (form === 'time') t.equal(packet.time(type), Date.parse(written))
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

for (const vector of vectors.filter(({ extended }) => extended.length > 0)) {
  t.test(`${vector.name}: what its extended attributes carry`, async (t) => {
    t.same(readExtended(read(vector.bytes)), vector.extended)
    const valid = vector.extended.filter((each) => each.kind !== 'invalid')
    if (!vector.encodes || valid.length < vector.extended.length) return
    const written = valid.flatMap((each) =>
      each.kind === 'extended'
        ? extended(each.type, each.extendedType, each.value)
        : extendedVendor(each.type, each.vendor, each.vendorType, each.value),
    )
    const raw = vector.attributes.map(({ attribute }) => attribute).filter(({ type }) => type >= 241)
    t.same(written, raw, 'and our encoder makes the same attributes of it')
  })
}

for (const vector of vectors.filter(({ tlvs }) => tlvs.length > 0)) {
  t.test(`${vector.name}: what its TLVs carry`, async (t) => {
    const packet = read(vector.bytes)
    for (const { of, leaves } of vector.tlvs) {
      const value = valueWithTlvs(packet, of.type, of.inside)
      t.same(leavesOf(value), leaves)
      t.same(writeLeaves(leaves), value, 'and our encoder makes the same octets of it')
    }
  })
}

for (const vector of vectors.filter(({ tagged }) => tagged.length > 0)) {
  t.test(`${vector.name}: tags and what they group`, async (t) => {
    const packet = read(vector.bytes)
    for (const type of new Set(vector.tagged.map((each) => each.type))) {
      const listed = vector.tagged.filter((each) => each.type === type)
      const values = packet.all(type)
      const reader = listed[0]?.form === 'integer' ? readTaggedInteger : readTaggedText
      t.same(
        values.map((value) => reader(value)),
        listed.map(({ tag, form, written }) => ({
          tag,
          value: form === 'integer' ? Number(written) : written,
        })),
      )
      const made = listed.map(({ tag, form, written }) =>
        form === 'integer' ? taggedInteger(type, tag, Number(written)) : taggedText(type, tag, written),
      )
      t.same(
        made.map(({ value }) => value),
        values,
        'and our encoder makes the same octets of them',
      )
    }
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

/** The value of extended attribute `type.inside`, or of attribute `inside` of vendor `type`. */
const valueWithTlvs = (packet: Packet, type: number, inside: number): Buffer => {
  const found = readExtended(packet).find(
    (each) => each.kind === 'extended' && each.type === type && each.extendedType === inside,
  )
  return found?.value ?? packet.vendor(type, inside) ?? Buffer.alloc(0)
}

/** Every value that is no TLVs itself, with the types that lead to it; a vector's leaves never look like TLVs. */
const leavesOf = (value: Buffer, path: readonly number[] = []): VectorTlvs['leaves'] => {
  const tlvs = readTlvs(value)
  if (tlvs === undefined) return [{ path, value }]
  return tlvs.flatMap((tlv) => leavesOf(tlv.value, [...path, tlv.type]))
}

const writeLeaves = (leaves: VectorTlvs['leaves']): Buffer => {
  const types = [...new Set(leaves.map(({ path }) => path[0] ?? 0))]
  return writeTlvs(
    types.map((type) => {
      const mine = leaves.filter(({ path }) => path[0] === type)
      const deeper = mine.map(({ path, value }) => ({ path: path.slice(1), value }))
      const [only] = deeper
      return { type, value: only && only.path.length === 0 ? only.value : writeLeaves(deeper) }
    }),
  )
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
