import { randomBytes } from 'node:crypto'
import { idText } from '../domain/id.ts'
import { newCode, type Voucher } from '../domain/voucher.ts'
import type { Keys } from '../process/keys.ts'
import { inTransaction, type Records } from './database.ts'

const SEALED_FOR = 'voucher'

/** What a batch of codes is good for. */
export interface VoucherPlan extends Omit<Voucher, 'id'> {
  readonly count: number
  /** What the batch is for, in words of whoever makes it. */
  readonly label?: string | null | undefined
  readonly madeBy?: string | undefined
}

/** A voucher with its code in the clear, for the one who hands it out. */
export interface IssuedVoucher extends Voucher {
  readonly code: string
  readonly batch: string
}

/** The text of a code as it is recorded. */
export const unsealedCode = (sealing: Keys, sealed: string): string => sealing.unseal(sealed, SEALED_FOR)

const newId = (): string => idText(randomBytes(9).toString('base64url'))

/** Makes and records a batch of codes; they open nothing until the live store knows them too. */
export async function createVouchers(
  records: Records,
  sealing: Keys,
  plan: VoucherPlan,
): Promise<IssuedVoucher[]> {
  const batch = newId()
  const { count, label = null, madeBy, ...shared } = plan
  const vouchers = Array.from({ length: count }, () => ({ ...shared, id: newId(), batch, code: newCode() }))
  await inTransaction(records, async (transaction) => {
    if (madeBy !== undefined)
      await transaction.query('INSERT INTO voucher_batches (id, label, made_by) VALUES ($1, $2, $3)', [
        batch,
        label,
        madeBy,
      ])
    await transaction.query(
      `INSERT INTO vouchers (id, batch, site, code_sealed, seconds, octets, devices, expires_at,
         down_bits_per_second, up_bits_per_second)
       SELECT id, $2, $3, sealed, $4, $5, $6, $7, $9, $10 FROM unnest($1::text[], $8::text[]) AS t (id, sealed)`,
      [
        vouchers.map((v) => v.id),
        batch,
        plan.site,
        plan.seconds,
        plan.octets,
        plan.devices,
        plan.expiresAt === null ? null : new Date(plan.expiresAt),
        vouchers.map((v) => sealing.seal(v.code, SEALED_FOR)),
        plan.downBitsPerSecond ?? null,
        plan.upBitsPerSecond ?? null,
      ],
    )
  })
  return vouchers
}

interface VoucherRow {
  id: string
  batch: string
  site: string
  code_sealed: string
  seconds: string | null
  octets: string | null
  devices: number
  expires_at: Date | null
  down_bits_per_second: string | null
  up_bits_per_second: string | null
}

/** Codes that still may be used, of one site or of all. */
export async function listVouchers(
  records: Records,
  sealing: Keys,
  site: string | null,
): Promise<IssuedVoucher[]> {
  const { rows } = await records.query<VoucherRow>(
    `SELECT id, batch, site, code_sealed, seconds, octets, devices, expires_at,
       down_bits_per_second, up_bits_per_second FROM vouchers
     WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) AND ($1::text IS NULL OR site = $1)
     ORDER BY created_at, id`,
    [site],
  )
  return rows.map((row) => ({
    id: row.id,
    batch: row.batch,
    site: row.site,
    code: unsealedCode(sealing, row.code_sealed),
    seconds: row.seconds === null ? null : Number(row.seconds),
    octets: row.octets === null ? null : Number(row.octets),
    devices: row.devices,
    downBitsPerSecond: figure(row.down_bits_per_second),
    upBitsPerSecond: figure(row.up_bits_per_second),
    expiresAt: row.expires_at?.getTime() ?? null,
  }))
}

const figure = (value: string | null): number | undefined => (value === null ? undefined : Number(value))

/** Revokes a code by its id; its text when there was one in force, else null. */
export async function revokeVoucher(records: Records, sealing: Keys, id: string): Promise<string | null> {
  const { rows } = await records.query<{ code_sealed: string }>(
    'UPDATE vouchers SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING code_sealed',
    [id],
  )
  return rows[0] ? unsealedCode(sealing, rows[0].code_sealed) : null
}
