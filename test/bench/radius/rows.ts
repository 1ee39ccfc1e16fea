import type { Figures } from './contenders.ts'
import type { BenchName } from './options.ts'
import type { Measurement } from './pairs.ts'

/** A line of the table: a figure of ours beside its peer's or its limit. */
export interface Row {
  readonly bench: BenchName
  readonly figure: string
  readonly ours: string
  readonly peer: string
  /** Median of the rounds' ratios, lowest and highest. */
  readonly ratio: string
  readonly target: string
  /** Null where nothing was promised. */
  readonly met: boolean | null
}

/** The ratio that a figure of ours must have to the peer's. */
type Promised = { readonly atLeast: number } | { readonly atMost: number }

interface Figure {
  readonly name: keyof Figures
  readonly title: string
  readonly show: (value: number) => string
}

const FIGURES: readonly Figure[] = [
  { name: 'requestsPerSecond', title: 'requests/s', show: (value) => grouped(value) },
  { name: 'p50Ms', title: 'p50, ms', show: (value) => value.toFixed(2) },
  { name: 'p99Ms', title: 'p99, ms', show: (value) => value.toFixed(2) },
  { name: 'processorMicros', title: 'CPU a request, µs', show: (value) => value.toFixed(1) },
  { name: 'serverOctets', title: 'memory of the server, MB', show: (value) => megabytes(value) },
]

const WITH_REDIS = 'FreeRADIUS + Redis'
const WITH_FILES = 'FreeRADIUS files'

const login = {
  [WITH_REDIS]: { requestsPerSecond: { atLeast: 2.5 }, processorMicros: { atMost: 0.35 } },
  [WITH_FILES]: { requestsPerSecond: { atLeast: 1.2 } },
}
const openLoop = { [WITH_REDIS]: { p50Ms: { atMost: 0.65 }, p99Ms: { atMost: 0.9 } } }

const PROMISES: Partial<
  Record<BenchName, Readonly<Record<string, Partial<Record<keyof Figures, Promised>>>>>
> = {
  'auth-pap': login,
  'auth-chap': login,
  accounting: {
    [WITH_REDIS]: { requestsPerSecond: { atLeast: 2 }, processorMicros: { atMost: 0.45 } },
  },
  always: { [WITH_REDIS]: { requestsPerSecond: { atLeast: 2 } } },
  'open-auth': openLoop,
  'open-accounting': openLoop,
}

export const MOST_WORKER_OCTETS = 150 * 1024 * 1024

/** The lines of a bench that set ours beside others. */
export function pairRows(bench: BenchName, measurements: readonly Measurement[]): Row[] {
  const ours = measurements.filter(({ who }) => who === 'ours')
  const others = [...new Set(measurements.map(({ who }) => who))].filter((who) => who !== 'ours')
  const rows = FIGURES.flatMap((figure) => {
    const mine = figure.show(median(ours.map((each) => each[figure.name])))
    if (others.length === 0)
      return [{ bench, figure: figure.title, ours: mine, peer: '', ratio: '', target: '', met: null }]
    return others.map((who) => besideOther(bench, figure, who, measurements))
  })
  const largest = Math.max(...ours.map(({ serverOctets }) => serverOctets))
  return [
    ...rows,
    limitRow(bench, 'largest worker, MB', megabytes(largest), 'at most 150', largest <= MOST_WORKER_OCTETS),
  ]
}

/** A line of a figure that has a limit, and no peer. */
export const limitRow = (
  bench: BenchName,
  figure: string,
  ours: string,
  target: string,
  met: boolean | null,
): Row => ({ bench, figure, ours, peer: '', ratio: '', target, met })

function besideOther(
  bench: BenchName,
  figure: Figure,
  who: string,
  measurements: readonly Measurement[],
): Row {
  const value = (name: string, round: number): number | undefined =>
    measurements.find((each) => each.who === name && each.round === round)?.[figure.name]
  const pairs = measurements
    .filter((each) => each.who === who)
    .map((each) => ({ peer: each[figure.name], ours: value('ours', each.round) ?? NaN }))
  const ratios = pairs.map(({ ours, peer }) => ours / peer).sort((a, b) => a - b)
  const promised = PROMISES[bench]?.[who]?.[figure.name]
  const middle = median(ratios)
  return {
    bench,
    figure: figure.title,
    ours: figure.show(median(pairs.map(({ ours }) => ours))),
    peer: `${figure.show(median(pairs.map(({ peer }) => peer)))} ${who}`,
    ratio: `${middle.toFixed(2)} (${ratios[0]!.toFixed(2)}–${ratios.at(-1)!.toFixed(2)})`,
    target:
      promised === undefined ? '' : 'atLeast' in promised ? `≥ ${promised.atLeast}` : `≤ ${promised.atMost}`,
    met:
      promised === undefined
        ? null
        : 'atLeast' in promised
          ? middle >= promised.atLeast
          : middle <= promised.atMost,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

export const megabytes = (octets: number): string => (octets / 1024 / 1024).toFixed(0)
export const grouped = (value: number): string => Math.round(value).toLocaleString('en-GB')
