import { randomBytes } from 'node:crypto'
import { idText } from '../domain/id.ts'
import { needsTwoPeople, noticeState, type Notice, type NoticeDraft } from '../domain/notice.ts'
import { audit } from './audit.ts'
import { oneCityAtATime } from './city.ts'
import { inTransaction, type Records, type Transaction } from './database.ts'

/** A notice with what became of it: who did each step, and when (epoch ms). */
export interface RecordedNotice extends NoticeDraft {
  readonly id: string
  readonly draftedBy: string
  readonly draftedAt: number
  readonly approvedBy: string | null
  readonly approvedAt: number | null
  readonly endedBy: string | null
  readonly endedAt: number | null
}

/** Where notices are recorded, and how the live store is told of all that are approved and not over. */
export interface NoticeBoard {
  readonly records: Records
  readonly publish: (notices: readonly Notice[]) => Promise<void>
}

/** Who takes a step, and when. */
export interface Step {
  readonly who: string
  /** Epoch ms. */
  readonly now: number
}

export type Changed =
  | { readonly kind: 'done'; readonly notice: RecordedNotice }
  /** There is none, it is approved already, it is over, or it needs somebody else than who drafted it. */
  | { readonly kind: 'refused'; readonly reason: 'no-notice' | 'approved' | 'over' | 'needs-two-people' }

/** Records a draft, which nobody sees; it must have no faults (`draftFaults`). */
export async function draftNotice(
  records: Records,
  draft: NoticeDraft,
  { who, now }: Step,
): Promise<RecordedNotice> {
  const id = idText(randomBytes(9).toString('base64url'))
  await inTransaction(records, async (transaction) => {
    await transaction.query(
      'INSERT INTO notices (id, notice, drafted_by, drafted_at) VALUES ($1, $2, $3, $4)',
      [id, JSON.stringify(draft), who, new Date(now)],
    )
    await audit(transaction, who, 'notice.draft', id, { kind: draft.kind, places: draft.places })
  })
  const untouched = { approvedBy: null, approvedAt: null, endedBy: null, endedAt: null }
  return { ...draft, id, draftedBy: who, draftedAt: now, ...untouched }
}

/**
 * Approves a draft: every portal shows it within a second, or from its time on. An emergency of the whole city needs
 * another person than who drafted it, unless `alone`, which the audit tells.
 */
export function approveNotice(
  board: NoticeBoard,
  id: string,
  { who, now, alone = false }: Step & { readonly alone?: boolean },
): Promise<Changed> {
  return change(board, id, now, async (transaction, notice) => {
    if (notice.approvedAt !== null) return 'approved'
    const onOneWord = needsTwoPeople(notice) && notice.draftedBy === who
    if (onOneWord && !alone) return 'needs-two-people'
    await transaction.query('UPDATE notices SET approved_by = $2, approved_at = $3 WHERE id = $1', [
      id,
      who,
      new Date(now),
    ])
    await audit(transaction, who, 'notice.approve', id, { onOneWord })
    return null
  })
}

/** Ends a notice, or throws a draft away: no portal shows it a second later. */
export function endNotice(board: NoticeBoard, id: string, { who, now }: Step): Promise<Changed> {
  return change(board, id, now, async (transaction) => {
    await transaction.query('UPDATE notices SET ended_by = $2, ended_at = $3 WHERE id = $1', [
      id,
      who,
      new Date(now),
    ])
    await audit(transaction, who, 'notice.end', id)
    return null
  })
}

/** Notices, the latest first; those that are over only with `all`. */
export async function listNotices(
  records: Records | Transaction,
  { now, all = false }: { readonly now: number; readonly all?: boolean },
): Promise<RecordedNotice[]> {
  const { rows } = await records.query<NoticeRow>('SELECT * FROM notices ORDER BY drafted_at DESC, id')
  return rows.map(ofRow).filter((notice) => all || noticeState(notice, now) !== 'over')
}

/** Tells the live store anew, as after its loss. */
export const republishNotices = ({ records, publish }: NoticeBoard, now: number): Promise<void> =>
  oneCityAtATime(records, async (transaction) => publish(await inForce(transaction, now)))

interface NoticeRow {
  id: string
  notice: NoticeDraft
  drafted_by: string
  drafted_at: Date
  approved_by: string | null
  approved_at: Date | null
  ended_by: string | null
  ended_at: Date | null
}

const ofRow = (row: NoticeRow): RecordedNotice => ({
  ...row.notice,
  id: row.id,
  draftedBy: row.drafted_by,
  draftedAt: row.drafted_at.getTime(),
  approvedBy: row.approved_by,
  approvedAt: row.approved_at?.getTime() ?? null,
  endedBy: row.ended_by,
  endedAt: row.ended_at?.getTime() ?? null,
})

/** One change at a time, recorded only if it could be published. */
function change(
  { records, publish }: NoticeBoard,
  id: string,
  now: number,
  step: (
    transaction: Transaction,
    notice: RecordedNotice,
  ) => Promise<Extract<Changed, { kind: 'refused' }>['reason'] | null>,
): Promise<Changed> {
  return oneCityAtATime(records, async (transaction): Promise<Changed> => {
    const before = await find(transaction, id)
    if (!before) return { kind: 'refused', reason: 'no-notice' }
    if (noticeState(before, now) === 'over') return { kind: 'refused', reason: 'over' }
    const reason = await step(transaction, before)
    if (reason) return { kind: 'refused', reason }
    await publish(await inForce(transaction, now))
    return { kind: 'done', notice: (await find(transaction, id)) ?? before }
  })
}

async function find(transaction: Transaction, id: string): Promise<RecordedNotice | null> {
  const { rows } = await transaction.query<NoticeRow>('SELECT * FROM notices WHERE id = $1', [id])
  return rows[0] ? ofRow(rows[0]) : null
}

/** What is approved and not over, those that wait for their time among them. */
async function inForce(transaction: Transaction, now: number): Promise<Notice[]> {
  const notices = await listNotices(transaction, { now })
  return notices.flatMap(({ id, approvedAt, kind, places, from, until, title, body, lifts }) =>
    approvedAt === null ? [] : [{ id, approvedAt, kind, places, from, until, title, body, lifts }],
  )
}
