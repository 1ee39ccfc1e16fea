import fc from 'fast-check'
import t from 'tap'
import { PacketError } from '../../../radius-server/packet/errors.ts'
import { readTlvs, writeTlvs } from '../../../radius-server/packet/tlvs.ts'
import { octets } from './packets.ts'

const malformed = new PacketError('attribute-malformed', '')
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

t.test('TLVs are read in order, as views of their value', async (t) => {
  const value = hex('01 04 2345 03 03 ff 01 03 00')
  t.same(readTlvs(value), [
    { type: 1, value: hex('2345') },
    { type: 3, value: hex('ff') },
    { type: 1, value: hex('00') },
  ])
  value[2] = 0
  t.same(readTlvs(value)?.[0]?.value, hex('0045'))
})

// RFC 6929 §2.3
t.test('TLVs that do not fill their value are none: it stays octets', async (t) => {
  for (const broken of ['01', '0102', '0100', '0101', '010423', '01042345 02', '01042345 020267'])
    t.equal(readTlvs(hex(broken)), undefined, broken)
  t.same(readTlvs(hex('')), [])
})

t.test('TLVs nested as deep as a value can be are read one level at a time', async (t) => {
  let value = hex('ff')
  let depth = 0
  for (; value.length <= 253; depth++) value = writeTlvs([{ type: 7, value }])
  let levels = 0
  for (let inside: Buffer | undefined = value; inside; levels++) inside = readTlvs(inside)?.[0]?.value
  t.equal(levels, depth + 1)
})

const tlv = fc.record({ type: fc.integer({ min: 1, max: 255 }), value: octets(1, 253) })

t.test('any TLVs are read back as they were written', async (t) => {
  fc.assert(
    fc.property(fc.array(tlv, { maxLength: 6 }), (tlvs) => {
      const read = readTlvs(writeTlvs(tlvs))
      return (
        read?.length === tlvs.length &&
        read.every(({ type, value }, at) => type === tlvs[at]?.type && value.equals(tlvs[at].value))
      )
    }),
  )
  t.same(writeTlvs([{ type: 1, value: hex('') }]), hex(''), 'an empty one is left out')
})

t.test('any octets are read, or not, and never throw; what is read is all of them', async () => {
  // Lengths that fit are rare among random octets: make them likely.
  const likely = fc.array(fc.oneof(fc.nat(255), fc.integer({ min: 0, max: 6 })), { maxLength: 40 })
  fc.assert(
    fc.property(likely, (given) => {
      const value = Buffer.from(given)
      const tlvs = readTlvs(value)
      if (tlvs === undefined) return true
      return Buffer.concat(
        tlvs.map((each) => Buffer.concat([Buffer.of(each.type, each.value.length + 2), each.value])),
      ).equals(value)
    }),
    { numRuns: 2000 },
  )
})

t.test('a TLV that no value can carry is a mistake of ours', async (t) => {
  t.throws(() => writeTlvs([{ type: 0, value: hex('01') }]), malformed)
  t.throws(() => writeTlvs([{ type: 256, value: hex('01') }]), malformed)
  t.throws(() => writeTlvs([{ type: 1, value: Buffer.alloc(254) }]), malformed)
})
