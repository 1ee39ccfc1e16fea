import t from 'tap'
import type { PlatformEvent } from '../../../core/domain/event.ts'
import { addDays, dayBegins } from '../../../core/domain/day.ts'
import type { Mac } from '../../../core/domain/mac.ts'
import { saveSite } from '../../../core/records/city.ts'
import type { Records } from '../../../core/records/database.ts'
import { visitorsOver } from '../../../core/records/period-visitors.ts'
import { readPositions } from '../../../core/records/positions.ts'
import { STREAMS } from '../../../analytics/collector/streams.ts'
import { testPostgres, testRecords } from '../../support/stores.ts'
import { collect } from '../support/collect.ts'
import { phone } from '../support/crowd.ts'
import { macOf, sessionEvent, sessionOf, siteOf } from '../support/visits.ts'

const postgres = await testPostgres(t)
const HOUR = 3_600_000

let sessions = 0
/** A device gets online at an hour of a day. */
function online(mac: Mac, day: string, hour: number, site = 'lake'): PlatformEvent {
  const startedAt = dayBegins(day) + hour * HOUR
  return sessionEvent('started', sessionOf({ id: `s${++sessions}`, mac, site, startedAt }), { at: startedAt })
}

async function city(t: Parameters<typeof testRecords>[0]): Promise<Records> {
  const records = await testRecords(t, postgres)
  await readPositions(records, STREAMS)
  for (const site of ['lake', 'temple']) await saveSite(records, siteOf(site))
  return records
}

/** How many devices of a day were new and how many came again, `site` null for the city. */
async function came(records: Records, day: string, site: string | null = null): Promise<string> {
  const { rows } = await records.query<{ value: string; count: string }>(
    "SELECT value, count FROM device_counts WHERE kind = 'came' AND scope = $1 AND day = $2 ORDER BY value",
    [site === null ? 'all' : `site ${site}`, day],
  )
  return rows.map(({ value, count }) => `${value} ${count}`).join(', ')
}

t.test('a device returns when it was anywhere in the city on one of the thirty days before', async (t) => {
  const records = await city(t)
  const first = '2026-05-20'
  const events = [
    online(macOf(1), first, 9),
    online(macOf(2), first, 10),
    online(macOf(1), first, 20, 'temple'),
    online(macOf(1), addDays(first, 30), 8, 'temple'),
    online(macOf(2), addDays(first, 31), 8),
    online(macOf(3), addDays(first, 31), 8),
  ]
  await collect(records, events, { until: dayBegins(addDays(first, 31)) + 20 * HOUR })
  t.equal(await came(records, first), 'new 2', 'twice on one day is no return')
  t.equal(await came(records, addDays(first, 30), 'temple'), 'returning 1')
  t.equal(await came(records, addDays(first, 31)), 'new 2', 'after thirty-one days it is forgotten')
})

t.test('on the first of March the thirty days go back to January', async (t) => {
  const records = await city(t)
  const events = [online(macOf(1), '2026-01-30', 9), online(macOf(2), '2026-01-29', 9)]
  for (const n of [1, 2]) events.push(online(macOf(n), '2026-03-01', 8))
  await collect(records, events, { until: dayBegins('2026-03-01') + 20 * HOUR })
  t.equal(await came(records, '2026-03-01'), 'new 1, returning 1')
})

t.test(
  'what is told a day late lands in its own day, and makes a return of what was counted as new',
  async (t) => {
    const records = await city(t)
    const [day, before] = ['2026-10-14', '2026-10-13']
    const events = [
      online(macOf(1), day, 8),
      online(macOf(1), day, 9, 'temple'),
      online(macOf(2), day, 9),
      online(macOf(1), before, 20, 'temple'),
    ]
    await collect(records, events.slice(0, 3), { until: dayBegins(day) + 10 * HOUR })
    t.equal(await came(records, day), 'new 2')
    await collect(records, events.slice(3), { until: dayBegins(day) + 11 * HOUR })
    t.equal(await came(records, before), 'new 1')
    t.equal(await came(records, day), 'new 1, returning 1')
    t.equal(await came(records, day, 'temple'), 'returning 1')
    const week = { period: 'week', from: day, to: day } as const
    for (const site of ['lake', 'temple'])
      t.match(await visitorsOver(records, { kind: 'site', site }, week), [{ returning: { count: 1 } }], site)
  },
)

t.test(
  'visitors of a scope are different devices, with who came again and whose address is made up',
  async (t) => {
    const records = await city(t)
    await saveSite(records, siteOf('silk', 'craft-village', { operator: 'guild' }))
    const events: PlatformEvent[] = []
    for (let n = 0; n < 30; n++) events.push(online(phone(n), '2026-10-12', 9, n < 20 ? 'lake' : 'silk'))
    for (let n = 10; n < 40; n++) events.push(online(phone(n), '2026-10-13', 9, 'silk'))
    await collect(records, events, { until: dayBegins('2026-10-13') + 20 * HOUR })
    const range = { from: '2026-10-12', to: '2026-10-13' }
    const exactly = (count: number) => ({ count, low: count, high: count, exact: true })
    t.same(await visitorsOver(records, { kind: 'city' }, { ...range, period: 'week' }), [
      {
        period: 'week',
        startsOn: '2026-10-12',
        visitors: exactly(40),
        returning: exactly(20),
        firstTime: exactly(20),
        randomised: { share: 26 / 40, low: 26 / 40, high: 26 / 40 },
      },
    ])
    t.match(
      await visitorsOver(records, { kind: 'operator', operator: 'guild' }, { ...range, period: 'day' }),
      [
        { startsOn: '2026-10-12', visitors: exactly(10), returning: exactly(0) },
        { startsOn: '2026-10-13', visitors: exactly(30), returning: exactly(20), firstTime: exactly(10) },
      ],
    )
    const category = { kind: 'category', category: 'craft-village' } as const
    t.match(await visitorsOver(records, category, { ...range, period: 'month' }), [
      { startsOn: '2026-10-01', visitors: exactly(30), returning: exactly(20) },
    ])
    t.match(await visitorsOver(records, { kind: 'site', site: 'lake' }, { ...range, period: 'day' }), [
      { startsOn: '2026-10-12', visitors: exactly(20) },
    ])
  },
)

t.test('past 2,000 devices a figure says between what the truth lies', async (t) => {
  const records = await city(t)
  const events = Array.from({ length: 2600 }, (_, n) => online(phone(n), '2026-10-12', 9))
  await collect(records, events, { until: dayBegins('2026-10-12') + 20 * HOUR })
  const range = { from: '2026-10-12', to: '2026-10-12', period: 'week' } as const
  const [week] = await visitorsOver(records, { kind: 'city' }, range)
  t.equal(week!.visitors.exact, false)
  const { count, low, high } = week!.visitors
  t.ok(low < count && count < high && Math.abs(high / count - 1.016) < 0.001, `${low} to ${high}`)
  t.ok(low * 0.98 < 2600 && 2600 < high * 1.02, `${low} to ${high}`)
  const { randomised } = week!
  t.ok(randomised!.low < 2 / 3 && randomised!.high > 2 / 3, 'two of three addresses are made up')
  const [day] = await visitorsOver(records, { kind: 'city' }, { ...range, period: 'day' })
  t.equal(day!.firstTime!.count, 2600, 'of a day they are counted one by one')
})
