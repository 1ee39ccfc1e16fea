import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { shownCounts } from '../../core/domain/campaign-result.ts'
import { LANGUAGES } from '../../core/domain/language.ts'
import { addDays, cityDay } from '../../core/domain/day.ts'
import { publishCity, type CityDesk } from '../../core/city/gateway-changes.ts'
import {
  findItem,
  ITEM_STEPS,
  itemsPage,
  stepItem,
  type WorkedItem,
} from '../../core/records/campaign-work.ts'
import { campaignParts } from '../../core/records/campaign-results.ts'
import type { Tables } from '../../core/store/tables.ts'
import { maySee, PROMOTING, RIGHTS, scopeOf, sitesOf } from '../access.ts'
import type { Draw } from '../draw.ts'
import { personOf } from '../gate.ts'
import { previewItem, shownAt, writeItem, type ItemWritten } from '../items.ts'
import type { DrawPreview } from '../own-pages.ts'
import { resultRows } from '../pages/item-results.ts'
import {
  itemForm,
  itemHref,
  itemView,
  ITEM_TEXTS,
  NEW_ITEM,
  promotionView,
  typedOf,
  type ItemTyped,
} from '../pages/promotion.ts'
import { drawMessage } from './messages.ts'
import { alertsOf, fieldsOf, wordsIn, type Outcome } from './own-site.ts'
import { textOf } from './sign-in.ts'

const READ = { config: { who: PROMOTING } } as const
/** Texts in eight languages, each character as up to nine octets. */
const WRITE = { config: { who: RIGHTS['campaigns:write'] }, bodyLimit: 98_304 } as const
const LISTED = 200
/** Days up to today whose results the page of an item tells. */
const RESULT_DAYS = 30

export interface PromotionParts extends CityDesk {
  readonly draw: Draw
  readonly tables: () => Tables
  readonly preview: DrawPreview
  readonly now: () => number
}

type Asked = { Params: { id: string }; Querystring: Record<string, unknown> }

/** The catalogue: what is told beside the splash, written by one and approved by another. */
export function promotionRoutes(app: FastifyInstance, parts: PromotionParts): void {
  const { draw, records, tables, now } = parts
  const desk = { records, publish: () => publishCity(parts) }
  const mayWrite = (request: FastifyRequest): boolean =>
    RIGHTS['campaigns:write'].includes(personOf(request).role)
  const formOf = (request: FastifyRequest, item: ItemTyped) => {
    const all = [...tables().sites.values()]
    const scope = scopeOf(personOf(request))
    return itemForm(draw.wording(request), { all, sites: all.filter(({ id }) => maySee(scope, id)), item })
  }

  async function drawList(
    request: FastifyRequest,
    reply: FastifyReply,
    outcome: Outcome | null,
    typed: ItemTyped | null = null,
  ): Promise<FastifyReply> {
    const wording = draw.wording(request)
    const items = await itemsPage(records, { sites: sitesOf(personOf(request)), after: null, limit: LISTED })
    return draw.page(reply, 'promotion', {
      title: wording.say('items.title'),
      current: 'promotion',
      alerts: alertsOf(wording.say, outcome),
      page: {
        ...promotionView(wording, items, { sites: tables().sites, now: now() }),
        form: mayWrite(request) ? formOf(request, typed ?? NEW_ITEM) : null,
        isTyped: typed !== null,
        action: '/promotion',
        basedOn: null,
      },
    })
  }

  async function drawItem(
    request: FastifyRequest,
    reply: FastifyReply,
    item: WorkedItem,
    outcome: Outcome | null,
    typed: ItemTyped | null = null,
  ): Promise<FastifyReply> {
    const wording = draw.wording(request)
    const { sites } = tables()
    const writes = mayWrite(request)
    const view = itemView(wording, item, {
      sites,
      who: personOf(request).name,
      mayWrite: writes,
      now: now(),
    })
    const to = cityDay(now())
    const asked = { from: addDays(to, 1 - RESULT_DAYS), to, sites: sitesOf(personOf(request)) }
    const results = await campaignParts(records, item.id, asked)
    return draw.page(reply, 'item', {
      title: `${view.name} – ${wording.say('items.title')}`,
      current: 'promotion',
      alerts: alertsOf(wording.say, outcome),
      page: {
        ...view,
        preview: shownAt(item.proposed ?? item.record, sites, now()) ? `${view.href}/preview?in=vi` : null,
        form:
          writes && item.origin === 'staff'
            ? formOf(request, typed ?? typedOf(item.proposed ?? item.record))
            : null,
        // The first is of all pages.
        results: resultRows(wording, shownCounts(results)[0]),
        isTyped: typed !== null,
        action: view.href,
        basedOn: item.version,
      },
    })
  }

  const hisItem = (request: FastifyRequest): Promise<WorkedItem | null> =>
    findItem(records, textOf((request.params as Asked['Params']).id), sitesOf(personOf(request)))

  app.get<Asked>('/promotion', READ, (request, reply) => drawList(request, reply, null))

  app.get<Asked>('/promotion/:id', READ, async (request, reply) => {
    const item = await hisItem(request)
    return item ? drawItem(request, reply, item, null) : drawMessage(draw, reply, 'not-found')
  })

  app.post<Asked>('/promotion', WRITE, async (request, reply) => {
    const typed = typedIn(request)
    const written = await writeItem(parts, personOf(request), {
      written: writtenAs(typed),
      basedOn: null,
      now: now(),
    })
    if (written.kind !== 'done') return refused(request, reply, written, typed)
    return drawList(request, reply, { said: 'items.drafted' })
  })

  /** Says why it was not kept, on the page of the form. */
  async function refused(
    request: FastifyRequest,
    reply: FastifyReply,
    written: Exclude<ItemWritten, { kind: 'done' }>,
    typed: ItemTyped,
    item: WorkedItem | null = null,
  ): Promise<FastifyReply> {
    if (written.kind === 'refused' && written.reason === 'forbidden')
      return drawMessage(draw, reply, 'forbidden')
    const outcome: Outcome =
      written.kind === 'refused'
        ? { said: `items.refused.${written.reason}`, failed: true }
        : {
            said: 'items.fault',
            params: { field: fieldName(request, written.faults[0]?.path ?? '') },
            failed: true,
          }
    reply.code(written.kind === 'refused' ? 409 : 400)
    return item ? drawItem(request, reply, item, outcome, typed) : drawList(request, reply, outcome, typed)
  }

  function fieldName(request: FastifyRequest, path: string): string {
    const { say, knows } = draw.wording(request)
    const [field = '', lang] = path.split('.')
    const key = `items.field.${field}`
    if (!knows(key)) return path
    return lang === undefined || !(ITEM_TEXTS as readonly string[]).includes(field)
      ? say(key)
      : `${say(key)} (${lang})`
  }

  app.post<Asked>('/promotion/:id', WRITE, async (request, reply) => {
    const person = personOf(request)
    const item = await hisItem(request)
    if (!item) return drawMessage(draw, reply, 'not-found')
    const fields = fieldsOf(request)
    const version = Number(fields['version'])
    const step = ITEM_STEPS.find((each) => each === fields['do'])
    if (!step) {
      const typed = { ...typedIn(request), id: item.id }
      const written = await writeItem(parts, person, {
        written: writtenAs(typed),
        basedOn: version,
        now: now(),
      })
      if (written.kind !== 'done') return refused(request, reply, written, typed, item)
    } else {
      const by = { who: person.name, now: now() }
      const stepped = await stepItem(desk, { id: item.id, step, version }, by)
      if (stepped.kind === 'refused') {
        const outcome = { said: `items.refused.${stepped.reason}`, failed: true }
        return drawItem(request, reply.code(409), item, outcome)
      }
    }
    const said = { said: step ? `items.done.${step}` : 'items.proposed' }
    const after = await hisItem(request)
    return after ? drawItem(request, reply, after, said) : drawList(request, reply, said)
  })

  app.get<Asked>('/promotion/:id/preview', READ, async (request, reply) => {
    const item = await hisItem(request)
    const record = item && (item.proposed ?? item.record)
    const lang = LANGUAGES.find((each) => each === request.query['in']) ?? 'vi'
    const drawn =
      record &&
      previewItem(parts, record, {
        lang,
        now: now(),
        urlFor: (code) => `${itemHref(record.id)}/preview?in=${code}`,
      })
    if (!drawn) return drawMessage(draw, reply, 'not-found')
    const { html, style } = drawn
    return (
      reply
        .type('text/html; charset=utf-8')
        .header('content-language', lang)
        // No script, no form, no way out of the frame; its own origin, so that its fonts load.
        .header(
          'content-security-policy',
          `default-src 'none'; style-src ${style}; font-src 'self'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-same-origin`,
        )
        .header('x-frame-options', 'SAMEORIGIN')
        .send(html)
    )
  })
}

