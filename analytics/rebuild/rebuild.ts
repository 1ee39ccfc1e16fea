import { addDays, cityDay, dayBegins } from '../../core/domain/day.ts'
import type { Keys } from '../../core/process/keys.ts'
import { inTransaction, type Records, type Transaction } from '../../core/records/database.ts'
import { growDeviceCounts } from '../../core/records/device-counts.ts'
import { deviceDaysOf } from '../../core/records/device-days.ts'
import { foldStale } from '../../core/records/peaks.ts'
import { periodEnd, periodOf, PERIODS, type PeriodStart } from '../../core/records/periods.ts'
import { lockPositions } from '../../core/records/positions.ts'
import { keysOfPeriods } from '../../core/records/pseudonym-keys.ts'
import { A_FOLD, foldSome } from '../../core/records/reach-totals.ts'
import type { ReachPart } from '../../core/records/reach-parts.ts'
import {
  firstCompleteDay,
  remake,
  remakeItems,
  remakePeaks,
  remakeReach,
  remakeSiteDays,
  type DayRange,
  type Remade,
} from '../../core/records/remake.ts'
import { sessionsBegun } from '../../core/records/session-log.ts'
import { DeviceTally } from '../devices/contributions.ts'
import { unpackDeviceDay } from '../devices/device-day.ts'
import { monthsBefore, SeenDays } from '../devices/seen-days.ts'
import { PseudonymKeys, Pseudonyms } from '../privacy/pseudonyms.ts'
import { ReachCounter } from '../privacy/reach-counter.ts'

/** What was made again, table by table. */
export interface Rebuilt extends DayRange {
  readonly tables: readonly Remade[]
}

/** A check changes nothing: this takes the transaction back. */
class CheckedOnly extends Error {}

/**
 * Makes the figures of city days again from the records, in one transaction that collecting waits for, and says what came out
 * differently; with `check` nothing is changed. Days of which not every event is kept are left out, and figures of devices
 * are made again only while the keys live that tell devices apart.
 */
export async function rebuildFigures(
  records: Records,
  { from, to, check, keys, now }: Partial<DayRange> & { check: boolean; keys: Keys; now: number },
): Promise<Rebuilt> {
  let rebuilt: Rebuilt | null = null
  const work = async (transaction: Transaction): Promise<void> => {
    await lockPositions(transaction)
    const [first, today] = [await firstCompleteDay(transaction, now), cityDay(now)]
    const range = { from: from && from > first ? from : first, to: to && to < today ? to : today }
    const tables = await rebuild(transaction, range, { keys, now })
    rebuilt = { ...range, tables: tables.filter(({ rows, different }) => rows + different > 0) }
    if (check) throw new CheckedOnly()
  }
  await inTransaction(records, work).catch((error: unknown) => {
    if (!(error instanceof CheckedOnly)) throw error
  })
  return rebuilt!
}

interface Means {
  readonly keys: Keys
  readonly now: number
}

async function rebuild(transaction: Transaction, range: DayRange, means: Means): Promise<Remade[]> {
  // What jobs have not yet done is no difference.
  await foldReach(transaction)
  await foldStale(transaction, means.now)
  if (range.from > range.to) return []
  const living = await keysOfPeriods(transaction, means.now)
  return [
    ...(await remakeSiteDays(transaction, range)),
    ...(await remakeItems(transaction, range)),
    ...(await remakePeaks(transaction, range, means.now)),
    ...(await rebuildCounts(transaction, daysOf(range), living)),
    ...(await rebuildReach(transaction, daysOf(range), { ...means, living })),
  ]
}

async function rebuildCounts(
  transaction: Transaction,
  days: readonly string[],
  living: ReadonlyMap<string, boolean>,
): Promise<Remade[]> {
  const remade: Remade[] = []
  for (const day of days.filter((each) => living.get(`day ${each}`))) {
    const rows = { table: 'device_counts', where: 'day = $1', values: [day] }
    const made = await remake(transaction, rows, async () => {
      const tally = new DeviceTally()
      for await (const some of deviceDaysOf(transaction, day))
        for (const facts of some) tally.add(day, unpackDeviceDay(facts), 1)
      await growDeviceCounts(transaction, tally.growth())
    })
    remade.push({ ...made, table: `${made.table} ${day}` })
  }
  return remade
}

async function rebuildReach(
  transaction: Transaction,
  days: readonly string[],
  { keys, now, living }: Means & { living: ReadonlyMap<string, boolean> },
): Promise<Remade[]> {
  const remade: Remade[] = []
  for (const of of periodsOf(days).filter(({ period, startsOn }) => living.get(`${period} ${startsOn}`))) {
    const parts = partsOf(of, living)
    const count = () => countAgain(transaction, of, { parts, keys, now })
    remade.push(...(await remakeReach(transaction, of, { parts, count, fold: () => foldReach(transaction) })))
  }
  return remade
}

/** Counts the devices of a period's sessions. */
async function countAgain(
  transaction: Transaction,
  of: PeriodStart,
  { parts, keys, now }: Means & { parts: readonly ReachPart[] },
): Promise<void> {
  const counter = new ReachCounter()
  const held = new PseudonymKeys(keys, () => now)
  const wanted = new Set<string>(['visitors', ...parts])
  const range = { from: dayBegins(of.startsOn), to: dayBegins(periodEnd(of)) }
  for await (const sessions of sessionsBegun(transaction, keys, range)) {
    const pseudonyms = new Pseudonyms(held)
    const online = sessions.map(({ site, mac, startedAt }) => ({ site, mac, day: cityDay(startedAt) }))
    const seen = await SeenDays.read(transaction, online, { pseudonyms, today: cityDay(now) })
    const reached = online.map((each) => ({ ...each, returning: seen.before(each.mac, each.day) }))
    await counter.count(
      transaction,
      reached,
      pseudonyms,
      ({ period, part }) => period === of.period && wanted.has(part),
    )
  }
}

/** The parts of a period that can be told: for who came before, no key of the months that tell it may be destroyed. */
function partsOf(of: PeriodStart, living: ReadonlyMap<string, boolean>): ReachPart[] {
  if (of.period === 'day') return []
  const months = [...monthsBefore(of.startsOn), ...monthsBefore(addDays(periodEnd(of), -1))]
  const isTold = months.every((month) => living.get(`month ${month}`) !== false)
  return isTold ? ['fixed', 'returning'] : ['fixed']
}

async function foldReach(transaction: Transaction): Promise<void> {
  while ((await foldSome(transaction)) === A_FOLD);
}

const daysOf = ({ from, to }: DayRange): string[] => {
  const days: string[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day)
  return days
}

const periodsOf = (days: readonly string[]): PeriodStart[] => [
  ...new Map(
    PERIODS.flatMap((period) => days.map((day) => periodOf(period, day))).map((each) => [
      `${each.period} ${each.startsOn}`,
      each,
    ]),
  ).values(),
]
