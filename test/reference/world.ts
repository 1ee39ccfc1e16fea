// Made-up cities: what gateways live through, and what the network does to their reports.
import fc from 'fast-check'
import type { Mac } from '../../core/domain/mac.ts'
import type { Arrived, Counter, Report } from './reports.ts'

/** What a gateway sent, and what became of it on the way. */
export interface Sent {
  readonly nas: string
  /** When it happened, epoch ms. */
  readonly at: number
  readonly says: Arrived['says']
  /** How long each copy that arrived took, in seconds. */
  readonly lags: readonly number[]
}

/** A session as it was, whatever was told of it. */
export interface Life {
  readonly nas: string
  readonly acctSessionId: string
  readonly mac: Mac
  readonly startedAt: number
  readonly seconds: number
  readonly from: bigint
  readonly to: bigint
  /** What the counters told is all that moved, and all of it was told. */
  readonly isWhole: boolean
}

export interface World {
  readonly sent: readonly Sent[]
  readonly lives: readonly Life[]
}

/** When a gateway sends Gigawords (RFC 2869 §5.1): in each report, once a counter passed 2^32, or never. */
type Gigawords = 'always' | 'when needed' | 'never'

interface Manners {
  readonly gigawords: Gigawords
  /** Echoes our Class (RFC 2865 §5.25). */
  readonly echoes: boolean
  /** Counts its Acct-Session-Ids from 1 again at each boot. */
  readonly reusesIds: boolean
  readonly boots: readonly Boot[]
}

interface Boot {
  readonly visits: readonly Visit[]
  readonly downSeconds: number
  readonly off: Fate
  readonly on: Fate
}

interface Visit {
  readonly device: number
  readonly waits: number
  readonly start: Fate
  readonly steps: readonly Step[]
  /** How it ends: by a Stop, or by nothing that anybody told. */
  readonly stops: boolean
}

interface Step {
  readonly after: number
  readonly from: number
  readonly to: number
  readonly carries: 'both' | 'none'
  /** The counters start again from nothing, as they do in gateways that lose count. */
  readonly loses: boolean
  readonly moves: 'stays' | 'roams' | 'logs in again'
  readonly fate: Fate
}

/** How many seconds each copy takes; none is a loss. */
type Fate = readonly number[]

const MACS = ['02005E005301', '02005E005302', '02005E005303'] as Mac[]
const APS = ['021000000101', '021000000102', '021000000103'] as Mac[]
const CAUSES = ['User-Request', 'Idle-Timeout', 'Session-Timeout', null]
/** Acct-Delay-Time is honoured below seven days. */
const MOST_LAG = 6 * 86_400
const GIB = 2 ** 30
const MOST_AT_ONCE = 4_250_000_000

export interface Wished {
  readonly losses: boolean
  /** Restarts of gateways, with ids that are used again. */
  readonly restarts: boolean
}

const lag = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat(60) },
  { weight: 2, arbitrary: fc.nat(20_000) },
  { weight: 1, arbitrary: fc.nat(MOST_LAG) },
)

const fateOf = ({ losses }: Wished): fc.Arbitrary<Fate> =>
  fc.array(lag, { minLength: losses ? 0 : 1, maxLength: 3 })

const octets = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.nat(50_000_000) },
  { weight: 4, arbitrary: fc.nat(4 * GIB) },
)

const stepOf = (wished: Wished): fc.Arbitrary<Step> =>
  fc.record({
    after: fc.oneof(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 60, max: 30_000 })),
    from: octets,
    to: octets,
    carries: fc.constantFrom('both', 'both', 'both', 'both', 'none'),
    loses: fc.constantFrom(false, false, false, false, false, true),
    moves: fc.constantFrom('stays', 'stays', 'roams', 'logs in again'),
    fate: fateOf(wished),
  })

const visitOf = (wished: Wished): fc.Arbitrary<Visit> =>
  fc.record({
    device: fc.nat(MACS.length - 1),
    waits: fc.integer({ min: 1, max: 20_000 }),
    start: fateOf(wished),
    steps: fc.array(stepOf(wished), { maxLength: 14 }),
    stops: fc.constantFrom(true, true, true, false),
  })

