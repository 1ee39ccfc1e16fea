import { codeSubject } from '../domain/grants.ts'
import { codeDigest } from '../domain/voucher.ts'
import { keys } from './keys.ts'
import type { Store } from './redis.ts'
import { UsageStore } from './usage.ts'

/** What became of a code: nothing here tells who used it. Forgotten 90 days after its last session. */
export interface CodeUsage {
  readonly seconds: number
  readonly octets: number
  /** How many devices it was given to. */
  readonly devices: number
  /** When its last session began, epoch ms; null before the first. */
  readonly lastAt: number | null
}

/** What became of each of some codes, in their order; `key` is that of digests. */
export function codeUsage(
  store: Store,
  key: Buffer,
  codes: readonly { readonly id: string; readonly code: string }[],
): Promise<CodeUsage[]> {
  const usage = new UsageStore(store)
  return Promise.all(
    codes.map(async ({ id, code }) => {
      const subject = codeSubject({ id })
      const [used, devices, latest] = await Promise.all([
        usage.used(subject, null),
        store.scard(keys.voucherDevices(codeDigest(key, code))),
        store.call('ZRANGE', keys.sessionsOf(subject), 0, 0, 'REV', 'WITHSCORES'),
      ])
      // RESP 3 has pairs, RESP 2 members and scores by turns.
      const [, began] = (latest as (string | number | (string | number)[])[]).flat()
      return { ...used, devices, lastAt: began === undefined ? null : Number(began) }
    }),
  )
}

/** The ids of those codes on which a session ever ran. */
export async function usedCodes(store: Store, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await Promise.all(ids.map((id) => store.exists(keys.usage(codeSubject({ id }), 'all'))))
  return new Set(ids.filter((_, i) => found[i] === 1))
}
