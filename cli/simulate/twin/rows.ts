/** A figure of the platform held against what really was. */
export interface Row {
  readonly part: 'totals' | 'devices' | 'bias' | 'outages' | 'items' | 'records'
  readonly figure: string
  /** How many times it was compared: days, places, periods. */
  readonly compared: number
  /** How many times it was as it has to be. */
  readonly held: number
  /** Fewer are no fault: an interval of 95 % is missed now and then. */
  readonly needed: number
  /** For people: the largest figures, or where it was not so. */
  readonly note: string
}

export const isHeld = ({ held, needed, compared }: Row): boolean => compared > 0 && held >= needed

/** Collects comparisons of one figure. */
export class Comparison {
  #compared = 0
  #held = 0
  readonly #misses: string[] = []

  add(where: string, truth: unknown, figure: unknown, held = truth === figure): void {
    this.#compared++
    if (held) this.#held++
    else this.#misses.push(`${where}: ${String(truth)} was told as ${String(figure)}`)
  }

  row(part: Row['part'], figure: string, note = '', needed = this.#compared): Row {
    const miss = this.#misses[0]
    return {
      part,
      figure,
      compared: this.#compared,
      held: this.#held,
      needed,
      note: miss === undefined ? note : `${miss}${note ? `; ${note}` : ''}`,
    }
  }

  get compared(): number {
    return this.#compared
  }
}

/**
 * How many of so many intervals of 95 % have to hold the truth: where each holds it with that chance, fewer do in one of a
 * thousand plays.
 */
export function neededOf95(compared: number): number {
  let chance = 0.95 ** compared
  let sum = chance
  let missed = 0
  while (sum < 0.999 && missed < compared) {
    missed++
    chance *= ((compared - missed + 1) / missed) * (0.05 / 0.95)
    sum += chance
  }
  return compared - missed
}

/** As Markdown, one line a figure. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { part, figure, compared, held, needed, note } = row
    const asked = needed === compared ? '' : ` (${needed} needed)`
    return `| ${part} | ${figure} | ${compared} | ${held}${asked} | ${isHeld(row) ? 'holds' : '**does not hold**'} | ${note} |`
  })
  return ['| part | figure | compared | as it was | | |', '|---|---|---|---|---|---|', ...lines].join('\n')
}
