// Whether the platform's sessions are those of the reference, and whether its steps hang together.
import type { Expected, Used } from './model.ts'
import { lastDay, type Told } from './platform.ts'

/** Where the reference cannot know. */
export interface Leniency {
  /** Silence has ended sessions whenever it liked. */
  readonly guessesMayDiffer?: boolean
}

/** Whoever kept what sessions told. */
export interface Teller {
  readonly told: readonly Told[]
}

/** What tells sessions apart. */
export const nameOf = (session: {
  nas: string
  acctSessionId: string
  mac: string
  startedAt: number
}): string =>
  [session.nas, session.acctSessionId, session.mac, new Date(session.startedAt).toISOString()].join(' ')

/** @throws Error where they differ. */
export function judge(platform: Teller, expected: readonly Expected[], leniency: Leniency = {}): void {
  const told = new Map(platform.told.map((each) => [nameOf(each.session), each]))
  same(
    'sessions',
    platform.told.map((each) => nameOf(each.session)).toSorted(),
    expected.map(nameOf).toSorted(),
  )
  for (const each of expected) judgeOne(told.get(nameOf(each))!, each, leniency)
}

function judgeOne(told: Told, expected: Expected, leniency: Leniency): void {
  const name = nameOf(expected)
  const { session } = told
  same(`${name}: seconds`, session.seconds, expected.seconds)
  same(`${name}: from the visitor`, session.fromVisitorOctets, expected.from)
  same(`${name}: to the visitor`, session.toVisitorOctets, expected.to)
  same(`${name}: days`, anyUsed(told.days), anyUsed(expected.days))
  same(`${name}: place`, [session.ap, session.ip], [expected.ap, expected.ip])
  same(`${name}: IPv6`, session.ipv6.toSorted(), expected.ipv6)
  const isKnownId = expected.ids.length === 0 || expected.ids.includes(session.id)
  if (!isKnownId) throw new Error(`${name}: its id is ${session.id}, which no Class of it names`)
  judgeEnd(name, told, expected, leniency)
  judgeSteps(name, told)
}

function judgeEnd(name: string, { session }: Told, { end }: Expected, { guessesMayDiffer }: Leniency): void {
  const { endedAt, cause } = session
  if (end.kind === 'told') same(`${name}: end`, [endedAt, end.causes.includes(cause!)], [end.at, true])
  else if (guessesMayDiffer) same(`${name}: end`, ['Lost-Silence', 'NAS-Reboot'].includes(cause!), true)
  else if (end.kind === 'restart')
    same(`${name}: end`, [cause, end.at.includes(endedAt!)], ['NAS-Reboot', true])
  else {
    const isBetween = endedAt! >= end.from && endedAt! <= end.until
    same(`${name}: end`, [cause, isBetween], ['Lost-Silence', true])
  }
}

/** Each stored change follows the one before, together they are the session, and no day is below nothing. */
export function judgeSteps(name: string, told: Told): void {
  const { steps, session, days } = told
  const first = steps[0]!.session.version
  const versions = steps.map((step) => step.session.version)
  same(
    `${name}: versions`,
    versions,
    steps.map((_, i) => first + i),
  )
  same(`${name}: the first change`, steps[0]!.change, 'started')
  let sum: Used = { seconds: 0, from: 0n, to: 0n }
  for (const { delta, session } of steps) {
    sum = plus(sum, { seconds: delta.seconds, from: delta.fromVisitorOctets, to: delta.toVisitorOctets })
    same(`${name}: what its steps add up to`, sum, usedBy(session))
  }
  same(`${name}: the last step`, steps.at(-1)!.session, session)
  same(`${name}: the sum of its days`, [...days.values()].reduce(plus), usedBy(session))
  for (const [day, used] of days)
    if (used.seconds < 0 || used.from < 0n || used.to < 0n)
      throw new Error(`${name}: ${day} is below nothing`)
  const { day, seconds, octets } = lastDay(told)
  const used = days.get(day) ?? { seconds: 0, from: 0n, to: 0n }
  same(
    `${name}: what a quota counts of ${day}`,
    [seconds, octets],
    [used.seconds, Number(used.from + used.to)],
  )
}

/** The same, but for times: those may be seconds off, and so may be what belongs to a day. */
export function judgeLoosely(platform: Teller, expected: readonly Expected[]): void {
  const MOST_MS = 4000
  const rest = [...platform.told]
  for (const each of expected) {
    const name = nameOf(each)
    const i = rest.findIndex(
      ({ session }) =>
        session.nas === each.nas &&
        session.acctSessionId === each.acctSessionId &&
        session.mac === each.mac &&
        Math.abs(session.startedAt - each.startedAt) < MOST_MS,
    )
    if (i < 0) throw new Error(`${name}: is no session`)
    const [told] = rest.splice(i, 1) as [Told]
    same(`${name}: totals`, usedBy(told.session), { seconds: each.seconds, from: each.from, to: each.to })
    if (each.end.kind === 'told' && Math.abs(told.session.endedAt! - each.end.at) >= MOST_MS)
      throw new Error(`${name}: ended at ${told.session.endedAt}, not ${each.end.at}`)
    for (const [day, used] of each.days) {
      const seconds = told.days.get(day)?.seconds ?? 0
      if (Math.abs(seconds - used.seconds) * 1000 >= MOST_MS)
        throw new Error(`${name}: used ${seconds} s on ${day}, where the reference has ${used.seconds}`)
    }
    judgeSteps(name, told)
  }
  same(
    'sessions that nobody had',
    rest.map(({ session }) => nameOf(session)),
    [],
  )
}

const usedBy = (session: { seconds: number; fromVisitorOctets: bigint; toVisitorOctets: bigint }): Used => ({
  seconds: session.seconds,
  from: session.fromVisitorOctets,
  to: session.toVisitorOctets,
})

const plus = (one: Used, other: Used): Used => ({
  seconds: one.seconds + other.seconds,
  from: one.from + other.from,
  to: one.to + other.to,
})

const anyUsed = (days: ReadonlyMap<string, Used>): [string, Used][] =>
  [...days].filter(([, { seconds, from, to }]) => seconds !== 0 || from !== 0n || to !== 0n).toSorted()

function same(what: string, actual: unknown, expected: unknown): void {
  const [one, other] = [textOf(actual), textOf(expected)]
  if (one !== other) throw new Error(`${what}: ${one}, where the reference has ${other}`)
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each))
