import type { Keys } from '../core/process/keys.ts'
import { audit } from '../core/records/audit.ts'
import type { Records } from '../core/records/database.ts'
import { revokeBatch } from '../core/records/voucher-batches.ts'
import {
  createVouchers,
  revokeVoucher,
  type IssuedVoucher,
  type VoucherPlan,
} from '../core/records/vouchers.ts'
import type { Store } from '../core/store/redis.ts'
import type { Tables } from '../core/store/tables.ts'
import { VoucherStore } from '../core/store/vouchers.ts'
import { endSessionsOfCode } from './api/end-sessions.ts'

/** Codes that may be made at once. */
export const CODES_MOST = 1000

/** What handing out and taking back codes works with, the same for pages and programs. */
export interface CodeDesk {
  readonly records: Records
  readonly store: Store
  readonly keys: Keys
  readonly tables: () => Tables
}

/** Makes a batch of codes that open the net at once; `who` is named in the audit. */
export async function makeCodes(
  { records, store, keys }: CodeDesk,
  plan: VoucherPlan,
  who: string,
): Promise<{ batch: string; codes: IssuedVoucher[] }> {
  const codes = await createVouchers(records, keys, { ...plan, madeBy: who })
  const live = new VoucherStore(store, keys.voucher)
  await Promise.all(codes.map(({ code, ...each }) => live.publish(code, each)))
  const { batch } = codes[0]!
  await audit(records, who, 'voucher.create', plan.site, { count: plan.count, batch })
  return { batch, codes }
}

/** Takes a code back and asks gateways to end its sessions: how many those are, null for a code that is not in force. */
export async function takeCodeBack(
  desk: CodeDesk,
  id: string,
  { who, now }: { readonly who: string; readonly now: number },
): Promise<number | null> {
  const code = await revokeVoucher(desk.records, desk.keys, id)
  if (code === null) return null
  await new VoucherStore(desk.store, desk.keys.voucher).revoke(code)
  const sessions = await endSessionsOfCode(desk.store, desk.tables(), id, now)
  await audit(desk.records, who, 'voucher.revoke', id, { sessions })
  return sessions
}

/** The same for all codes of a batch at his sites (null: all); how many codes and sessions. */
export async function takeBatchBack(
  desk: CodeDesk,
  batch: string,
  {
    who,
    now,
    sites,
  }: { readonly who: string; readonly now: number; readonly sites: readonly string[] | null },
): Promise<{ codes: number; sessions: number }> {
  const { records, store, keys } = desk
  const codes = await revokeBatch(records, keys, batch, sites)
  const live = new VoucherStore(store, keys.voucher)
  await Promise.all(codes.map(({ code }) => live.revoke(code)))
  let sessions = 0
  for (const { id } of codes) sessions += await endSessionsOfCode(store, desk.tables(), id, now)
  if (codes.length > 0)
    await audit(records, who, 'voucher.revoke-batch', batch, { codes: codes.length, sessions })
  return { codes: codes.length, sessions }
}
