import { cityDay } from '../../core/domain/day.ts'
import type { Mac } from '../../core/domain/mac.ts'
import { countCampaigns, type DayDevice } from '../../core/records/campaign-counts.ts'
import type { Transaction } from '../../core/records/database.ts'
import type { Tally } from '../collector/tally.ts'
import { pseudonym, type PseudonymKeys } from './pseudonyms.ts'

/** Counts what devices did with items, each by its pseudonym of that day. */
export class CampaignCounter {
  readonly #keys: PseudonymKeys

  constructor(keys: PseudonymKeys) {
    this.#keys = keys
  }

  /** Events of a day whose key is destroyed count nothing: nobody could tell one device from another. */
  async count(
    transaction: Transaction,
    { met, opened, online }: Pick<Tally, 'met' | 'opened' | 'online'>,
  ): Promise<void> {
    const named = <E, T>(all: readonly E[], of: (each: E) => { mac: Mac; at: number }, rows: Rows<E, T>) =>
      this.#named(transaction, { all, of, rows })
    await countCampaigns(transaction, {
      met: await named(
        met,
        (event) => event,
        ({ at, site, lang, served, held }, device) => [
          ...served.map((campaign) => ({ ...device, campaign, held: false, at, site, lang })),
          ...held.map((campaign) => ({ ...device, campaign, held: true, at, site, lang })),
        ],
      ),
      opened: await named(
        opened,
        (event) => event,
        ({ item, site, lang }, device) => [{ ...device, campaign: item, site, lang }],
      ),
      arrived: await named(
        online,
        ({ mac, startedAt }) => ({ mac, at: startedAt }),
        ({ site, startedAt }, device) => [{ ...device, site, at: startedAt }],
      ),
    })
  }

  async #named<E, T>(
    transaction: Transaction,
    given: { all: readonly E[]; of: (each: E) => { mac: Mac; at: number }; rows: Rows<E, T> },
  ): Promise<T[]> {
    const rows: T[] = []
    for (const each of given.all) {
      const { mac, at } = given.of(each)
      const day = cityDay(at)
      const key = await this.#keys.of(transaction, { period: 'day', startsOn: day })
      if (key !== null) rows.push(...given.rows(each, { day, device: pseudonym(key, mac) }))
    }
    return rows
  }
}

type Rows<E, T> = (each: E, device: DayDevice) => readonly T[]
