// Reports as broken gateways send them: what one says of itself is absurd, or it says nothing.
import fc from 'fast-check'
import { isReport, type Arrived, type Counter, type Report } from './reports.ts'

interface Damage {
  readonly what:
    'time gone' | 'time zero' | 'time absurd' | 'octets gone' | 'octets absurd' | 'delay absurd' | 'nothing'
  readonly figure: number
}

export const damagesOf = fc.array(
  fc.record<Damage>({
    what: fc.constantFrom(
      'time gone',
      'time zero',
      'time absurd',
      'octets gone',
      'octets absurd',
      'delay absurd',
      'nothing',
    ),
    figure: fc.nat(1000),
  }),
  { minLength: 1, maxLength: 50 },
)

/** As it arrives, and what an honest gateway would have said with as much. */
export function damaged(
  arrivals: readonly Arrived[],
  damages: readonly Damage[],
): { arrivals: Arrived[]; clean: Arrived[] } {
  const pairs = arrivals.map((arrived, i) => damagedOne(arrived, damages[i % damages.length]!))
  return { arrivals: pairs.map(([dirty]) => dirty), clean: pairs.map(([, clean]) => clean) }
}

function damagedOne(arrived: Arrived, { what, figure }: Damage): [dirty: Arrived, clean: Arrived] {
  const { says, delaySeconds } = arrived
  const unharmed: [Arrived, Arrived] = [arrived, arrived]
  if (what === 'delay absurd')
    return delaySeconds === 0 ? [{ ...arrived, delaySeconds: 7 * 86_400 + figure ** 3 }, arrived] : unharmed
  if (!isReport(says) || says.status === 'start') return unharmed
  const saying = (more: Partial<Report>): Arrived => ({ ...arrived, says: { ...says, ...more } })
  switch (what) {
    case 'time gone':
      return [saying({ seconds: null }), arrived]
    case 'time zero':
      return says.seconds! > 60 ? [saying({ seconds: 0 }), arrived] : unharmed
    case 'time absurd':
      return [saying({ seconds: 2 ** 32 - 1 - figure }), arrived]
    case 'octets gone':
      return isWhole(says.from) ? [saying(NO_OCTETS), saying(NO_OCTETS)] : unharmed
    case 'octets absurd': {
      const absurd = { low: figure, gigawords: 2 ** 32 - 1 - figure }
      return isWhole(says.from) ? [saying({ from: absurd, to: absurd }), saying(NO_OCTETS)] : unharmed
    }
    case 'nothing':
      return unharmed
  }
}

const NO_OCTETS = { from: null, to: null }

/** Without Gigawords no report can be spared: counters that wrap have to be followed. */
const isWhole = (counter: Counter | null): boolean => counter !== null && counter.gigawords !== null
