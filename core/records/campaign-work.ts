import type { Campaign } from '../domain/campaign.ts'
import { audit } from './audit.ts'
import type { CampaignRow } from './campaigns.ts'
import { inTransaction, type Records } from './database.ts'
import type { Asked } from './lists.ts'
import type { Step } from './notices.ts'

/** An item, what is proposed in its place (null: nothing), and who did what; times are epoch ms. */
export interface WorkedItem extends CampaignRow {
  readonly proposed: Campaign | null
  /** Of what was proposed last, 0 before the first. */
  readonly version: number
  readonly writtenBy: string | null
  readonly writtenAt: number | null
  readonly decidedBy: string | null
  readonly decidedAt: number | null
}

export const ITEM_STEPS = ['approve', 'pause', 'resume', 'end', 'discard'] as const
export type ItemStep = (typeof ITEM_STEPS)[number]

/** What came of a change; `changed`: another version was saved meanwhile. */
export type ItemChanged =
  | { readonly kind: 'done'; readonly id: string }
  | {
      readonly kind: 'refused'
      readonly reason: 'no-item' | 'known' | 'changed' | 'of-file' | 'not-now' | 'needs-two-people'
    }

const ITEM = `id, record, origin, state, proposed, version, written_by AS "writtenBy",
  (extract(epoch FROM written_at) * 1000)::float8 AS "writtenAt", decided_by AS "decidedBy",
  (extract(epoch FROM decided_at) * 1000)::float8 AS "decidedAt"`

/** Whether an item that points to one site or, as proposed, to another is of somebody's sites: both have to be. */
const HIS = `($1::text[] IS NULL OR (record->>'site' = ANY($1) AND coalesce(proposed->>'site', record->>'site') = ANY($1)))`

/** Items that point to one of his sites, by id. */
export async function itemsPage(records: Records, { sites, after, limit }: Asked): Promise<WorkedItem[]> {
  const { rows } = await records.query<WorkedItem>(
    `SELECT ${ITEM} FROM campaigns WHERE ${HIS} AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [sites, after, limit],
  )
  return rows
}

/** One item, if it is among his; null else. */
export async function findItem(
  records: Records,
  id: string,
  sites: Asked['sites'],
): Promise<WorkedItem | null> {
  const { rows } = await records.query<WorkedItem>(`SELECT ${ITEM} FROM campaigns WHERE ${HIS} AND id = $2`, [
    sites,
    id,
  ])
  return rows[0] ?? null
}

/** Keeps a new item as a draft that nobody sees. */
export async function draftItem(records: Records, item: Campaign, { who, now }: Step): Promise<ItemChanged> {
  const { rowCount } = await records.query(
    `INSERT INTO campaigns (id, record, proposed, origin, state, version, written_by, written_at)
     VALUES ($1, $2, $2, 'staff', 'draft', 1, $3, $4) ON CONFLICT (id) DO NOTHING`,
    [item.id, JSON.stringify(item), who, new Date(now)],
  )
  if (rowCount === 0) return { kind: 'refused', reason: 'known' }
  await audit(records, who, 'campaign.draft', item.id, { site: item.site })
  return { kind: 'done', id: item.id }
}

/** Proposes another text of an item of staff; what visitors see stays until it is approved. */
export async function proposeItem(
  records: Records,
  { item, basedOn }: { readonly item: Campaign; readonly basedOn: number },
  { who, now }: Step,
): Promise<ItemChanged> {
  return inTransaction(records, async (transaction) => {
    const { rows } = await transaction.query<WorkedItem>(
      `SELECT ${ITEM} FROM campaigns WHERE id = $1 FOR UPDATE`,
      [item.id],
    )
    const [found] = rows
    if (!found) return { kind: 'refused', reason: 'no-item' }
    if (found.origin === 'file') return { kind: 'refused', reason: 'of-file' }
    if (found.version !== basedOn) return { kind: 'refused', reason: 'changed' }
    await transaction.query(
      `UPDATE campaigns SET proposed = $2, version = version + 1, written_by = $3, written_at = $4,
         record = CASE WHEN state = 'draft' THEN $2 ELSE record END, changed_at = now() WHERE id = $1`,
      [item.id, JSON.stringify(item), who, new Date(now)],
    )
    await audit(transaction, who, 'campaign.propose', item.id, { version: basedOn + 1 })
    return { kind: 'done', id: item.id }
  })
}

/** From which states each step goes, and to which. */
const GOES: Readonly<
  Record<Exclude<ItemStep, 'discard'>, { from: readonly CampaignRow['state'][]; to: CampaignRow['state'] }>
> = {
  approve: { from: ['draft', 'live', 'paused', 'over'], to: 'live' },
  pause: { from: ['live'], to: 'paused' },
  resume: { from: ['paused'], to: 'live' },
  end: { from: ['live', 'paused'], to: 'over' },
}

/** Whether a step can be taken with an item as it stands, by whoever may take it. */
export function mayStep(item: WorkedItem, step: ItemStep): boolean {
  if (step === 'discard') return item.proposed !== null
  return GOES[step].from.includes(item.state) && (step !== 'approve' || item.proposed !== null)
}

/**
 * Takes a step with an item, and tells the live store. A version is approved by somebody else than who wrote it; `version`
 * is the one that he has read. Discarding takes the proposal away, and with it an item that nobody has approved yet.
 */
export async function stepItem(
  { records, publish }: { readonly records: Records; readonly publish: () => Promise<void> },
  { id, step, version }: { readonly id: string; readonly step: ItemStep; readonly version: number },
  { who, now }: Step,
): Promise<ItemChanged> {
  const changed = await inTransaction(records, async (transaction): Promise<ItemChanged> => {
    const { rows } = await transaction.query<WorkedItem>(
      `SELECT ${ITEM} FROM campaigns WHERE id = $1 FOR UPDATE`,
      [id],
    )
    const [item] = rows
    if (!item) return { kind: 'refused', reason: 'no-item' }
    if (item.version !== version) return { kind: 'refused', reason: 'changed' }
    if (!mayStep(item, step)) return { kind: 'refused', reason: 'not-now' }
    if (step === 'approve' && item.writtenBy === who) return { kind: 'refused', reason: 'needs-two-people' }
    if (step === 'discard' && item.state === 'draft')
      await transaction.query('DELETE FROM campaigns WHERE id = $1', [id])
    else
      await transaction.query(
        `UPDATE campaigns SET state = $2, record = CASE WHEN $3 THEN proposed ELSE record END,
           proposed = CASE WHEN $4 THEN NULL ELSE proposed END, decided_by = $5, decided_at = $6, changed_at = now()
         WHERE id = $1`,
        [
          id,
          step === 'discard' ? item.state : GOES[step].to,
          step === 'approve',
          step === 'approve' || step === 'discard',
          who,
          new Date(now),
        ],
      )
    await audit(transaction, who, `campaign.${step}`, id, { version })
    return { kind: 'done', id }
  })
  if (changed.kind === 'done') await publish()
  return changed
}
