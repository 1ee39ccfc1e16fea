import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readCityTime } from '../../core/domain/city-time.ts'
import { cityDay } from '../../core/domain/day.ts'
import { LANGUAGES, type LocalText } from '../../core/domain/language.ts'
import { LIFTS } from '../../core/domain/limits.ts'
import { draftFaults, NOTICE_KINDS, type NoticeDraft, type NoticePlaces } from '../../core/domain/notice.ts'
import { CATEGORIES } from '../../core/domain/site.ts'
import type { Records } from '../../core/records/database.ts'
import { latestNotices, ownsNotice } from '../../core/records/lists.ts'
import { approveNotice, draftNotice, endNotice, type NoticeBoard } from '../../core/records/notices.ts'
import type { Role } from '../../core/records/people.ts'
import type { Store } from '../../core/store/redis.ts'
import { publishNotices, type Tables } from '../../core/store/tables.ts'
import { maySee, mayTell, RIGHTS, scopeOf, sitesOf } from '../access.ts'
import type { Draw } from '../draw.ts'
import { personOf } from '../gate.ts'
import { noticeForm, noticesView, type TypedNotice } from '../pages/notices.ts'
import { drawMessage } from './messages.ts'
import { textOf } from './sign-in.ts'

/** More than anybody reads; the API has them all. */
const SHOWN_MOST = 60

export interface NoticeParts {
  readonly draw: Draw
  readonly records: Records
  readonly store: Store
  readonly tables: () => Tables
  readonly now: () => number
}

type Form = { Params: { id: string }; Body: Record<string, unknown> | undefined }

const TELLING: readonly Role[] = RIGHTS['notices:write']
const STAFF = { config: { who: 'staff' } } as const
const TELLERS = { config: { who: TELLING } }

/** Notices: drafted by one, approved by another where the whole city would read it, ended by whoever may. */
export function noticeRoutes(app: FastifyInstance, { draw, records, store, tables, now }: NoticeParts): void {
  const board: NoticeBoard = { records, publish: (notices) => publishNotices(store, notices) }

  async function drawNotices(
    reply: FastifyReply,
    said: { readonly text: string; readonly failed: boolean } | null,
    typed: TypedNotice | null = null,
  ): Promise<FastifyReply> {
    const wording = draw.wording(reply.request)
    const person = personOf(reply.request)
    const at = now()
    const mayWrite = TELLING.includes(person.role)
    const scope = scopeOf(person)
    const sites = [...tables().sites.values()].filter(({ id }) => maySee(scope, id))
    return draw.page(reply, 'notices', {
      title: wording.say('notices.title'),
      current: 'notices',
      alerts: said ? [{ tone: said.failed ? 'bad' : 'info', text: wording.say(said.text) }] : [],
      page: {
        ...noticesView(wording, await latestNotices(records, sitesOf(person), SHOWN_MOST), {
          now: at,
          who: person.name,
          sites: tables().sites,
          mayChange: (places) => mayWrite && mayTell(sitesOf(person), places),
        }),
        draft: mayWrite ? noticeForm(wording, { sites, wholeCity: scope.kind === 'city', typed }) : null,
      },
    })
  }

  app.get('/notices', STAFF, async (_, reply) => drawNotices(reply, null))

  app.post<Form>('/notices', TELLERS, async (request, reply) => {
    const typed = readForm(request)
    const draft = draftOf(typed, now())
    const isTold = draft && mayTell(sitesOf(personOf(request)), draft.places)
    if (draft && !isTold) return drawMessage(draw, reply, 'forbidden')
    if (!draft || draftFaults(draft, [...tables().sites.values()], now()).length > 0)
      return drawNotices(reply.code(400), { text: 'notices.bad', failed: true }, typed)
    await draftNotice(records, draft, { who: personOf(request).name, now: now() })
    return drawNotices(reply, { text: 'notices.drafted', failed: false })
  })

  app.post<Form>('/notices/:id', TELLERS, async (request, reply) => {
    const person = personOf(request)
    const id = textOf(request.params.id)
    const step = { approve: approveNotice, end: endNotice }[textOf(request.body?.['do'])]
    // One that is not his alone is none, so that he does not learn which there are.
    if (!(await ownsNotice(records, id, sitesOf(person)))) return drawMessage(draw, reply, 'not-found')
    if (!step) return drawNotices(reply.code(400), { text: 'notices.bad', failed: true })
    const changed = await step(board, id, { who: person.name, now: now() })
    if (changed.kind === 'refused')
      return drawNotices(reply.code(409), { text: `notices.refused.${changed.reason}`, failed: true })
    return drawNotices(reply, {
      text: step === endNotice ? 'notices.ended' : 'notices.approved',
      failed: false,
    })
  })
}

/** What a form was sent with, whether it makes sense or not, so that it can be shown again. */
function readForm(request: FastifyRequest): TypedNotice {
  const fields = (request.body ?? {}) as Readonly<Record<string, unknown>>
  const chosen = (name: string): readonly string[] => {
    const given = fields[name]
    return (Array.isArray(given) ? (given as unknown[]) : [given]).map(textOf)
  }
  const texts = (name: string): LocalText => {
    const written = LANGUAGES.map((lang) => [lang, longTextOf(fields[`${name}-${lang}`])] as const)
    return { vi: '', en: '', ...Object.fromEntries(written.filter(([, words]) => words !== '')) }
  }
  return {
    kind: textOf(fields['kind']),
    where: textOf(fields['where']),
    category: textOf(fields['category']),
    ward: textOf(fields['ward']),
    sites: chosen('sites'),
    from: textOf(fields['from']),
    until: textOf(fields['until']),
    lifts: chosen('lifts'),
    title: texts('title'),
    body: texts('body'),
  }
}

/** The draft that a form describes, or null when a field of it is none. */
function draftOf(typed: TypedNotice, now: number): NoticeDraft | null {
  const kind = NOTICE_KINDS.find((each) => each === typed.kind)
  const places = placesOf(typed)
  const at = (text: string): number | null => readCityTime(text, cityDay(now))
  const from = typed.from === '' ? now : at(typed.from)
  const until = typed.until === '' ? null : at(typed.until)
  if (!kind || !places || from === null || (typed.until !== '' && until === null)) return null
  const lifts = LIFTS.filter((lift) => typed.lifts.includes(lift))
  return { kind, places, from, until, title: typed.title, body: typed.body, lifts }
}

function placesOf({ where, category, ward, sites }: TypedNotice): NoticePlaces | null {
  if (where === 'all') return { kind: 'all' }
  if (where === 'ward') return { kind: 'ward', ward }
  if (where === 'sites') return { kind: 'sites', ids: sites.filter((id) => id !== '') }
  const known = CATEGORIES.find((each) => each === category)
  return where === 'category' && known ? { kind: 'category', category: known } : null
}

/** Longer than names are: the rules of notices say how long. */
const longTextOf = (value: unknown): string =>
  typeof value === 'string' && value.length <= 2000
    ? value
        .trim()
        .normalize('NFC')
        .replace(/\r\n?|\n/g, ' ')
    : ''
