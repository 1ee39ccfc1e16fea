import t from 'tap'
import { bucketOf } from '../../../core/domain/histogram.ts'
import { DeviceTally } from '../../../analytics/devices/contributions.ts'
import {
  mark,
  newDeviceDay,
  noteFamily,
  packDeviceDay,
  putStay,
  unpackDeviceDay,
  visitAt,
  type DeviceDay,
  type Mark,
  type Stay,
} from '../../../analytics/devices/device-day.ts'
import { DAY } from '../support/visits.ts'

const LAKE = { category: 'tourist-site', operator: 'city' } as const
const MINUTE = 60
const HOUR = 3600

const stay = (start: number, until: number, more: Partial<Stay> = {}): Stay => ({
  id: `s${start}`,
  start,
  until,
  over: true,
  idle: 0,
  octets: 1000,
  language: 'vi',
  system: 'Android',
  ...more,
})

function deviceWith(stays: readonly Stay[], marks: readonly (readonly [Mark, number])[] = []): DeviceDay {
  const device = newDeviceDay(true)
  const visit = visitAt(device, 'lake', LAKE)
  for (const [what, at] of marks) mark(visit, what, at)
  for (const each of stays) putStay(visit, each)
  return device
}

/** What devices add up to at a scope, kind by kind. */
function counted(devices: readonly DeviceDay[], scope = 'site lake'): Record<string, Record<string, number>> {
  const tally = new DeviceTally()
  for (const device of devices) tally.add(DAY, device, 1)
  const found: Record<string, Record<string, number>> = {}
  for (const each of tally.growth())
    if (each.scope === scope) (found[each.kind] ??= {})[each.value] = each.count
  return found
}

const dwell = (stays: readonly Stay[]) => counted([deviceWith(stays)])['dwell']
const bucket = (seconds: number): string => String(bucketOf(seconds))

t.test('sessions with less than half an hour between them are one visit', async (t) => {
  t.same(dwell([stay(0, 600), stay(600 + 30 * MINUTE - 1, 4000)]), { [bucket(4000)]: 1 })
  t.same(dwell([stay(0, 600), stay(600 + 30 * MINUTE, 4000)]), { [bucket(600)]: 1, [bucket(1600)]: 1 })
  t.same(dwell([stay(0, 3600), stay(10, 20), stay(3700, 3800)]), { [bucket(3800)]: 1 }, 'one within another')
})

t.test('a visit is from the first start to the last stop, less the idle time it ended with', async (t) => {
  t.same(dwell([stay(0, 900, { idle: 300 })]), { [bucket(600)]: 1 })
  t.same(dwell([stay(0, 900, { idle: 300 }), stay(1000, 2000)]), { [bucket(2000)]: 1 }, 'only of the last')
  t.same(dwell([stay(0, 59)]), undefined, 'less than a minute is no visit')
  t.same(dwell([stay(0, 340, { idle: 300 })]), undefined)
  t.same(dwell([stay(0, 20 * HOUR)]), { [bucket(12 * HOUR)]: 1 }, 'twelve hours at the most')
})

t.test('a visit counts when it is over, or as long as a visit may be', async (t) => {
  t.same(dwell([stay(0, HOUR + 1, { over: false })]), undefined)
  t.same(dwell([stay(0, 100), stay(200, HOUR + 1, { over: false }), stay(2 * HOUR, 3 * HOUR)]), undefined)
  t.same(dwell([stay(0, 12 * HOUR + 1, { over: false })]), { [bucket(12 * HOUR)]: 1 })
})

t.test(
  'a device counts in each hour in which it was online, past midnight with the day it came',
  async (t) => {
    const hours = (stays: readonly Stay[]) =>
      Object.keys(counted([deviceWith(stays)])['hour'] ?? {}).map(Number)
    t.same(hours([stay(10 * HOUR, 12 * HOUR)]), [10, 11], 'what ends at twelve was not on at twelve')
    t.same(hours([stay(10 * HOUR, 10 * HOUR)]), [10])
    t.same(hours([stay(10 * HOUR + 60, 11 * HOUR + 1, { over: false })]), [10, 11])
    t.same(hours([stay(23 * HOUR + 1800, 25 * HOUR)]), [23, 24])
  },
)

