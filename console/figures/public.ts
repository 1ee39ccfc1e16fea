import type { PublicReach } from '../../core/domain/public-reach.ts'
import type { Records } from '../../core/records/database.ts'
import { readPublicReach } from '../../core/records/public-reach.ts'
import type { Tables } from '../../core/store/tables.ts'
import type { Figures } from './figures.ts'

/** What everybody may know is worked out at most so often, however many ask. */
const KEPT_MS = 10 * 60_000

/** The reach that everybody may know, of the sites in service; days that are not all counted yet are not in it. */
export function createPublicReach(parts: {
  readonly records: Records
  readonly figures: Figures
  readonly tables: () => Tables
  readonly now: () => number
}): () => Promise<readonly PublicReach[]> {
  let kept: { at: number; reach: Promise<readonly PublicReach[]> } | null = null
  const read = async (now: number): Promise<readonly PublicReach[]> => {
    const waiting = await parts.figures.waitingSince()
    const sites = [...parts.tables().sites.values()].filter(({ state }) => state === 'live')
    return readPublicReach(parts.records, {
      at: Math.min(now, waiting ?? now),
      categoryOf: new Map(sites.map(({ id, category }) => [id, category])),
    })
  }
  return () => {
    const now = parts.now()
    if (kept !== null && now - kept.at < KEPT_MS && now >= kept.at) return kept.reach
    const reach = read(now)
    const mine = { at: now, reach }
    kept = mine
    // What failed is tried again by who asks next.
    reach.catch(() => {
      if (kept === mine) kept = null
    })
    return reach
  }
}
