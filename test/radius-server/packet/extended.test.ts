import fc from 'fast-check'
import t from 'tap'
import { Code } from '../../../radius-server/packet/attributes.ts'
import { PacketError } from '../../../radius-server/packet/errors.ts'
import { extended, extendedVendor, readExtended } from '../../../radius-server/packet/extended.ts'
import type { Extended } from '../../../radius-server/packet/extended.ts'
import { attributesLength, writeAttributes } from '../../../radius-server/packet/values.ts'
import type { Attribute } from '../../../radius-server/packet/values.ts'
import { octets, rawPacket, read, tlv } from './packets.ts'

const malformed = new PacketError('attribute-malformed', '')
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** What is read of a packet of these attributes. */
const readBack = (attributes: readonly Attribute[]): Extended[] => {
  const sent = Buffer.alloc(attributesLength(attributes))
  writeAttributes(attributes, sent, 0)
  return readExtended(read(rawPacket(Code.AccessRequest, sent)))
}

t.test('a value goes into as many fragments as it needs, each but the last full and marked', async (t) => {
  const shapes = (octets: number): [number, number][] =>
    extended(245, 4, Buffer.alloc(octets)).map(({ value }) => [value.length + 2, value[1] as number])
  t.same(shapes(1), [[5, 0]])
  t.same(shapes(251), [[255, 0]])
  t.same(shapes(252), [
    [255, 0x80],
    [5, 0],
  ])
  t.same(shapes(502), [
    [255, 0x80],
    [255, 0],
  ])
  t.equal(shapes(16 * 251).length, 16)
})

t.test('an empty value is left out (RFC 2865 §5)', async (t) => {
  t.same(extended(241, 8, hex('')), [])
  t.same(extended(245, 8, hex('')), [])
  t.same(extendedVendor(241, 9, 1, hex('')), [])
})

t.test('what no packet can carry is a mistake of ours', async (t) => {
  t.throws(() => extended(240, 1, hex('01')), malformed)
  t.throws(() => extended(247, 1, hex('01')), malformed)
  t.throws(() => extended(241, 0, hex('01')), malformed)
  t.throws(() => extended(241, 256, hex('01')), malformed)
  t.throws(() => extended(241, 1, Buffer.alloc(253)), malformed)
  t.throws(() => extended(245, 1, Buffer.alloc(16 * 251 + 1)), malformed)
  t.throws(() => extendedVendor(241, 0x1000000, 1, hex('01')), malformed)
  t.throws(() => extendedVendor(241, 9, 0, hex('01')), malformed)
  t.throws(() => extendedVendor(241, 9, 1, Buffer.alloc(248)), malformed)
})

// RFC 6929 §2.2
t.test('fragments belong together only where they are of one type and one behind the other', async (t) => {
  const first = { type: 245, value: hex('04 80 aa') }
  const last = { type: 245, value: hex('04 00 bb') }
  t.same(readBack([first, last]), [{ kind: 'extended', type: 245, extendedType: 4, value: hex('aabb') }])
  const alone = { kind: 'invalid', ...first }
  const whole = { kind: 'extended', type: 245, extendedType: 4, value: hex('bb') }
  t.same(readBack([first, { type: 1, value: hex('61') }, last]), [alone, whole])
  t.same(readBack([first, { type: 246, value: last.value }]), [alone, { ...whole, type: 246 }])
  t.same(readBack([first, { type: 245, value: hex('05 00 bb') }]), [alone, { ...whole, extendedType: 5 }])
  t.same(readBack([first, { type: 245, value: hex('04 00') }, last]), [
    alone,
    { kind: 'invalid', type: 245, value: hex('04 00') },
    whole,
  ])
  t.same(readBack([first, first]), [alone, alone], 'the last says that more follows')
})

t.test('the flags besides More say nothing (RFC 6929 §2.2)', async (t) => {
  const fragments = [
    { type: 245, value: hex('04 ff aa') },
    { type: 245, value: hex('04 7f bb') },
  ]
  t.same(readBack(fragments), [{ kind: 'extended', type: 245, extendedType: 4, value: hex('aabb') }])
})

const type = fc.integer({ min: 241, max: 246 })
const inside = fc.integer({ min: 1, max: 255 }).filter((type) => type !== 26)
const valueFor = (type: number): fc.Arbitrary<Buffer> => octets(1, type >= 245 ? 1000 : 247)

const standardExtended = fc
  .tuple(type, inside)
  .chain(([type, extendedType]) =>
    valueFor(type).map((value): Extended => ({ kind: 'extended', type, extendedType, value })),
  )
const vendorExtended = fc
  .tuple(type, fc.nat(0xffffff), fc.integer({ min: 1, max: 255 }))
  .chain(([type, vendor, vendorType]) =>
    valueFor(type).map((value): Extended => ({ kind: 'vendor', type, vendor, vendorType, value })),
  )

const written = (each: Extended): Attribute[] => {
  if (each.kind === 'vendor') return extendedVendor(each.type, each.vendor, each.vendorType, each.value)
  return each.kind === 'extended' ? extended(each.type, each.extendedType, each.value) : [each]
}

t.test('extended attributes of every kind are read back in order', async (t) => {
  const some = fc.array(fc.oneof(standardExtended, vendorExtended), { maxLength: 3 })
  fc.assert(
    fc.property(some, (some) => {
      // Another attribute between them, as in a packet.
      const read = readBack(some.flatMap((each) => [...written(each), { type: 1, value: hex('61') }]))
      t.same(read, some)
    }),
    { numRuns: 60 },
  )
})

t.test('any attributes are read; what they carry is no more than what was sent', async () => {
  const attribute = fc.record({
    type: fc.oneof(type, fc.constant(1)),
    // Few types and flags, so that fragments meet.
    value: fc
      .tuple(fc.constantFrom(4, 5, 26), fc.constantFrom(0, 0x80), octets(0, 20))
      .map(([extendedType, flags, rest]) => Buffer.concat([Buffer.of(extendedType, flags), rest])),
  })
  const cut = fc.record({ attribute, octets: fc.nat(22) }).map(({ attribute, octets }) => ({
    type: attribute.type,
    value: attribute.value.subarray(0, octets),
  }))
  fc.assert(
    fc.property(fc.array(cut, { maxLength: 20 }), (attributes) => {
      const sent = Buffer.concat(attributes.map(({ type, value }) => tlv(type, value)))
      const found = readExtended(read(rawPacket(Code.AccessRequest, sent)))
      const carried = found.reduce((sum, { value }) => sum + value.length, 0)
      const isLost = attributes.some(({ type }) => type !== 1) && found.length === 0
      return carried <= sent.length && !isLost
    }),
    { numRuns: 500 },
  )
})
