import t from 'tap'
import type { PlatformEvent } from '../../../core/domain/event.ts'
import { addDays, cityDay, dayBegins } from '../../../core/domain/day.ts'
import type { Scope } from '../../../core/domain/scope.ts'
import type { Session } from '../../../core/domain/session.ts'
import { saveSite } from '../../../core/records/city.ts'
import { HISTOGRAM_ERROR } from '../../../core/domain/histogram.ts'
import { readPositions } from '../../../core/records/positions.ts'
import { flows, rangeFigures } from '../../../core/records/range-figures.ts'
import { STREAMS } from '../../../analytics/collector/streams.ts'
import { collect } from '../../analytics/support/collect.ts'
import { crowd, phone } from '../../analytics/support/crowd.ts'
import { DAY, sessionEvent, sessionOf, siteOf } from '../../analytics/support/visits.ts'
import { testPostgres, testRecords } from '../../support/stores.ts'

const postgres = await testPostgres(t)
const HOUR = 3_600_000
const SITES = ['lake', 'temple', 'silk']
const EVENING = dayBegins(DAY) + 23 * HOUR

const records = await testRecords(t, postgres)
await readPositions(records, STREAMS)
for (const [i, site] of SITES.entries())
  await saveSite(
    records,
    siteOf(site, i < 2 ? 'tourist-site' : 'craft-village', { limits: { idleSeconds: 300 } }),
  )
const events = crowd({
  seed: 11,
  visits: 500,
  devices: 120,
  sites: SITES,
  from: dayBegins(addDays(DAY, -1)),
  to: EVENING - 6 * HOUR,
})
await collect(records, events, { until: EVENING })

/** Each session once, as it ended. */
const sessions = [
  ...new Map(
    events.flatMap((event) => (event.kind === 'session' ? [[event.session.id, event.session] as const] : [])),
  ).values(),
]
const range = { from: addDays(DAY, -1), to: DAY }
const isIn = (scope: Scope, site: string): boolean =>
  scope.kind === 'city' ||
  (scope.kind === 'site' && scope.site === site) ||
  (scope.kind === 'category' && (scope.category === 'craft-village') === (site === 'silk')) ||
  scope.kind === 'operator'

const SCOPES: readonly Scope[] = [
  { kind: 'city' },
  { kind: 'category', category: 'tourist-site' },
  { kind: 'operator', operator: 'op' },
  { kind: 'site', site: 'silk' },
]

