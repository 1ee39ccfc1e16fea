import { BENCHES, median, type BenchName, type Measurement } from './rounds.ts'

/** A line of the table. */
export interface Row {
  readonly bench: BenchName
  readonly figure: string
  readonly ours: string
  /** A bare Fastify in the same rounds. */
  readonly peer: string
  /** Median of the rounds' ratios, lowest and highest. */
  readonly ratio: string
  readonly target: string
  /** Null where nothing was promised. */
  readonly met: boolean | null
}

type Field = 'perSecond' | 'p50Ms' | 'p99Ms' | 'maxMs' | 'serverMicros' | 'redisMicros' | 'done'

interface Figure {
  readonly field: Field
  readonly title: string
  readonly digits: number
  readonly beside?: boolean
  readonly ratioAtLeast?: number
  readonly atLeast?: number
  readonly atMost?: number
}

const rate = { field: 'perSecond', title: 'a second', digits: 0 } as const
const p50 = { field: 'p50Ms', title: 'p50, ms', digits: 1 } as const
const p99 = { field: 'p99Ms', title: 'p99, ms', digits: 1 } as const
const cpu = { field: 'serverMicros', title: 'CPU each, µs', digits: 1 } as const
const redis = { field: 'redisMicros', title: 'CPU of Redis each, µs', digits: 1 } as const

const contest = (promised: Partial<Figure>): readonly Figure[] => [
  { ...rate, ...promised, beside: true },
  p50,
  p99,
  { ...cpu, beside: true },
  redis,
]

const FIGURES: Readonly<Record<BenchName, readonly Figure[]>> = {
  splash: contest({ ratioAtLeast: 0.5 }),
  'splash, gzip': contest({}),
  arrival: contest({}),
  'arrival, gzip': contest({}),
  login: [{ ...rate, atLeast: 1500 }, p50, p99, cpu, redis],
  'splash, half load': [rate, p50, { ...p99, atMost: 25 }],
  'arrival, half load': [rate, p50, { ...p99, atMost: 25 }],
  crowd: [
    { field: 'done', title: 'served of 5,000 in 10 s', digits: 0, atLeast: 5000 },
    p50,
    p99,
    { field: 'maxMs', title: 'longest, ms', digits: 1 },
  ],
}

/** The table's lines, from all measurements. */
export function rowsOf(measured: readonly Measurement[]): Row[] {
  const peers = new Map(measured.filter(({ bench }) => bench === 'Fastify').map((each) => [each.round, each]))
  return BENCHES.flatMap((bench) => {
    const ours = measured.filter((each) => each.bench === bench)
    return ours.length === 0 ? [] : FIGURES[bench].map((figure) => rowOf(bench, figure, ours, peers))
  })
}

function rowOf(
  bench: BenchName,
  { field, title, digits, beside, ratioAtLeast, atLeast, atMost }: Figure,
  ours: readonly Measurement[],
  peers: ReadonlyMap<number, Measurement>,
): Row {
  const show = (value: number): string =>
    value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  // All are to be served in each round.
  const all = ours.map((each) => each[field])
  const value = field === 'done' ? Math.min(...all) : median(all)
  const pairs = beside
    ? ours.flatMap((each) => {
        const peer = peers.get(each.round)
        return peer ? [{ peer: peer[field], ratio: each[field] / peer[field] }] : []
      })
    : []
  const ratios = pairs.map(({ ratio }) => ratio).sort((a, b) => a - b)
  const middle = median(ratios)
  return {
    bench,
    figure: title,
    ours: show(value),
    peer: pairs.length === 0 ? '' : show(median(pairs.map(({ peer }) => peer))),
    ratio:
      ratios.length === 0
        ? ''
        : `${middle.toFixed(2)} (${ratios[0]!.toFixed(2)}–${ratios.at(-1)!.toFixed(2)})`,
    target:
      ratioAtLeast !== undefined
        ? `ratio ≥ ${ratioAtLeast}`
        : atLeast !== undefined
          ? `≥ ${show(atLeast)}`
          : atMost !== undefined
            ? `≤ ${atMost}`
            : '',
    met:
      ratioAtLeast !== undefined
        ? middle >= ratioAtLeast
        : atLeast !== undefined
          ? value >= atLeast
          : atMost !== undefined
            ? value <= atMost
            : null,
  }
}
