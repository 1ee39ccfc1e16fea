/** Room for nearly every page and its head; a larger one has a sheet of its own. */
const SHEET_OCTETS = 32 * 1024
/** As many as are under way at once on a busy day. */
const MOST_SPARE = 64
/** Kept free before each page, for its head. */
const HEAD_OCTETS = 2048

/**
 * Octets that pages are written on, used again once a page has left: to make new ones for each page, and to collect them,
 * costs more than to write it.
 */
export class Sheets {
  readonly #spare: ArrayBufferLike[] = []

  /** A sheet of just so many octets; what is on it is no matter. */
  take(octets: number): Buffer {
    const needed = HEAD_OCTETS + octets
    if (needed > SHEET_OCTETS) return Buffer.allocUnsafeSlow(needed).subarray(HEAD_OCTETS)
    const octetsOf = this.#spare.pop() ?? Buffer.allocUnsafeSlow(SHEET_OCTETS).buffer
    return Buffer.from(octetsOf, HEAD_OCTETS, octets)
  }

  /** Takes back a sheet that nobody reads any more. */
  giveBack({ buffer }: Buffer): void {
    if (buffer.byteLength === SHEET_OCTETS && this.#spare.length < MOST_SPARE) this.#spare.push(buffer)
  }
}

/** Writes a head before the page on a sheet, and gives both as one; null if there is no room. It lives on the same sheet. */
export function writeBefore(page: Buffer, head: string): Buffer | null {
  const from = page.byteOffset - head.length
  if (from < 0) return null
  const whole = Buffer.from(page.buffer, from, head.length + page.length)
  whole.write(head, 'latin1')
  return whole
}