t.test(
  'how far a device got is counted with every step before, and online means within a minute of the tap',
  async (t) => {
    const funnel = (marks: readonly (readonly [Mark, number])[], stays: readonly Stay[] = []) => {
      const { step, outcome } = counted([deviceWith(stays, marks)])
      return { step, outcome }
    }
    t.same(funnel([['arrival', 5]]), { step: { touch: 1 }, outcome: undefined }, 'nobody saw the splash')
    t.same(funnel([['splash', 5]]), { step: { touch: 1, splash: 1 }, outcome: { 'gave-up': 1 } })
    const reached = { touch: 1, splash: 1, tap: 1, online: 1 }
    t.same(funnel([['tap', 100]], [stay(160, 400)]), { step: reached, outcome: { online: 1 } })
    t.same(funnel([['tap', 100]], [stay(98, 400)]).outcome, { online: 1 }, 'two clocks')
    const tapped = { touch: 1, splash: 1, tap: 1 }
    t.same(funnel([['tap', 100]], [stay(161, 400)]), { step: tapped, outcome: { 'gave-up': 1 } })
    t.same(
      funnel([
        ['tap', 100],
        ['code', 100],
      ]).outcome,
      { code: 1 },
    )
    t.same(
      funnel([
        ['tap', 100],
        ['code', 100],
        ['quota', 300],
      ]).outcome,
      { quota: 1 },
    )
    t.same(
      funnel([
        ['tap', 100],
        ['closed', 300],
      ]).outcome,
      { closed: 1 },
    )
    t.same(
      funnel([
        ['tap', 100],
        ['granted', 101],
      ]).outcome,
      { nas: 1 },
      'its gateway never said that it is on',
    )
    t.same(
      funnel([
        ['tap', 100],
        ['granted', 101],
        ['radius', 103],
      ]).outcome,
      { radius: 1 },
    )
    t.same(funnel([], [stay(100, 400)]), { step: undefined, outcome: undefined }, 'let in without a page')
  },
)

t.test(
  'a device at two sites counts once in what holds both, and its way from one to the other',
  async (t) => {
    const device = newDeviceDay(false)
    device.returning = true
    putStay(visitAt(device, 'lake', LAKE), stay(3 * HOUR, 4 * HOUR, { language: 'ko' }))
    putStay(visitAt(device, 'temple', LAKE), stay(HOUR, 2 * HOUR))
    putStay(
      visitAt(device, 'silk', { category: 'craft-village', operator: 'city' }),
      stay(6 * HOUR, 7 * HOUR),
    )
    putStay(visitAt(device, 'lake', LAKE), stay(8 * HOUR, 9 * HOUR))
    t.same(counted([device])['language'], { ko: 1 })
    t.same(counted([device], 'tourist-site')['language'], { vi: 1 }, 'what it came with first')
    const city = counted([device], 'all')
    t.match(city, { language: { vi: 1 }, came: { returning: 1 }, address: { fixed: 1 } })
    t.same(city['flow'], { 'temple lake': 1, 'lake silk': 1, 'silk lake': 1 })
    t.same(counted([device], 'operator city')['came'], { returning: 1 })
    const unknown = newDeviceDay(true)
    putStay(visitAt(unknown, 'gone', undefined), stay(0, 100))
    t.same(counted([unknown], 'all')['came'], { new: 1 }, 'a site without a record is in the city')
  },
)

t.test('the same events in another order, or twice, are the same day', async (t) => {
  const puts = [
    (of: DeviceDay) => putStay(visitAt(of, 'lake', LAKE), stay(100, 200)),
    (of: DeviceDay) => putStay(visitAt(of, 'silk', LAKE), stay(100, 200, { id: 'a' })),
    (of: DeviceDay) => putStay(visitAt(of, 'lake', LAKE), stay(50, 70)),
    (of: DeviceDay) => mark(visitAt(of, 'lake', LAKE), 'tap', 40),
    (of: DeviceDay) => mark(visitAt(of, 'lake', LAKE), 'tap', 10),
    (of: DeviceDay) => noteFamily(visitAt(of, 'lake', LAKE), 'tablet', 10),
    (of: DeviceDay) => noteFamily(visitAt(of, 'lake', LAKE), 'mobile', 9),
  ]
  const packed = (order: readonly ((of: DeviceDay) => void)[]): string => {
    const device = newDeviceDay(true)
    for (const put of order) put(device)
    return packDeviceDay(device)
  }
  t.equal(packed(puts), packed(puts.toReversed()))
  t.equal(packed(puts), packed([...puts, ...puts]))
  t.equal(packDeviceDay(unpackDeviceDay(packed(puts))), packed(puts))
})

t.test('what comes and goes all day costs no more than so much', async (t) => {
  const device = newDeviceDay(true)
  const visit = visitAt(device, 'lake', LAKE)
  for (let n = 0; n < 5000; n++) {
    putStay(visit, stay(n * 10, n * 10 + 5))
    mark(visit, 'tap', n * 10)
  }
  t.ok(packDeviceDay(device).length < 8000, `${packDeviceDay(device).length} characters`)
})