/** Visits worked out session by session. */
function dwells(of: readonly Session[]): number[] {
  const found: number[] = []
  const groups = new Map<string, Session[]>()
  for (const each of of) {
    const key = `${each.mac} ${each.site} ${cityDay(each.startedAt)}`
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  for (const group of groups.values()) {
    group.sort((a, b) => a.startedAt - b.startedAt)
    while (group.length > 0) {
      const visit = [group.shift()!]
      const isOpen = (): boolean => visit.some(({ endedAt }) => endedAt === null)
      const end = (): number =>
        Math.max(...visit.map((each) => each.endedAt ?? each.startedAt + each.seconds * 1000))
      while (group[0] && (isOpen() || group[0].startedAt - end() < 30 * 60_000)) visit.push(group.shift()!)
      const last = visit.findLast(({ endedAt }) => endedAt === end())
      const idle = last?.cause === 'Idle-Timeout' ? 300 : 0
      const seconds = (end() - visit[0]!.startedAt) / 1000 - idle
      if (seconds >= (isOpen() ? 12 * 3600 : 60)) found.push(Math.min(seconds, 12 * 3600))
    }
  }
  return found.sort((a, b) => a - b)
}

t.test('figures of every scope are those of its sessions, worked out one by one', async (t) => {
  for (const scope of SCOPES) {
    const own = sessions.filter(({ site }) => isIn(scope, site))
    const figures = await rangeFigures(records, scope, range)
    t.equal(figures.sessions, own.length)
    t.equal(
      figures.seconds,
      own.reduce((sum, { seconds }) => sum + seconds, 0),
    )
    t.equal(
      figures.toVisitorOctets,
      own.reduce((sum, each) => sum + each.toVisitorOctets, 0n),
    )
    const deviceDays = new Set(own.map(({ mac, startedAt }) => `${mac} ${cityDay(startedAt)}`)).size
    for (const kind of ['languages', 'systems', 'families', 'came'] as const)
      t.equal(
        figures[kind].reduce((sum, { count }) => sum + count, 0),
        deviceDays,
        kind,
      )
    const found = dwells(own)
    t.equal(figures.dwell.visits, found.length)
    for (const [q, value] of [
      [0.5, figures.dwell.median],
      [0.9, figures.dwell.p90],
    ] as const) {
      const exact = found[Math.ceil(q * found.length) - 1]!
      t.ok(Math.abs(value! / exact - 1) <= HISTOGRAM_ERROR + 1e-3, `${q}: ${value} for ${exact}`)
    }
    t.equal(figures.octetsOfVisits.visits, found.length)
    const minutes = Array.from({ length: 2 * 1440 }, (_, i) => dayBegins(range.from) + i * 60_000)
    const open = minutes.map(
      (at) =>
        own.filter((each) => each.startedAt <= at && (each.endedAt === null || at < each.endedAt)).length,
    )
    t.same(figures.peak, { sessions: Math.max(...open), at: minutes[open.indexOf(Math.max(...open))] })
  }
})

t.test('the funnel narrows step by step, and every device that saw the splash has one outcome', async (t) => {
  for (const scope of SCOPES) {
    const { steps, outcomes } = await rangeFigures(records, scope, range)
    const step = (name: string): number => steps.find(({ value }) => value === name)?.count ?? 0
    t.ok(step('touch') > step('splash') && step('splash') > step('tap') && step('tap') > step('online'))
    t.equal(
      outcomes.reduce((sum, { count }) => sum + count, 0),
      step('splash'),
    )
    t.equal(outcomes.find(({ value }) => value === 'online')?.count, step('online'))
  }
})

t.test('hours are those in which sessions were on, each device once an hour', async (t) => {
  const { hours, weekdays } = await rangeFigures(records, { kind: 'city' }, range)
  t.same(weekdays, [0, 1, 1, 0, 0, 0, 0], 'a Tuesday and a Wednesday')
  const seen = new Set<string>()
  for (const each of sessions) {
    const last = each.endedAt ?? each.startedAt + each.seconds * 1000 + 1
    for (
      let hour = Math.floor(each.startedAt / HOUR);
      hour * HOUR < Math.max(last, each.startedAt + 1);
      hour++
    )
      seen.add(`${each.mac} ${cityDay(each.startedAt)} ${hour}`)
  }
  const inRange = [...seen].filter((each) => Number(each.split(' ')[2]) * HOUR < dayBegins(addDays(DAY, 1)))
  t.equal(
    hours.flat().reduce((sum, count) => sum + count, 0),
    inRange.length,
  )
})

t.test('of several days a breakdown says how many different devices it is of at least', async (t) => {
  const { languages } = await rangeFigures(records, { kind: 'city' }, range)
  for (const { count, atLeast } of languages) t.ok(atLeast < count && atLeast >= count / 2)
})

t.test('a way from site to site is told once twenty devices took it on one day', async (t) => {
  const own = await testRecords(t, postgres)
  await readPositions(own, STREAMS)
  const go = (n: number, hour: number, site: string, day: string): PlatformEvent => {
    const startedAt = dayBegins(day) + hour * HOUR
    const session = sessionOf({ id: `${day}-${n}-${hour}`, mac: phone(n), site, startedAt })
    return sessionEvent('started', session, { at: startedAt })
  }
  const days = [addDays(DAY, -1), DAY]
  const trail = days.flatMap((day) =>
    [8, 9, 10].flatMap((hour, i) =>
      Array.from({ length: 20 }, (_, n) =>
        go(n, hour, ['lake', 'silk', n < 19 ? 'temple' : 'silk'][i]!, day),
      ),
    ),
  )
  await collect(own, trail, { until: EVENING })
  t.same(await flows(own, range), [{ from: 'lake', to: 'silk', devices: 40 }])
})
