import t from 'tap'
import { addDays, dayBegins } from '../../../core/domain/day.ts'
import { saveSite } from '../../../core/records/city.ts'
import { inTransaction, type Records } from '../../../core/records/database.ts'
import { foldPeaks, forgetMinutes, growMinutes, minuteFrom } from '../../../core/records/peaks.ts'
import { testPostgres, testRecords } from '../../support/stores.ts'
import { DAY, siteOf } from '../../analytics/support/visits.ts'

const postgres = await testPostgres(t)
const MINUTE = 60_000
const MIDNIGHT = dayBegins(DAY)
const EVENING = MIDNIGHT + 20 * 60 * MINUTE

type Span = readonly [from: number, until: number | null]

/** Sessions of a site, in minutes from the day's midnight. */
async function open(records: Records, site: string, spans: readonly Span[]): Promise<void> {
  await inTransaction(records, async (transaction) => {
    for (const [from, until] of spans) {
      await growMinutes(transaction, [{ site, at: MIDNIGHT + from * MINUTE, change: 1 }])
      if (until !== null)
        await growMinutes(transaction, [{ site, at: MIDNIGHT + until * MINUTE, change: -1 }])
    }
  })
}

async function peaks(records: Records, day = DAY): Promise<Record<string, string>> {
  const { rows } = await records.query<{ scope: string; peak: string; peak_at: Date }>(
    'SELECT scope, peak, peak_at FROM day_peaks WHERE day = $1 ORDER BY scope',
    [day],
  )
  return Object.fromEntries(
    rows.map(({ scope, peak, peak_at }) => [scope, `${peak} at ${(peak_at.getTime() - MIDNIGHT) / MINUTE}`]),
  )
}

t.test('the peak is the most sessions open at a minute, of each scope by itself', async (t) => {
  const records = await testRecords(t, postgres)
  await saveSite(records, siteOf('lake'))
  await saveSite(records, siteOf('silk', 'craft-village'))
  await open(records, 'lake', [
    [10, 20],
    [12, 15],
    [15, 30],
    [20, 40],
    [50, 50],
  ])
  await open(records, 'silk', [
    [19, 21],
    [100, 120],
    [110, 120],
  ])
  await foldPeaks(records, EVENING)
  t.same(await peaks(records), {
    all: '3 at 19',
    'craft-village': '2 at 110',
    'operator op': '3 at 19',
    'site lake': '2 at 12',
    'site silk': '2 at 110',
    'tourist-site': '2 at 12',
  })
})

t.test('a session counts from its first whole minute to before its end', async (t) => {
  t.equal(minuteFrom(MIDNIGHT), MIDNIGHT)
  t.equal(minuteFrom(MIDNIGHT + 1), MIDNIGHT + MINUTE)
})

t.test(
  'what is open at midnight is open in the new day, also when the day before is told late',
  async (t) => {
    const records = await testRecords(t, postgres)
    await open(records, 'lake', [
      [-30, 10],
      [-20, null],
      [5, 6],
    ])
    await foldPeaks(records, EVENING)
    t.same(await peaks(records), { all: '3 at 5', 'site lake': '3 at 5' })
    t.same(await peaks(records, addDays(DAY, -1)), { all: '2 at -20', 'site lake': '2 at -20' })
    await open(records, 'lake', [[-100, null]])
    await foldPeaks(records, EVENING)
    t.match(await peaks(records), { 'site lake': '4 at 5' })
    t.match(await peaks(records, addDays(DAY, -1)), { 'site lake': '3 at -20' })
    t.same((await records.query('SELECT FROM stale_days')).rowCount, 0)
  },
)

t.test('a change that comes while peaks are found is found at the next turn', async (t) => {
  const records = await testRecords(t, postgres)
  await open(records, 'lake', [[1, 5]])
  await Promise.all([
    foldPeaks(records, EVENING),
    open(records, 'lake', [[2, 5]]),
    foldPeaks(records, EVENING),
  ])
  await foldPeaks(records, EVENING)
  t.match(await peaks(records), { 'site lake': '2 at 2' })
})

t.test('minutes go after thirty-five days, peaks stay', async (t) => {
  const records = await testRecords(t, postgres)
  await open(records, 'lake', [[1, 5]])
  await foldPeaks(records, EVENING)
  const later = EVENING + 36 * 86_400_000
  await forgetMinutes(records, later)
  t.same((await records.query('SELECT FROM site_minutes')).rowCount, 0)
  await open(records, 'lake', [[3, null]])
  await foldPeaks(records, later)
  t.match(await peaks(records), { 'site lake': '1 at 1' }, 'what is later still changes no peak')
})
