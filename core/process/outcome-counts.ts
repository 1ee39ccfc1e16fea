import type { Outcome } from '../domain/accounting.ts'
import { Counter, type Registry } from './metrics.ts'

/** What becomes of a gateway's report: docs/sessions.md has a line for each; the last two are of no session. */
export type AccountingOutcome = Outcome | 'gateway-restart' | 'other-status'

/** How often each outcome came about: plain numbers that a report adds to, made into a metric when somebody asks. */
export class OutcomeCounts {
  readonly #counts = new Map<AccountingOutcome, number>()

  constructor(registry: Registry) {
    const outcomes = new Counter({
      name: 'hotspot_accounting_outcomes_total',
      help: 'What became of accounting reports, and what had to be understood: one report may count under several',
      labelNames: ['outcome'],
      registers: [registry],
      collect: () => {
        for (const [outcome, count] of this.#counts) outcomes.inc({ outcome }, count)
        this.#counts.clear()
      },
    })
  }

  add(outcomes: readonly AccountingOutcome[]): void {
    for (const outcome of outcomes) this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1)
  }
}
