import type { Campaign } from '../domain/campaign.ts'
import type { Records, Transaction } from './database.ts'

/** An item as it is recorded, whoever wrote it. */
export interface CampaignRow {
  readonly id: string
  readonly record: Campaign
  readonly origin: 'file' | 'staff'
  readonly state: 'draft' | 'waiting' | 'live' | 'rejected' | 'paused' | 'over'
}

/** Every item with its state. */
export async function listCampaigns(records: Records | Transaction): Promise<CampaignRow[]> {
  const { rows } = await records.query<CampaignRow>(
    'SELECT id, record, origin, state FROM campaigns ORDER BY id',
  )
  return rows
}

/** The items that the portal may show. */
export const liveCampaigns = async (records: Records): Promise<Campaign[]> =>
  (await listCampaigns(records)).filter(({ state }) => state === 'live').map(({ record }) => record)

/** Makes items of the city file live as it has them, and takes out those that left it. What they counted stays. */
export async function followFile(
  transaction: Transaction,
  { saved, removed }: { saved: readonly Campaign[]; removed: readonly string[] },
): Promise<void> {
  await transaction.query('DELETE FROM campaigns WHERE id = ANY($1)', [removed])
  for (const item of saved)
    await transaction.query(
      `INSERT INTO campaigns (id, record, origin) VALUES ($1, $2, 'file')
       ON CONFLICT (id) DO UPDATE SET record = excluded.record, origin = 'file', state = 'live', reason = NULL,
         changed_at = now()`,
      [item.id, JSON.stringify(item)],
    )
}
