// The reference: what sessions there were and what each day of them used, told from everything that arrived, looked at all
// at once and in no order. Written from docs/sessions.md and RFC 2866, RFC 2869; it shares no line with the rules.
import { isReport, type Arrived, type Counter, type Report } from './reports.ts'

export interface Expected {
  readonly nas: string
  readonly acctSessionId: string
  readonly mac: string
  readonly startedAt: number
  /** Ids it may have; empty where the platform mints one. */
  readonly ids: readonly string[]
  readonly seconds: number
  readonly from: bigint
  readonly to: bigint
  readonly days: ReadonlyMap<string, Used>
  readonly ap: string | null
  readonly ip: string | null
  /** In the order of the alphabet. */
  readonly ipv6: readonly string[]
  readonly end: ExpectedEnd
}

export interface Used {
  readonly seconds: number
  readonly from: bigint
  readonly to: bigint
}

/** What a Stop told is exact. Without one the end is a guess: a restart of the gateway, its id in use anew, or silence. */
export type ExpectedEnd =
  | { readonly kind: 'told'; readonly at: number; readonly causes: readonly string[] }
  | { readonly kind: 'restart'; readonly at: readonly number[] }
  | { readonly kind: 'silence'; readonly from: number; readonly until: number }

interface Heard {
  readonly arrived: Arrived
  readonly says: Report
  readonly happenedAt: number
  readonly beganAt: number
  readonly second: number
}

interface Point extends Used {
  readonly at: number
}

const DAY = 86_400_000
/** Midnight in Hà Nội, UTC+7, is 17:00 UTC. */
const MIDNIGHT = 17 * 3_600_000

/** All sessions that these arrivals tell of. Their order matters in one thing: a restart ends what was heard of before it. */
export function expectedSessions(arrivals: readonly Arrived[]): Expected[] {
  const heard = arrivals.flatMap((arrived): Heard[] => {
    const { says, receivedAt, delaySeconds } = arrived
    if (!isReport(says)) return []
    const happenedAt = receivedAt - delaySeconds * 1000
    const second = says.seconds ?? 0
    return [{ arrived, says, happenedAt, second, beganAt: happenedAt - second * 1000 }]
  })
  // One id may name several sessions; no two of them began at the same moment.
  const lives = new Map<string, Heard[]>()
  for (const each of heard) {
    const name = [each.arrived.nas, each.says.acctSessionId, each.says.mac, each.beganAt].join(' ')
    lives.set(name, [...(lives.get(name) ?? []), each])
  }
  return [...lives.values()].map((life) => expectedOf(life, [...lives.values()], arrivals))
}

function expectedOf(life: Heard[], lives: readonly Heard[][], arrivals: readonly Arrived[]): Expected {
  const inOrder = life.toSorted((a, b) => a.second - b.second)
  const { arrived, says, beganAt } = inOrder[0]!
  const points = pointsOf(inOrder, beganAt)
  const most = highest(points)
  return {
    nas: arrived.nas,
    acctSessionId: says.acctSessionId,
    mac: says.mac,
    startedAt: beganAt,
    ids: [...new Set(inOrder.flatMap((each) => each.says.classSession ?? []))],
    seconds: most.seconds,
    from: most.from,
    to: most.to,
    days: daysOf(points),
    ap: inOrder.findLast((each) => each.says.ap !== null)?.says.ap ?? null,
    ip: inOrder.findLast((each) => each.says.ip !== null)?.says.ip ?? null,
    ipv6: [...new Set(life.flatMap((each) => each.says.ipv6))].toSorted(),
    end: endOf(inOrder, lives, arrivals),
  }
}

/** Totals at each moment that was told of, counters made whole; the session's start is the first of them. */
function pointsOf(inOrder: readonly Heard[], beganAt: number): Point[] {
  const from = unwrapped(inOrder.map((each) => each.says.from))
  const to = unwrapped(inOrder.map((each) => each.says.to))
  const points = inOrder.map((each, i) => ({
    at: beganAt + each.second * 1000,
    seconds: each.second,
    from: from[i]!,
    to: to[i]!,
  }))
  return [{ at: beganAt, seconds: 0, from: 0n, to: 0n }, ...points]
}

