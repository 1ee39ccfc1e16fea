import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib'

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

/** The page of a visit, in octets that follow one another; the first of them are the same for all visits. */
export function fill(pieces: readonly Stencil[], id: string): Buffer[] {
  const [first, ...others] = pieces as [Stencil, ...Stencil[]]
  const page = Buffer.allocUnsafe(
    others.reduce((sum, { lead, rest }) => sum + lead.length + rest.length, first.rest.length),
  )
  let at = 0
  const signs = Buffer.from(id, 'latin1')
  for (const piece of pieces) {
    if (piece !== first) at += piece.lead.copy(page, at)
    piece.rest.copy(page, at)
    for (const spot of piece.spots) for (let i = 0; i < signs.length; i++) page[at + spot + i] = signs[i]!
    at += piece.rest.length
  }
  return [first.lead, page]
}

/** The same as a gzip file. Null when a piece cannot be had compressed. @see RFC 1952 */
export function fillGzip(pieces: readonly Stencil[], id: string): Buffer[] | null {
  const [first, ...others] = pieces as [Stencil, ...Stencil[]]
  if (!first.packed) return null
  let length = first.packed.rest.length + TAIL
  for (const { packed } of others) {
    if (!packed) return null
    length += packed.lead.length + packed.rest.length
  }
  const file = Buffer.allocUnsafe(length)
  let at = 0
  for (const { packed, spots } of pieces) {
    if (packed !== first.packed) at += packed!.lead.copy(file, at)
    packed!.rest.copy(file, at)
    if (spots.length > 0) file.write(id, at, 'latin1')
    at += packed!.rest.length
  }
  const [lead, page] = fill(pieces, id) as [Buffer, Buffer]
  at += DEFLATE_END.copy(file, at)
  at = file.writeUInt32LE(crc32(page, first.leadSum), at)
  file.writeUInt32LE(lead.length + page.length, at)
  return [GZIP_HEAD, first.packed.lead, file]
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
  const [, lead, file] = fillGzip([stencil], other)!
  const deflated = Buffer.concat([lead!, file!.subarray(0, -8)])
  return inflateRawSync(deflated).equals(Buffer.concat(fill([stencil], other)))
}
