/** Room for nearly every page; a larger one has a sheet of its own. */
const SHEET_OCTETS = 32 * 1024
/** As many as are under way at once on a busy day. */
const MOST_SPARE = 64

/**
 * Octets that pages are written on, used again once a page has left: to make new ones for each page, and to collect them,
 * costs more than to write it.
 */
export class Sheets {
  readonly #spare: Buffer[] = []

  /** A sheet of just so many octets; what is on it is no matter. */
  take(octets: number): Buffer {
    if (octets > SHEET_OCTETS) return Buffer.allocUnsafeSlow(octets)
    const sheet = this.#spare.pop() ?? Buffer.allocUnsafeSlow(SHEET_OCTETS)
    return octets === sheet.length ? sheet : Buffer.from(sheet.buffer, 0, octets)
  }

  /** Takes back a sheet that nobody reads any more. */
  giveBack(sheet: Buffer): void {
    if (sheet.buffer.byteLength === SHEET_OCTETS && this.#spare.length < MOST_SPARE)
      this.#spare.push(Buffer.from(sheet.buffer))
  }
}