/** RFC 2869 §5.1 where there are Gigawords. Where there are none in the life, a fall by more than half of 2^32 is a wrap. */
function unwrapped(counters: readonly (Counter | null)[]): bigint[] {
  let rounds = 0n
  let before = 0
  return counters.map((counter) => {
    if (counter === null) return 0n
    if (counter.gigawords !== null) return BigInt(counter.gigawords) * 0x1_0000_0000n + BigInt(counter.low)
    if (before - counter.low > 0x8000_0000) rounds++
    before = counter.low
    return rounds * 0x1_0000_0000n + BigInt(counter.low)
  })
}

/** A counter that fell back is not believed: what counts is the most that was told. */
const highest = (points: readonly Used[]): Used => ({
  seconds: Math.max(...points.map((each) => each.seconds)),
  from: maximum(points.map((each) => each.from)),
  to: maximum(points.map((each) => each.to)),
})

const maximum = (values: readonly bigint[]): bigint => values.reduce((a, b) => (a > b ? a : b), 0n)

/** What each city day used: the totals at its end less those at its beginning. */
function daysOf(points: readonly Point[]): Map<string, Used> {
  const [first, last] = [points[0]!.at, Math.max(...points.map((each) => each.at))]
  const midnights: number[] = []
  for (let at = Math.floor((first - MIDNIGHT) / DAY + 1) * DAY + MIDNIGHT; at < last; at += DAY)
    midnights.push(at)
  const marks = [
    { seconds: 0, from: 0n, to: 0n },
    ...midnights.map((at) => usedAt(points, at)),
    highest(points),
  ]
  return new Map(
    marks.slice(1).map((mark, i) => [
      new Date((midnights[i - 1] ?? first) + 7 * 3_600_000).toISOString().slice(0, 10),
      {
        seconds: mark.seconds - marks[i]!.seconds,
        from: mark.from - marks[i]!.from,
        to: mark.to - marks[i]!.to,
      },
    ]),
  )
}

/** Totals at a moment between two reports: as if what moved between them had moved evenly. */
function usedAt(points: readonly Point[], at: number): Used {
  const past = points.filter((each) => each.at > at)
  const next = Math.min(...past.map((each) => each.at))
  const before = points.filter((each) => each.at <= at)
  const low = highest(before)
  const high = highest([...before, ...past.filter((each) => each.at === next)])
  const since = Math.max(...before.map((each) => each.at))
  const [part, whole] = [BigInt(at - since), BigInt(next - since)]
  return {
    seconds: low.seconds + Number((BigInt(high.seconds - low.seconds) * part) / whole),
    from: low.from + ((high.from - low.from) * part) / whole,
    to: low.to + ((high.to - low.to) * part) / whole,
  }
}

function endOf(life: readonly Heard[], lives: readonly Heard[][], arrivals: readonly Arrived[]): ExpectedEnd {
  const stops = life.filter((each) => each.says.status === 'stop')
  if (stops.length > 0)
    return {
      kind: 'told',
      at: stops[0]!.happenedAt,
      causes: stops.map(({ says }) => says.cause ?? 'unknown'),
    }
  const { arrived, says, beganAt } = life[0]!
  const lastMoment = beganAt + life.at(-1)!.second * 1000
  const restarts = arrivals
    .slice(Math.min(...life.map((each) => arrivals.indexOf(each.arrived))))
    .filter((each) => each.nas === arrived.nas && (each.says.status === 'on' || each.says.status === 'off'))
    .map((each) => each.receivedAt - each.delaySeconds * 1000)
    .filter((at) => at >= lastMoment)
  const isReused = lives.some(
    ([other]) =>
      other!.beganAt > beganAt &&
      other!.arrived.nas === arrived.nas &&
      other!.says.acctSessionId === says.acctSessionId &&
      other!.says.mac === says.mac,
  )
  if (restarts.length > 0 || isReused)
    return { kind: 'restart', at: isReused ? [...restarts, lastMoment] : restarts }
  return {
    kind: 'silence',
    from: lastMoment,
    until: Math.max(...life.map((each) => each.arrived.receivedAt)),
  }
}
