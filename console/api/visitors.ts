import { z } from 'zod'
import { cityDay } from '../../core/domain/day.ts'
import { annotate, ANNOTATION_MOST, annotationsOf, removeAnnotation } from '../../core/records/annotations.ts'
import { BESIDES, compareVisitors, countShown, MOST_WAYS, PERIODS } from '../visitors.ts'
import { maySee, scopeOf, sitesOf } from '../access.ts'
import { endpoint, type Endpoint } from './endpoint.ts'
import { idParams, notHis, type ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

const words = z
  .string()
  .trim()
  .min(1)
  .max(ANNOTATION_MOST)
  .regex(/^[^\p{Cc}]+$/u)
const note = z.object({
  id: z.string(),
  day: z.iso.date(),
  site: z.string().nullable(),
  vi: z.string(),
  en: z.string(),
  who: z.string(),
})
const shares = z.array(
  z.object({ value: z.string(), share: z.number().nullable(), beside: z.number().nullable() }),
)
const figure = z.number().int().nullable()

/** Visitors of days beside others, and what staff note on days, for programs. */
export function visitors({ records, tables }: ApiParts): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/visitors',
      summary: 'Visitors of the last full days beside other days; what is withheld for anonymity is null',
      scope: 'sites:read',
      query: z.strictObject({
        site: idParams.shape.id.optional().describe('Left out, the whole city, for who sees all of it'),
        days: z.coerce
          .number()
          .refine((count) => PERIODS.some((each) => each === count), '7 or 28')
          .default(7),
        beside: z.enum(BESIDES).default('before'),
      }),
      answer: z.object({
        from: z.iso.date(),
        to: z.iso.date(),
        days: z.array(
          z.object({
            day: z.iso.date(),
            visitors: figure,
            exact: z.boolean(),
            firstTime: figure,
            returning: figure,
            besideDay: z.iso.date(),
            beside: figure,
            notes: z.array(note),
          }),
        ),
        languages: shares,
        systems: shares,
        ways: z
          .array(z.object({ from: z.string(), to: z.string(), devices: z.number().int() }))
          .describe(
            `The ${MOST_WAYS} most used ways from site to site, of the whole city; days on which 20 devices took one`,
          ),
      }),
      async handle({ caller, query, now }) {
        const { site = null, days: length, beside } = query
        const scope = scopeOf(caller.person)
        if (site === null ? scope.kind !== 'city' : !maySee(scope, site)) throw notHis(caller)
        const sites = sitesOf(caller.person)
        const compared = await compareVisitors(records, { site, sites, length, beside }, now)
        const shown = (count: number): number | null => countShown(count, scope.kind === 'city')
        return {
          ...compared,
          days: compared.days.map((day) => ({
            ...day,
            visitors: shown(day.visitors),
            beside: shown(day.beside),
            notes: [...day.notes],
          })),
          languages: [...compared.languages],
          systems: [...compared.systems],
          ways: [...compared.ways],
        }
      },
    }),
    endpoint({
      method: 'GET',
      path: '/annotations',
      summary: 'What staff noted on days of the whole city and of your sites, 500 at most',
      scope: 'sites:read',
      query: z.strictObject({ from: z.iso.date().optional(), to: z.iso.date().optional() }),
      answer: z.object({ items: z.array(note) }),
      async handle({ caller, query, now }) {
        const { to = cityDay(now), from = `${to.slice(0, 7)}-01` } = query
        return { items: await annotationsOf(records, { from, to, sites: sitesOf(caller.person) }) }
      },
    }),
    endpoint({
      method: 'POST',
      path: '/annotations',
      summary: 'Notes something on a day, of a site of yours or (without one) of the whole city',
      scope: 'annotations:write',
      status: 201,
      body: z.strictObject({
        day: z.iso.date(),
        site: idParams.shape.id.nullable().default(null),
        vi: words,
        en: words,
      }),
      answer: z.object({ id: z.string() }),
      async handle({ caller: { person }, body }) {
        const { site } = body
        if (site === null ? sitesOf(person) !== null : !maySee(scopeOf(person), site))
          throw new Problem(403, 'forbidden', 'It is not of your sites.')
        if (site !== null && !tables().sites.has(site))
          throw new Problem(404, 'no-site', 'There is no such site.')
        return annotate(records, body, person.name)
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/annotations/:id',
      summary: 'Takes a note away',
      scope: 'annotations:write',
      params: idParams,
      answer: z.object({ id: z.string() }),
      async handle({ caller, params: { id } }) {
        const by = { who: caller.person.name, sites: sitesOf(caller.person) }
        if (!/^\d{1,18}$/.test(id) || !(await removeAnnotation(records, id, by))) throw notHis(caller)
        return { id }
      },
    }),
  ]
}
