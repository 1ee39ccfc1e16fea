import { z } from 'zod'
import { CAMPAIGN_CATEGORIES, PICTURES, type Campaign } from '../../core/domain/campaign.ts'
import { LANGUAGES } from '../../core/domain/language.ts'
import { CATEGORIES } from '../../core/domain/site.ts'
import { publishCity } from '../../core/city/gateway-changes.ts'
import {
  findItem,
  ITEM_STEPS,
  itemsPage,
  stepItem,
  type ItemStep,
  type WorkedItem,
} from '../../core/records/campaign-work.ts'
import { sitesOf } from '../access.ts'
import { previewItem, writeItem, type ItemWritten } from '../items.ts'
import { endpoint, pageOf, pageQuery, toPage, type Endpoint } from './endpoint.ts'
import { asked, idParams, notHis, time, utcOrNull, type ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

const text = z.partialRecord(
  z.enum(LANGUAGES),
  z
    .string()
    .max(1000)
    .regex(/^[^\p{Cc}]*$/u),
)
const item = z.strictObject({
  id: z.string().max(64),
  category: z.enum(CAMPAIGN_CATEGORIES),
  site: z.string().max(64),
  picture: z.enum(PICTURES),
  name: text,
  line: text,
  text,
  when: text.optional(),
  dates: z.strictObject({ from: z.string().max(10), to: z.string().max(10) }).optional(),
  audience: z
    .strictObject({
      sites: z.array(z.string().max(64)).max(500).optional(),
      categories: z.array(z.enum(CATEGORIES)).optional(),
      withinKilometres: z.number().optional(),
      languages: z.array(z.enum(LANGUAGES)).optional(),
    })
    .optional(),
  perDay: z.number().optional(),
  weight: z.number().optional(),
  holdOut: z.number().optional(),
})
const toldItem = item.partial()
const work = toldItem.extend({
  id: z.string(),
  state: z.enum(['draft', 'waiting', 'live', 'rejected', 'paused', 'over']),
  origin: z.enum(['file', 'staff']),
  proposed: toldItem.nullable().describe('What takes its place once somebody else has approved it'),
  version: z.number().int(),
  writtenBy: z.string().nullable(),
  writtenAt: time.nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: time.nullable(),
})
const plain = (record: Campaign) => structuredClone(record) as z.input<typeof toldItem>
const told = ({ id, record, proposed, writtenAt, decidedAt, ...rest }: WorkedItem) => ({
  ...plain(record),
  ...rest,
  id,
  proposed: proposed && plain(proposed),
  writtenAt: utcOrNull(writtenAt),
  decidedAt: utcOrNull(decidedAt),
})
const id = z.object({ id: z.string() })

const SUMMARY: Readonly<Record<ItemStep, string>> = {
  approve: 'Shows what is proposed to visitors; it needs somebody else than who wrote it',
  pause: 'Takes an item from the pages, to come back',
  resume: 'Shows a paused item again',
  end: 'Takes an item from the pages for good; its figures stay',
  discard: 'Throws away what is proposed, and with it an item that nobody has approved',
}
const WHY: Readonly<Record<Extract<ItemWritten, { kind: 'refused' }>['reason'], string>> = {
  forbidden: 'It is not of your sites.',
  'no-item': 'There is none with this id.',
  known: 'There is an item with this id.',
  changed: 'Another version has been saved meanwhile.',
  'of-file': 'It comes from the city file: change it there.',
  'not-now': 'It is not in the state for this.',
  'needs-two-people': 'It needs somebody else than who wrote it.',
}
const STATUS: Partial<Record<keyof typeof WHY, number>> = { forbidden: 403, 'no-item': 404 }

/** The catalogue for programs. */
export function campaigns(parts: ApiParts): Endpoint[] {
  const { records, store, keys, tables } = parts
  const desk = { records, publish: () => publishCity({ records, store, keys }) }
  const done = (written: ItemWritten): { id: string } => {
    if (written.kind === 'done') return { id: written.id }
    if (written.kind === 'refused')
      throw new Problem(STATUS[written.reason] ?? 409, written.reason, WHY[written.reason])
    const faults = written.faults.map(({ path, message }) => `${path}: ${message}`)
    throw new Problem(400, 'bad-item', `This is no item: ${faults.join('; ')}.`)
  }
  return [
    endpoint({
      method: 'GET',
      path: '/campaigns',
      summary: 'Items of the catalogue that point to your sites, drafts among them',
      scope: 'campaigns:read',
      query: pageQuery,
      answer: pageOf(work),
      handle: async ({ caller, query }) =>
        toPage(await itemsPage(records, asked(caller, query)), query.limit, (row) => row.id, told),
    }),
    endpoint({
      method: 'GET',
      path: '/campaigns/:id',
      summary: 'An item of the catalogue',
      scope: 'campaigns:read',
      params: idParams,
      answer: work,
      async handle({ caller, params }) {
        const found = await findItem(records, params.id, sitesOf(caller.person))
        if (!found) throw notHis(caller)
        return told(found)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/campaigns/:id/preview',
      summary: 'A splash that shows an item as it was last written: a whole document',
      scope: 'campaigns:read',
      params: idParams,
      query: z.strictObject({ lang: z.enum(LANGUAGES).default('vi') }),
      answer: z.object({ html: z.string() }),
      async handle({ caller, params, query: { lang }, now }) {
        const found = await findItem(records, params.id, sitesOf(caller.person))
        if (!found) throw notHis(caller)
        const item = found.proposed ?? found.record
        const drawn = previewItem(parts, item, { lang, now, urlFor: (code) => `?lang=${code}` })
        if (!drawn) throw new Problem(409, 'shown-nowhere', 'There is no site whose splash could show it.')
        return { html: drawn.html }
      },
    }),
    endpoint({
      method: 'POST',
      path: '/campaigns',
      summary: 'Drafts an item, which nobody sees before somebody else has approved it',
      scope: 'campaigns:write',
      status: 201,
      body: item,
      answer: id,
      handle: async ({ caller, body, now }) =>
        done(await writeItem({ records, tables }, caller.person, { written: body, basedOn: null, now })),
    }),
    endpoint({
      method: 'POST',
      path: '/campaigns/:id',
      summary:
        'Proposes another version of an item of staff; the one that visitors see stays until it is approved',
      scope: 'campaigns:write',
      params: idParams,
      body: item
        .omit({ id: true })
        .extend({ basedOn: z.number().int().min(0).describe('The `version` read') }),
      answer: id,
      async handle({ caller, params, body: { basedOn, ...body }, now }) {
        const written = { ...body, id: params.id }
        return done(await writeItem({ records, tables }, caller.person, { written, basedOn, now }))
      },
    }),
    ...ITEM_STEPS.map((step) =>
      endpoint({
        method: 'POST',
        path: `/campaigns/:id/${step}`,
        summary: SUMMARY[step],
        scope: 'campaigns:write',
        params: idParams,
        body: z.strictObject({ version: z.number().int().min(0) }),
        answer: id,
        async handle({ caller, params, body: { version }, now }) {
          const { person } = caller
          if (!(await findItem(records, params.id, sitesOf(person)))) throw notHis(caller)
          const by = { who: person.name, now }
          return done(await stepItem(desk, { id: params.id, step, version }, by))
        },
      }),
    ),
  ]
}
