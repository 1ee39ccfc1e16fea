import { z } from 'zod'
import { LANGUAGES } from '../../core/domain/language.ts'
import { LIFTS } from '../../core/domain/limits.ts'
import { draftFaults, NOTICE_KINDS, type NoticeDraft } from '../../core/domain/notice.ts'
import { CATEGORIES } from '../../core/domain/site.ts'
import { audit } from '../../core/records/audit.ts'
import { ownsNotice } from '../../core/records/lists.ts'
import {
  approveNotice,
  draftNotice,
  endNotice,
  type Changed,
  type NoticeBoard,
} from '../../core/records/notices.ts'
import {
  createToken,
  listTokens,
  revokeToken,
  SCOPES,
  TOKEN_DAYS_MOST,
  type Token,
} from '../../core/records/tokens.ts'
import { publishNotices } from '../../core/store/tables.ts'
import { mayTell, RIGHTS, sitesOf } from '../access.ts'
import { endpoint, pageOf, pageQuery, toPage, type Endpoint } from './endpoint.ts'
import { idParams, notHis, time, utc, type ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

const DAY_MS = 86_400_000
const TOKENS_MOST = 50
const positive = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const noticeText = z.partialRecord(
  z.enum(LANGUAGES),
  z
    .string()
    .max(1000)
    .transform((words) => words.trim().normalize('NFC')),
)
const id = z.object({ id: z.string() })
const token = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  createdAt: time,
  expiresAt: time,
})
const toldToken = (each: Token) => ({
  ...each,
  scopes: [...each.scopes],
  createdAt: utc(each.createdAt),
  expiresAt: utc(each.expiresAt),
})

/** What programs may change; every change is audited. */
export function changes({ records, store, tables }: ApiParts): Endpoint[] {
  const board: NoticeBoard = { records, publish: (notices) => publishNotices(store, notices) }
  return [
    endpoint({
      method: 'POST',
      path: '/notices',
      summary: 'Drafts a notice, which nobody sees before it is approved',
      scope: 'notices:write',
      status: 201,
      body: z.strictObject({
        kind: z.enum(NOTICE_KINDS),
        places: z.union([
          z.strictObject({ kind: z.literal('all') }),
          z.strictObject({ kind: z.literal('category'), category: z.enum(CATEGORIES) }),
          z.strictObject({ kind: z.literal('ward'), ward: z.string().max(100) }),
          z.strictObject({ kind: z.literal('sites'), ids: z.array(z.string().max(64)).min(1).max(500) }),
        ]),
        from: time.nullable().default(null).describe('Left out, now'),
        until: time.nullable().default(null).describe('Left out, until somebody ends it'),
        title: noticeText,
        body: noticeText,
        lifts: z.array(z.enum(LIFTS)).max(LIFTS.length).default([]),
      }),
      answer: id,
      async handle({ caller, body, now }) {
        const { person } = caller
        const { places } = body
        if (!mayTell(sitesOf(person), places))
          throw new Problem(403, 'forbidden', 'Name sites of yours, and no others.')
        const draft: NoticeDraft = {
          kind: body.kind,
          places,
          from: body.from === null ? now : Date.parse(body.from),
          until: body.until === null ? null : Date.parse(body.until),
          title: { vi: '', en: '', ...body.title },
          body: { vi: '', en: '', ...body.body },
          lifts: LIFTS.filter((lift) => body.lifts.includes(lift)),
        }
        const faults = draftFaults(draft, [...tables().sites.values()], now)
        if (faults.length > 0)
          throw new Problem(400, 'bad-notice', `This is no notice: ${faults.join('; ')}.`)
        return draftNotice(records, draft, { who: person.name, now })
      },
    }),
    ...(['approve', 'end'] as const).map((step) =>
      endpoint({
        method: 'POST',
        path: `/notices/:id/${step}`,
        summary:
          step === 'approve'
            ? 'Publishes a draft; an emergency of the whole city needs another person than who drafted it'
            : 'Ends a notice, or throws a draft away',
        scope: 'notices:write',
        params: idParams,
        answer: id,
        async handle({ caller, params, now }) {
          const { person } = caller
          if (!(await ownsNotice(records, params.id, sitesOf(person)))) throw notHis(caller)
          const by = { who: person.name, now }
          return noticeOf(
            await (step === 'approve'
              ? approveNotice(board, params.id, by)
              : endNotice(board, params.id, by)),
          )
        },
      }),
    ),
    endpoint({
      method: 'GET',
      path: '/tokens',
      summary: 'Your own tokens',
      scope: 'tokens:read',
      query: pageQuery,
      answer: pageOf(token),
      async handle({ caller, query, now }) {
        const after = query.cursor ?? null
        const rows = await listTokens(records, caller.person.id, { now, after, limit: query.limit + 1 })
        return toPage(rows, query.limit, (row) => row.id, toldToken)
      },
    }),
    endpoint({
      method: 'POST',
      path: '/tokens',
      summary:
        'Makes a token that can do no more, and lasts no longer, than the one shown; it is in this answer alone',
      scope: 'tokens:write',
      status: 201,
      body: z.strictObject({
        name: z
          .string()
          .trim()
          .min(1)
          .max(60)
          .regex(/^[^\p{Cc}]+$/u),
        scopes: z.array(z.enum(SCOPES)).min(1),
        days: positive.max(TOKEN_DAYS_MOST),
      }),
      answer: token.extend({ token: z.string() }),
      async handle({ caller: { person, token: shown }, body, now }) {
        const scopes = SCOPES.filter((scope) => body.scopes.includes(scope))
        const isMore = scopes.some(
          (each) => !shown?.scopes.includes(each) || !RIGHTS[each].includes(person.role),
        )
        if (isMore)
          throw new Problem(403, 'no-scope', 'The token lacks a scope that the new one should have.')
        if ((await listTokens(records, person.id, { now })).length >= TOKENS_MOST)
          throw new Problem(409, 'too-many-tokens', 'Revoke tokens that you no longer need.')
        const expiresAt = Math.min(now + body.days * DAY_MS, shown?.expiresAt ?? now)
        const made = await createToken(records, person.id, { name: body.name, scopes, expiresAt }, now)
        await audit(records, person.name, 'token.create', made.id, { scopes, expiresAt: utc(expiresAt) })
        return { ...toldToken(made), token: made.token }
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/tokens/:id',
      summary: 'Revokes a token of your own',
      scope: 'tokens:write',
      params: idParams,
      answer: id,
      async handle({ caller: { person }, params }) {
        if (!(await revokeToken(records, person.id, params.id)))
          throw new Problem(404, 'not-found', 'You have no token with this id.')
        await audit(records, person.name, 'token.revoke', params.id)
        return { id: params.id }
      },
    }),
  ]
}

function noticeOf(changed: Changed): { id: string } {
  if (changed.kind === 'done') return { id: changed.notice.id }
  throw new Problem(changed.reason === 'no-notice' ? 404 : 409, changed.reason, WHY[changed.reason])
}

const WHY: Readonly<Record<Extract<Changed, { kind: 'refused' }>['reason'], string>> = {
  'no-notice': 'There is no such notice.',
  approved: 'It is approved already.',
  over: 'It is over: make a new one.',
  'needs-two-people': 'It needs somebody else than who drafted it.',
}
