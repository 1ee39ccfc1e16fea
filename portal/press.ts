import { randomUUID } from 'node:crypto'
import { newVisitId } from '../core/store/visits.ts'
import { Lately } from '../core/domain/lately.ts'
import { Sheets } from './sheets.ts'
import { cutStencil, fill, fillGzip, type Stencil } from './stencil.ts'

/** Tells a page that is the same for many visits from all others. */
export interface PageKey {
  /** What the page is made from besides the rest; with another object everything is made anew. */
  readonly tables: object
  /** Tells this page from all others, but for the visit and what is near. */
  readonly frame: string
  /** Tells each item that is near from all else that may stand there, in their order; none where nothing is. */
  readonly near: readonly string[]
}

/** Such a page, and how it is made. */
export interface Order extends PageKey {
  /** The document of a visit, with `cut` before each item and after the last. */
  readonly html: (visit: string | null, cut: string) => Promise<string>
}

export interface Print {
  /** To be given back once it has left. */
  readonly body: Buffer
  readonly isGzip: boolean
}

interface Frame {
  readonly before: Stencil
  /** None where nothing is near. */
  readonly after: Stencil | undefined
}

/** Some 30 KB each: the city's splashes in all languages, and as many of those who are welcomed back. */
const MOST_FRAMES = 1024
/** Some 2 KB each. */
const MOST_ITEMS = 8192
const MOST_TURNS = 10

/** Prints pages: each is made and compressed once, and what differs between visits is put in. */
export class Press {
  readonly #frames = new Lately<Frame>(MOST_FRAMES)
  readonly #items = new Lately<Stencil>(MOST_ITEMS)
  /** No text that staff wrote can hold it. */
  readonly #cut = `<!--${randomUUID()}-->`
  readonly #sheets = new Sheets()
  #tables: object | null = null

  /** What a page is filled from that was made before; null for one that is not at hand. */
  known(key: PageKey): readonly Stencil[] | null {
    this.#turnTo(key.tables)
    const known = this.#inOrder(key)
    return isWhole(known) ? known : null
  }

  async print(order: Order, visit: string | null, wantsGzip: boolean): Promise<Print> {
    const known = this.known(order)
    const pieces = known ?? (await this.#make(order, this.#inOrder(order), visit !== null))
    return this.fill(pieces, visit, wantsGzip)
  }

  /** The octets of a page that has left, or never will, serve another one. */
  giveBack({ body }: Print): void {
    this.#sheets.giveBack(body)
  }

  /** A page of a visit. */
  fill(pieces: readonly Stencil[], visit: string | null, wantsGzip: boolean): Print {
    const id = visit ?? ''
    const file = wantsGzip ? fillGzip(pieces, id, this.#sheets) : null
    return { body: file ?? fill(pieces, id, this.#sheets), isGzip: file !== null }
  }

  #turnTo(tables: object): void {
    if (tables === this.#tables) return
    this.#tables = tables
    this.#frames.clear()
    this.#items.clear()
  }

  /** The pieces of a page as they follow one another, as far as they are known. */
  #inOrder({ frame, near }: PageKey): (Stencil | undefined)[] {
    const known = this.#frames.get(frame)
    if (near.length === 0) return [known?.before]
    const pieces = [known?.before]
    for (const key of near) pieces.push(this.#items.get(key))
    pieces.push(known?.after)
    return pieces
  }

  /**
   * The pieces of a page, made with an id that nobody else knows, so that no text can hold it. One in twenty happens to
   * have three letters in a row with the page's text, which then cannot be had compressed: another is drawn.
   */
  async #make(order: Order, known: readonly (Stencil | undefined)[], hasVisit: boolean): Promise<Stencil[]> {
    for (let turn = 1; ; turn++) {
      const standIn = newVisitId()
      const texts = (await order.html(hasVisit ? standIn : null, this.#cut)).split(this.#cut)
      const pieces = texts.map((text, i) => known[i] ?? cutStencil(text, standIn))
      if (turn < MOST_TURNS && pieces.some(({ packed }, i) => !known[i] && packed === null)) continue
      // The tables may have changed while it was made.
      if (order.tables === this.#tables) this.#keep(order, pieces)
      return pieces
    }
  }

  #keep({ frame, near }: Order, pieces: readonly Stencil[]): void {
    this.#frames.set(frame, { before: pieces[0]!, after: near.length > 0 ? pieces.at(-1) : undefined })
    for (const [i, key] of near.entries()) this.#items.set(key, pieces[i + 1]!)
  }
}

const isWhole = (pieces: readonly (Stencil | undefined)[]): pieces is Stencil[] => !pieces.includes(undefined)
