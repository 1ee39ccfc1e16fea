import fc from 'fast-check'
import t from 'tap'
import { PacketError } from '../../../radius-server/packet/errors.ts'
import {
  readTaggedInteger,
  readTaggedText,
  taggedInteger,
  taggedText,
} from '../../../radius-server/packet/tagged.ts'
import { octets } from './packets.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const malformed = new PacketError('attribute-malformed', '')

t.test('an integer has one octet of tag and three of number (RFC 2868 §3.1)', async (t) => {
  t.same(readTaggedInteger(hex('0100000d')), { tag: 1, value: 13 })
  t.same(readTaggedInteger(hex('0000000d')), { tag: 0, value: 13 })
  t.same(readTaggedInteger(hex('1fffffff')), { tag: 31, value: 0xffffff })
  t.equal(readTaggedInteger(hex('2000000d')), undefined, 'there is no tag 32')
  for (const length of [0, 3, 5]) t.equal(readTaggedInteger(Buffer.alloc(length)), undefined)
})

t.test('text has a tag where its first octet is no more than 31 (RFC 2868 §3.3)', async (t) => {
  t.same(readTaggedText(hex('01 313031')), { tag: 1, value: '101' })
  t.same(readTaggedText(hex('00 313031')), { tag: 0, value: '101' })
  t.same(readTaggedText(hex('313031')), { tag: 0, value: '101' })
  t.same(readTaggedText(hex('20 31')), { tag: 0, value: ' 1' })
  t.equal(readTaggedText(hex('01')), undefined, 'a tag and no text')
  t.equal(readTaggedText(hex('')), undefined)
  t.equal(readTaggedText(hex('01 ff')), undefined, 'no UTF-8')
  t.equal(readTaggedText(hex('01 00')), undefined, 'a NUL')
})

t.test('text without a tag is sent bare, and behind a zero where its beginning reads as a tag', async (t) => {
  t.same(taggedText(81, 0, '101').value, hex('313031'))
  t.same(taggedText(81, 2, '101').value, hex('02 313031'))
  t.same(taggedText(81, 0, '\u0001x').value, hex('00 01 78'))
  t.same(taggedText(81, 3, '').value, hex(''), 'an empty one is left out of the packet')
})

t.test('text is cut to what stands beside its tag, between code points', async (t) => {
  t.equal(taggedText(81, 1, 'a'.repeat(300)).value.length, 253)
  t.equal(taggedText(81, 0, 'a'.repeat(300)).value.length, 253)
  t.equal(taggedText(81, 1, `${'a'.repeat(251)}à`).value.length, 252)
})

t.test('a number is clamped to 24 bits', async (t) => {
  const written = (value: number): number => taggedInteger(64, 1, value).value.readUIntBE(1, 3)
  t.same([-1, 0, 13.9, 2 ** 24, Infinity, NaN].map(written), [0, 0, 13, 0xffffff, 0xffffff, 0])
})

t.test('there are the tags 0 to 31, another is a mistake of ours', async (t) => {
  for (const tag of [-1, 32, 1.5, NaN]) {
    t.throws(() => taggedInteger(64, tag, 1), malformed)
    t.throws(() => taggedText(81, tag, 'x'), malformed)
    t.throws(() => taggedText(81, tag, ''), malformed)
  }
})

t.test('whatever is tagged is read back with its tag', async () => {
  const tag = fc.nat(31)
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .map((text) => text.normalize('NFC').replaceAll('\0', ''))
    .filter((text) => text !== '' && Buffer.from(text).length <= 252)
  fc.assert(
    fc.property(tag, fc.nat(0xffffff), text, (tag, number, text) => {
      const integer = readTaggedInteger(taggedInteger(64, tag, number).value)
      const string = readTaggedText(taggedText(81, tag, text).value)
      return integer?.tag === tag && integer.value === number && string?.tag === tag && string.value === text
    }),
  )
})

t.test('any octets are read, or not, and never throw', async () => {
  fc.assert(
    fc.property(octets(0, 60), (given) => {
      const integer = readTaggedInteger(given)
      const text = readTaggedText(given)
      return (integer?.tag ?? 0) <= 31 && (text?.tag ?? 0) <= 31
    }),
  )
})
