import { addDays, monthOf } from '../../core/domain/day.ts'
import type { Mac } from '../../core/domain/mac.ts'
import type { Transaction } from '../../core/records/database.ts'
import { readDeviceMonths, saveDeviceMonths } from '../../core/records/device-days.ts'
import type { Pseudonyms } from '../privacy/pseudonyms.ts'

/** A device that came before within this many days returns. */
const DAYS_BACK = 30

/** A device on a city day. */
export interface MacDay {
  readonly mac: Mac
  readonly day: string
}

/** The months that hold the thirty days before a day, and the day: three around 1 March. */
export const monthsBefore = (day: string): string[] =>
  monthsFrom(monthOf(addDays(day, -DAYS_BACK)), monthOf(day))

function monthsFrom(first: string, last: string): string[] {
  const months = [first]
  while (months.at(-1)! < last) months.push(monthOf(addDays(months.at(-1)!, 31)))
  return months
}

interface Month {
  readonly month: string
  readonly device: bigint
  days: number
}

/** On which days of the last months some devices got online, as far as the keys of those months live. */
export class SeenDays {
  readonly #months: ReadonlyMap<Mac, ReadonlyMap<string, Month>>

  private constructor(months: ReadonlyMap<Mac, ReadonlyMap<string, Month>>) {
    this.#months = months
  }

  /** What is known of devices around these days, no later than the month that holds `today`. */
  static async read(
    transaction: Transaction,
    asked: readonly MacDay[],
    { pseudonyms, today }: { pseudonyms: Pseudonyms; today: string },
  ): Promise<SeenDays> {
    const months = new Map<Mac, Map<string, Month>>()
    for (const { mac, day } of asked) {
      const of = months.get(mac) ?? new Map<string, Month>()
      months.set(mac, of)
      const later = monthOf(addDays(day, DAYS_BACK))
      const last = later < today ? later : monthOf(today)
      for (const month of monthsFrom(monthsBefore(day)[0]!, last < day ? monthOf(day) : last)) {
        if (of.has(month)) continue
        const device = await pseudonyms.of(transaction, { period: 'month', startsOn: month }, mac)
        if (device !== null) of.set(month, { month, device, days: 0 })
      }
    }
    const wanted = [...months.values()].flatMap((of) => [...of.values()])
    const byName = new Map(wanted.map((each) => [`${each.month} ${each.device}`, each]))
    for (const { month, device, days } of await readDeviceMonths(transaction, wanted))
      byName.get(`${month} ${device}`)!.days = days
    return new SeenDays(months)
  }

  /** Notes that devices were online on days that were asked for, while the keys of those days live: later it is too late. */
  async note(transaction: Transaction, online: readonly MacDay[], pseudonyms: Pseudonyms): Promise<void> {
    const changed = new Set<Month>()
    for (const { mac, day } of online) {
      const month = this.#months.get(mac)?.get(monthOf(day))
      const bit = bitOf(day)
      if (!month || (month.days & bit) !== 0) continue
      if ((await pseudonyms.of(transaction, { period: 'day', startsOn: day }, mac)) === null) continue
      month.days |= bit
      changed.add(month)
    }
    await saveDeviceMonths(transaction, [...changed])
  }

  /** True for a device that was asked for. */
  knows(mac: Mac): boolean {
    return this.#months.has(mac)
  }

  /** True when a device that is noted on a day was online on one of the thirty days before it as well. */
  before(mac: Mac, day: string): boolean {
    const first = addDays(day, -DAYS_BACK)
    const days = this.#days(mac)
    return days.includes(day) && days.some((each) => each >= first && each < day)
  }

  /** The days after a day, of the thirty that follow, on which a device was online. */
  laterThan(mac: Mac, day: string): string[] {
    const last = addDays(day, DAYS_BACK)
    return this.#days(mac).filter((each) => each > day && each <= last)
  }

  #days(mac: Mac): string[] {
    const found: string[] = []
    for (const { month, days } of this.#months.get(mac)?.values() ?? [])
      for (let bit = 0; bit < 31; bit++) if ((days & (1 << bit)) !== 0) found.push(addDays(month, bit))
    return found
  }
}

/** 1 for the first of a month, 2 for the second, 4 for the third … */
const bitOf = (day: string): number => 1 << (Number(day.slice(8)) - 1)
