import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { Sheets } from './sheets.ts'

/**
 * A piece of a page that is the same for all visits but for their ids, which are all as long as the one that it was cut
 * with. It is compressed once: as deflated octets the id stands there once, uncompressed, and wherever it is needed again
 * the stream says "as before" (RFC 1951 §3.2). Another id in that place makes the page of another visit.
 */
export interface Stencil {
  /** What comes before the first id, or all of it where there is none; and its checksum, since it is the most of a page. */
  readonly lead: Buffer
  readonly leadSum: number
  readonly rest: Buffer
  /** Where ids begin in `rest`. */
  readonly spots: readonly number[]
  /** The same deflated, without an end, so that pieces can follow one another; null if that did not succeed. */
  readonly packed: { readonly lead: Buffer; readonly rest: Buffer } | null
}

/** Cuts a stencil from a text in which `standIn` stands for the id. */
export function cutStencil(text: string, standIn: string): Stencil {
  const whole = Buffer.from(text)
  const first = whole.indexOf(standIn)
  const end = first < 0 ? whole.length : first
  const lead = whole.subarray(0, end)
  const rest = whole.subarray(end)
  const spots: number[] = []
  for (let at = rest.indexOf(standIn); at >= 0; at = rest.indexOf(standIn, at + standIn.length))
    spots.push(at)
  const stencil = { lead, leadSum: crc32(lead), rest, spots, packed: pack(whole, lead, rest, standIn) }
  return isProved(stencil, standIn) ? stencil : { ...stencil, packed: null }
}

/** The page of a visit. */
export function fill(pieces: readonly Stencil[], id: string, sheets: Sheets): Buffer {
  let length = 0
  for (const { lead, rest } of pieces) length += lead.length + rest.length
  const page = sheets.take(length)
  // An id stands in twenty places: four words each are a third of the time of sixteen octets.
  const words = new DataView(page.buffer, page.byteOffset, length)
  const [one, two, three, four] = wordsOf(id)
  let at = 0
  for (const { lead, rest, spots } of pieces) {
    page.set(lead, at)
    at += lead.length
    page.set(rest, at)
    for (const spot of spots) {
      words.setInt32(at + spot, one)
      words.setInt32(at + spot + 4, two)
      words.setInt32(at + spot + 8, three)
      words.setInt32(at + spot + 12, four)
    }
    at += rest.length
  }
  return page
}

/** The octets of an id of 16 letters; anything for none, which stands nowhere. */
function wordsOf(id: string): [number, number, number, number] {
  const word = (at: number): number =>
    (id.charCodeAt(at) << 24) |
    (id.charCodeAt(at + 1) << 16) |
    (id.charCodeAt(at + 2) << 8) |
    id.charCodeAt(at + 3)
  return [word(0), word(4), word(8), word(12)]
}

/** The same as a gzip file. Null when a piece cannot be had compressed. @see RFC 1952 */
export function fillGzip(pieces: readonly Stencil[], id: string, sheets: Sheets): Buffer | null {
  let length = GZIP_HEAD.length + TAIL
  for (const { packed } of pieces) {
    if (!packed) return null
    length += packed.lead.length + packed.rest.length
  }
  const file = sheets.take(length)
  file.set(GZIP_HEAD)
  let at = GZIP_HEAD.length
  for (const { packed, spots } of pieces) {
    const { lead, rest } = packed!
    file.set(lead, at)
    at += lead.length
    file.set(rest, at)
    if (spots.length > 0) file.write(id, at, 'latin1')
    at += rest.length
  }
  const page = fill(pieces, id, sheets)
  const [first] = pieces as [Stencil, ...Stencil[]]
  file.set(DEFLATE_END, at)
  at = file.writeUInt32LE(crc32(page.subarray(first.lead.length), first.leadSum), at + DEFLATE_END.length)
  file.writeUInt32LE(page.length, at)
  sheets.giveBack(page)
  return file
}

/** Deflate, no name, no time, unknown system. */
const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255])
/** A last block with nothing in it. */
const DEFLATE_END = Buffer.from([3, 0])
/** The end of a file: that block, checksum and length. */
const TAIL = DEFLATE_END.length + 8

/** Deflated and not ended: what follows begins with an octet of its own. */
const flushed = { level: 9, finishFlush: constants.Z_SYNC_FLUSH }

function pack(whole: Buffer, lead: Buffer, rest: Buffer, id: string): { lead: Buffer; rest: Buffer } {
  const before = deflateRawSync(lead, flushed)
  if (rest.length === 0) return { lead: before, rest }
  const block = Buffer.from([0, id.length, 0, ~id.length & 255, 255])
  const read = lead.length + id.length
  const after = deflateRawSync(whole.subarray(read), { ...flushed, dictionary: whole.subarray(0, read) })
  return { lead: Buffer.concat([before, block]), rest: Buffer.concat([Buffer.from(id), after]) }
}

/** Whether nothing in the compressed octets depends on the id with which they were made: another one is put in and read. */
function isProved(stencil: Stencil, standIn: string): boolean {
  const other = standIn.replace(/./g, (sign) => (sign === 'A' ? 'B' : 'A'))
  const sheets = new Sheets()
  const file = fillGzip([stencil], other, sheets)!
  const deflated = file.subarray(GZIP_HEAD.length, -8)
  return inflateRawSync(deflated).equals(fill([stencil], other, sheets))
}
