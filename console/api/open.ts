import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { addDays, cityDay } from '../../core/domain/day.ts'
import { LEAST_SHOWN } from '../../core/domain/k-anonymity.ts'
import type { PublicReach } from '../../core/domain/public-reach.ts'
import { CATEGORIES, type Site } from '../../core/domain/site.ts'
import { PERIODS, periodEnd } from '../../core/records/periods.ts'
import type { Tables } from '../../core/store/tables.ts'
import { catalogue, LICENCE, METHOD, ROOT } from './open-catalogue.ts'
import { Problem } from './problem.ts'

/** What an address may ask of the open data in a minute. */
const READS_A_MINUTE = 60
const KEPT_SECONDS = 600
const DAYS = 92

export interface OpenParts {
  readonly tables: () => Tables
  /** The reach that everybody may know: nothing else about visitors comes in here. */
  readonly publicReach: () => Promise<readonly PublicReach[]>
  readonly now: () => number
}

/** A path of the open data, as it is served and described. */
export interface OpenFeed {
  /** Below `/api/v1`. */
  readonly path: string
  readonly summary: string
  readonly type: string
  readonly query: z.ZodType
  /** Of JSON; CSV has none. */
  readonly answer: z.ZodType | null
  /** @throws Problem for a refusal. */
  tell(query: unknown): string | Promise<string>
}

const reachQuery = z.strictObject({
  period: z.enum(PERIODS).default('day').describe('Figures of days, weeks or months; they must not be added'),
  from: z.iso.date().optional().describe(`The first date; left out, ${DAYS} days before the last`),
  to: z.iso.date().optional().describe('The last one; left out, today'),
})

const reachRow = z.object({
  period: z.enum(PERIODS),
  startsOn: z.iso.date(),
  endsOn: z.iso.date(),
  scope: z.enum(['city', 'category', 'site']),
  id: z.string().describe('`hanoi`, a category, or the id of a hotspot'),
  visitors: z.number().int().describe('Different devices, rounded'),
  low: z.number().int(),
  high: z.number().int(),
  estimated: z.boolean().describe('Beyond 2,000 devices figures are estimates'),
})

type ReachRow = z.infer<typeof reachRow>

const hotspot = z.object({
  type: z.literal('Feature'),
  id: z.string(),
  geometry: z.object({ type: z.literal('Point'), coordinates: z.tuple([z.number(), z.number()]) }),
  properties: z.object({
    id: z.string(),
    name: z.object({ vi: z.string(), en: z.string() }),
    category: z.enum(CATEGORIES),
    ward: z.string().nullable(),
    vpostcode: z.string().nullable(),
    state: z.enum(['in-service', 'planned']),
    hours: z
      .array(z.object({ days: z.array(z.string()), from: z.string(), to: z.string() }))
      .nullable()
      .describe('Hours on the clock of the city; null is always'),
  }),
})

/** What everybody may read, without a token. */
export function openFeeds({ tables, publicReach, now }: OpenParts): OpenFeed[] {
  const hotspots = z.object({
    type: z.literal('FeatureCollection'),
    license: z.string(),
    features: z.array(hotspot),
  })
  const reach = z.object({
    license: z.string(),
    method: z.object({ vi: z.string(), en: z.string() }),
    leastShown: z.number().int(),
    rows: z.array(reachRow),
  })
  const rowsOf = async (query: unknown): Promise<ReachRow[]> => {
    const { period, to = cityDay(now()), from = addDays(to, -DAYS) } = query as z.output<typeof reachQuery>
    if (from > to) throw new Problem(400, 'bad-request', 'query.from: it is after `to`.')
    return (await publicReach())
      .filter((each) => each.period === period && each.startsOn >= from && each.startsOn <= to)
      .map(rowOf)
  }
  return [
    {
      path: '/open/',
      summary: 'What open data there is',
      type: 'application/json; charset=utf-8',
      query: z.strictObject({}),
      answer: z.record(z.string(), z.unknown()),
      tell: () => JSON.stringify(catalogue),
    },
    {
      path: '/open/hotspots.geojson',
      summary: 'Where the hotspots are and will be (RFC 7946)',
      type: 'application/geo+json; charset=utf-8',
      query: z.strictObject({}),
      answer: hotspots,
      tell: () =>
        JSON.stringify(
          hotspots.parse({
            type: 'FeatureCollection',
            license: LICENCE,
            features: [...tables().sites.values()].map(featureOf),
          }),
        ),
    },
    {
      path: '/open/reach.json',
      summary: 'How many different devices got online, rounded, by city, category and hotspot',
      type: 'application/json; charset=utf-8',
      query: reachQuery,
      answer: reach,
      tell: async (query) =>
        JSON.stringify({
          license: LICENCE,
          method: METHOD,
          leastShown: LEAST_SHOWN,
          rows: await rowsOf(query),
        }),
    },
    {
      path: '/open/reach.csv',
      summary: 'The same as CSV (RFC 4180)',
      type: 'text/csv; charset=utf-8; header=present',
      query: reachQuery,
      answer: null,
      tell: async (query) => {
        const columns = Object.keys(reachRow.shape) as (keyof ReachRow)[]
        // Ids, dates, figures and words of ours: none of them has a sign that would need quotes.
        const lines = (await rowsOf(query)).map((row) =>
          columns.map((column) => String(row[column])).join(','),
        )
        return [columns.join(','), ...lines, ''].join('\r\n')
      },
    },
  ]
}

/** Serves the open data, to every web page too: nothing here is of whoever asks. */
export function serveOpen(api: FastifyInstance, feeds: readonly OpenFeed[]): void {
  const rateLimit = { max: READS_A_MINUTE, timeWindow: 60_000 }
  for (const feed of feeds)
    api.get(
      feed.path,
      { config: { who: 'anyone', rateLimit }, exposeHeadRoute: false },
      async (request: FastifyRequest, reply: FastifyReply) => {
        reply
          .header('access-control-allow-origin', '*')
          .header('cross-origin-resource-policy', 'cross-origin')
        const query = feed.query.safeParse(request.query)
        if (!query.success) {
          const [issue] = query.error.issues
          throw new Problem(
            400,
            'bad-request',
            `query.${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
          )
        }
        const body = await feed.tell(query.data)
        const tag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`
        reply
          .header('etag', tag)
          .header('cache-control', `public, max-age=${KEPT_SECONDS}`)
          .header('link', `<${LICENCE}>; rel="license", <${ROOT}/>; rel="collection"`)
        const known = (request.headers['if-none-match'] ?? '').split(',')
        if (known.some((each) => each.trim().replace(/^W\//, '') === tag)) return reply.code(304).send()
        return reply.type(feed.type).send(body)
      },
    )
}

function featureOf(site: Site): z.input<typeof hotspot> {
  const { id, name, category, ward, vpostcode, state, lat, lng, hours } = site
  return {
    type: 'Feature',
    id,
    geometry: { type: 'Point', coordinates: [lng, lat] },
    properties: {
      id,
      name: { vi: name.vi, en: name.en || name.vi },
      category,
      ward,
      vpostcode,
      state: state === 'live' ? 'in-service' : 'planned',
      hours: hours?.map(({ days, from, to }) => ({ days: [...days], from, to })) ?? null,
    },
  }
}

function rowOf({ period, startsOn, scope, figure }: PublicReach): ReachRow {
  const { visitors, low, high, estimated } = figure
  return {
    period,
    startsOn,
    endsOn: addDays(periodEnd({ period, startsOn }), -1),
    scope: scope.kind,
    id: scope.kind === 'city' ? 'hanoi' : scope.id,
    visitors,
    low,
    high,
    estimated,
  }
}
