import t from 'tap'
import type { Notice, NoticeDraft } from '../../../core/domain/notice.ts'
import {
  approveNotice,
  draftNotice,
  endNotice,
  listNotices,
  republishNotices,
  type NoticeBoard,
} from '../../../core/records/notices.ts'
import { testPostgres, testRecords } from '../../support/stores.ts'

const postgres = await testPostgres(t)
const records = await testRecords(t, postgres)
const NOON = Date.parse('2026-03-12T12:00:00+07:00')
const HOUR = 3_600_000

let published: readonly Notice[] = []
const board: NoticeBoard = { records, publish: async (notices) => void (published = notices) }
const ids = () => published.map(({ id }) => id).sort()

const draft = (more: Partial<NoticeDraft> = {}): NoticeDraft => ({
  kind: 'warning',
  places: { kind: 'sites', ids: ['lake'] },
  from: NOON,
  until: null,
  title: { vi: 'Mưa lớn', en: 'Heavy rain', ko: '폭우' },
  body: { vi: 'Tránh hầm chui.', en: 'Keep off underpasses.' },
  lifts: ['time'],
  ...more,
})
const by = (who: string, now = NOON) => ({ who, now })
const audited = async (id: string) =>
  (
    await records.query<{ who: string; what: string; detail: object }>(
      'SELECT who, what, detail FROM audit WHERE target = $1 ORDER BY id',
      [id],
    )
  ).rows

t.test(
  'a draft is published when it is approved, as it was written, and gone when it is ended',
  async (t) => {
    const { id } = await draftNotice(records, draft(), by('lan'))
    await republishNotices(board, NOON)
    t.same(ids(), [], 'nobody sees a draft')
    const approved = await approveNotice(board, id, by('lan', NOON + 1))
    t.match(approved, { kind: 'done', notice: { approvedBy: 'lan', approvedAt: NOON + 1 } })
    t.same(published, [{ ...draft(), id, approvedAt: NOON + 1 }])
    t.same(await approveNotice(board, id, by('minh')), { kind: 'refused', reason: 'approved' })
    t.match(await endNotice(board, id, by('minh', NOON + 2)), { kind: 'done', notice: { endedBy: 'minh' } })
    t.same(ids(), [])
    t.same(await endNotice(board, id, by('minh', NOON + 3)), { kind: 'refused', reason: 'over' })
    t.match(await audited(id), [
      { who: 'lan', what: 'notice.draft' },
      { who: 'lan', what: 'notice.approve', detail: { onOneWord: false } },
      { who: 'minh', what: 'notice.end' },
    ])
  },
)

t.test('an emergency of the whole city takes two people, or a word that the audit keeps', async (t) => {
  const all = { places: { kind: 'all' } } as const
  const one = await draftNotice(records, draft(all), by('lan'))
  t.same(await approveNotice(board, one.id, by('lan')), { kind: 'refused', reason: 'needs-two-people' })
  t.same(ids(), [])
  t.match(await approveNotice(board, one.id, by('minh')), { kind: 'done' })
  t.same(ids(), [one.id])
  const alone = await draftNotice(records, draft(all), by('command line'))
  t.match(await approveNotice(board, alone.id, { ...by('command line'), alone: true }), { kind: 'done' })
  t.match((await audited(alone.id)).at(-1), { what: 'notice.approve', detail: { onOneWord: true } })
  t.same(ids(), [one.id, alone.id].sort())
  await endNotice(board, one.id, by('lan'))
  await endNotice(board, alone.id, by('lan'))
})

t.test('what could not be published is not approved', async (t) => {
  const { id } = await draftNotice(records, draft(), by('lan'))
  const away: NoticeBoard = { records, publish: () => Promise.reject(new Error('Redis is away')) }
  await t.rejects(approveNotice(away, id, by('lan')), /Redis is away/)
  t.match(await listNotices(records, { now: NOON }), [{ id, approvedAt: null }])
  t.match(await approveNotice(board, id, by('lan')), { kind: 'done' })
  await endNotice(board, id, by('lan'))
})

t.test(
  'a notice that waits for its time is published with it, and one past its end is no more',
  async (t) => {
    const { id } = await draftNotice(records, draft({ from: NOON + HOUR, until: NOON + 2 * HOUR }), by('lan'))
    await approveNotice(board, id, by('lan'))
    t.same(ids(), [id], 'workers know it beforehand and look at their clocks')
    published = []
    await republishNotices(board, NOON + HOUR)
    t.same(ids(), [id])
    await republishNotices(board, NOON + 2 * HOUR)
    t.same(ids(), [])
    t.same(await listNotices(records, { now: NOON + 2 * HOUR }), [])
    t.equal((await listNotices(records, { now: NOON, all: true })).length, 5)
    t.same(await approveNotice(board, 'no-such-notice', by('lan')), { kind: 'refused', reason: 'no-notice' })
    const late = await draftNotice(records, draft({ until: NOON + HOUR }), by('lan'))
    t.same(await approveNotice(board, late.id, by('lan', NOON + HOUR)), { kind: 'refused', reason: 'over' })
  },
)