function typedIn(request: FastifyRequest): ItemTyped {
  const fields = fieldsOf(request)
  // PostgreSQL takes no NUL, and no page wants another control character.
  const text = (name: string): string => wordsIn(fields[name]).replaceAll(/\p{Cc}/gu, '')
  const chosen = (name: string): string[] =>
    [fields[name]].flat().filter((each): each is string => typeof each === 'string' && each !== '')
  return {
    id: text('id'),
    category: text('category'),
    site: text('site'),
    picture: text('picture'),
    from: text('from'),
    to: text('to'),
    within: text('within'),
    perDay: text('perDay'),
    weight: text('weight'),
    holdOut: text('holdOut'),
    audience: {
      sites: chosen('audience-sites'),
      categories: chosen('audience-categories'),
      languages: chosen('audience-languages'),
    },
    texts: Object.fromEntries(
      ITEM_TEXTS.map((field) => [
        field,
        Object.fromEntries(
          LANGUAGES.map((lang) => [lang, text(`${field}-${lang}`)]).filter(([, words]) => words !== ''),
        ) as Record<string, string>,
      ]),
    ),
  }
}

/** The item that a form describes, as the city file would have it. */
function writtenAs(typed: ItemTyped): object {
  const { id, category, site, picture, from, to, within, texts, audience } = typed
  const number = (text: string): number => Number(text.replace(',', '.'))
  const { when = {}, ...others } = texts
  const lists = Object.entries(audience).filter(([, ids]) => ids.length > 0)
  return {
    id,
    category,
    site,
    picture,
    ...others,
    ...(Object.keys(when).length > 0 && { when }),
    ...((from !== '' || to !== '') && { dates: { from, to } }),
    audience: {
      ...Object.fromEntries(lists),
      ...(within !== '' && { withinKilometres: number(within) }),
    },
    perDay: number(typed.perDay),
    weight: number(typed.weight),
    holdOut: Number((number(typed.holdOut) / 100).toFixed(4)),
  }
}