const bootOf = (wished: Wished): fc.Arbitrary<Boot> =>
  fc.record({
    visits: fc.array(visitOf(wished), { minLength: 1, maxLength: 4 }),
    downSeconds: fc.integer({ min: 31, max: 900 }),
    off: fateOf(wished),
    on: fateOf(wished),
  })

/** A city of one to three gateways, begun on any second of a day in Hà Nội. */
export const worldOf = (wished: Wished): fc.Arbitrary<World> =>
  fc
    .record({
      second: fc.nat(86_400),
      gateways: fc.array(
        fc.record({
          gigawords: fc.constantFrom<Gigawords>('always', 'when needed', 'never'),
          echoes: fc.boolean(),
          reusesIds: fc.boolean(),
          boots: fc.array(bootOf(wished), { minLength: 1, maxLength: wished.restarts ? 3 : 1 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    })
    .map(({ second, gateways }) => {
      const begin = Date.parse('2026-03-11T17:00:00Z') + second * 1000
      const parts = gateways.map((manners, i) => new GatewayLife(`nas-${i + 1}`, manners).live(begin))
      return { sent: parts.flatMap(({ sent }) => sent), lives: parts.flatMap(({ lives }) => lives) }
    })

/** Plays what a gateway lives through. */
class GatewayLife {
  readonly #nas: string
  readonly #manners: Manners
  readonly #sent: Sent[] = []
  readonly #lives: Life[] = []
  #accepts = 0
  #ids = 0

  constructor(nas: string, manners: Manners) {
    this.#nas = nas
    this.#manners = manners
  }

  live(begin: number): World {
    let at = begin
    for (const [i, boot] of this.#manners.boots.entries()) {
      // Without a Class only the restart itself tells that an id is another session's: such a gateway insists on it.
      const on = this.#manners.echoes ? boot.on : [0]
      if (i > 0) this.#sent.push({ nas: this.#nas, at, says: { status: 'on' }, lags: on })
      const from = this.#sent.length
      const end = this.#boot(boot, at + 1000)
      const isLast = i === this.#manners.boots.length - 1
      if (!isLast)
        this.#sent.push({
          nas: this.#nas,
          at: end,
          says: { status: 'off' },
          lags: boot.off.length > 0 ? [0] : [],
        })
      // What waits in a gateway's memory is gone when it restarts: RFC 2866 has no place to keep it.
      if (!isLast)
        for (const [j, sent] of this.#sent.entries())
          if (j >= from - 1)
            this.#sent[j] = { ...sent, lags: sent.lags.map((each) => Math.min(each, (end - sent.at) / 1000)) }
      at = end + boot.downSeconds * 1000
    }
    return { sent: this.#sent, lives: this.#lives }
  }

  /** When the last of a boot's sessions is over. */
  #boot({ visits }: Boot, begin: number): number {
    const free = MACS.map(() => begin)
    const ordinals = MACS.map(() => 0)
    for (const visit of visits) {
      const { device } = visit
      const acctSessionId = this.#manners.reusesIds ? `${++ordinals[device]!}` : `unique-${++this.#ids}`
      free[device] = this.#visit(visit, acctSessionId, free[device]! + visit.waits * 1000)
    }
    return Math.max(...free) + 1000
  }

  #visit(visit: Visit, acctSessionId: string, startedAt: number): number {
    const mac = MACS[visit.device]!
    const { gigawords } = this.#manners
    const counters = { from: 0, to: 0 }
    let moved = { from: 0n, to: 0n }
    let second = 0
    let isWhole = true
    let place = 0
    let classSession = this.#accept()
    const say = (status: Report['status'], fate: Fate, more: Partial<Report>): void => {
      const says: Report = {
        status,
        acctSessionId,
        mac,
        seconds: null,
        from: null,
        to: null,
        cause: null,
        classSession,
        ap: APS[place % APS.length]!,
        ip: status === 'start' ? null : `10.0.0.${1 + place}`,
        // Its temporary address (RFC 4862) changes with the hour, or where it moves.
        ipv6: [`2001:db8:${1 + place}::${Math.floor(1 + second / 3600).toString(16)}`],
        ...more,
      }
      this.#sent.push({ nas: this.#nas, at: startedAt + second * 1000, says, lags: fate })
    }
    say('start', visit.start, {})
    const fates =
      gigawords === 'never'
        ? gentle(visit.steps.map(({ fate }) => fate))
        : visit.steps.map(({ fate }) => fate)
    for (const [i, step] of visit.steps.entries()) {
      const isStop = visit.stops && i === visit.steps.length - 1
      second += step.after
      // 32 bits alone can be followed once one report is there, as long as less than half of them moves to the next.
      const most = gigawords !== 'never' ? Infinity : i === 0 ? MOST_AT_ONCE : 500_000_000
      if (step.loses && gigawords === 'always') {
        counters.from = counters.to = 0
        isWhole = false
      }
      const grows = { from: Math.min(step.from, most), to: Math.min(step.to, most) }
      counters.from += grows.from
      counters.to += grows.to
      moved = { from: moved.from + BigInt(grows.from), to: moved.to + BigInt(grows.to) }
      if (step.moves !== 'stays') place++
      if (step.moves === 'logs in again') classSession = this.#accept()
      const none = step.carries === 'none' && gigawords !== 'never'
      if (none && i === visit.steps.length - 1) isWhole = false
      say(isStop ? 'stop' : 'interim', fates[i]!, {
        seconds: second,
        from: none ? null : onWire(counters.from, gigawords),
        to: none ? null : onWire(counters.to, gigawords),
        cause: isStop ? CAUSES[step.after % CAUSES.length]! : null,
      })
    }
    this.#lives.push({ nas: this.#nas, acctSessionId, mac, startedAt, seconds: second, ...moved, isWhole })
    return startedAt + second * 1000
  }

  /** The session that the Class of a new Access-Accept names. */
  #accept(): string | null {
    return this.#manners.echoes ? `${this.#nas}-accept${String(++this.#accepts).padStart(4, '0')}` : null
  }
}

function onWire(octetsSoFar: number, gigawords: Gigawords): Counter {
  const rounds = Math.floor(octetsSoFar / 2 ** 32)
  const low = octetsSoFar % 2 ** 32
  const isTold = gigawords === 'always' || (gigawords === 'when needed' && rounds > 0)
  return { low, gigawords: isTold ? rounds : null }
}

/** The first at once, no two losses in a row and no long way: so much is needed to follow counters that wrap. */
const gentle = (fates: readonly Fate[]): Fate[] =>
  fates.map((fate, i) => {
    if (i === 0 || (i % 2 === 0 && fate.length === 0)) return [0]
    return fate.map((each) => Math.min(each, 2))
  })

/** What arrives of it, in the order of arrival; of what arrives in the same second `shuffle` says what comes first. */
export function arrivalsOf(sent: readonly Sent[], shuffle: readonly number[]): Arrived[] {
  return sent
    .flatMap(({ nas, at, says, lags }) =>
      lags.map((delaySeconds): Arrived => ({
        nas,
        says,
        delaySeconds,
        receivedAt: at + delaySeconds * 1000,
      })),
    )
    .map((arrived, i) => ({ arrived, tie: shuffle[i % shuffle.length] ?? 0 }))
    .sort((a, b) => a.arrived.receivedAt - b.arrived.receivedAt || a.tie - b.tie)
    .map(({ arrived }) => arrived)
}

/** The same on a network that is late by parts of a second: neither Acct-Delay-Time nor Acct-Session-Time tells them. */
export const jittered = (arrivals: readonly Arrived[], milliseconds: readonly number[]): Arrived[] =>
  arrivals
    .map((each, i) => ({ ...each, receivedAt: each.receivedAt + milliseconds[i % milliseconds.length]! }))
    .sort((a, b) => a.receivedAt - b.receivedAt)

/** The same city where each Start arrives at once: what follows is known to belong to it. */
export const startsFirst = ({ sent, lives }: World): World => ({
  lives,
  sent: sent.map((each) => (each.says.status === 'start' ? { ...each, lags: [0, ...each.lags] } : each)),
})
