import { z } from 'zod'
import { addDays, cityDay } from '../../core/domain/day.ts'
import { audit } from '../../core/records/audit.ts'
import type { ColumnKind } from '../../core/records/exports/table.ts'
import { TABLE_NAMES, TABLES } from '../../core/records/exports/tables.ts'
import { FORMATS, tableText } from '../../core/records/exports/text.ts'
import { findSite } from '../../core/records/lists.ts'
import { sitesOf } from '../access.ts'
import { Download, endpoint, type Endpoint } from './endpoint.ts'
import { idParams, notHis, type ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

const DAYS_MOST = 366
const DAYS = 30
/** Each holds a connection to PostgreSQL for as long as it takes. */
const AT_ONCE_MOST = 2
const BUSY_SECONDS = 10

const KINDS: Readonly<Record<ColumnKind, z.ZodType>> = {
  text: z.string(),
  day: z.iso.date(),
  time: z.iso.datetime(),
  integer: z.number().int(),
  number: z.number(),
  boolean: z.boolean(),
}
const TYPES = { csv: 'text/csv; charset=utf-8; header=present', json: 'application/json; charset=utf-8' }

/** The tables of figures, of the sites that a caller may see; k-anonymity is applied, every look is audited. */
export function figures({ records }: Pick<ApiParts, 'records'>): Endpoint[] {
  let running = 0
  async function* counted(text: AsyncIterable<string>): AsyncGenerator<string, void> {
    running++
    try {
      yield* text
    } finally {
      running--
    }
  }
  return TABLE_NAMES.map((name) => {
    const { what, columns } = TABLES[name]
    const row = Object.fromEntries(
      Object.entries(columns).map(([column, kind]) => [column, KINDS[kind].nullable()]),
    )
    return endpoint({
      method: 'GET',
      path: `/figures/${name}`,
      summary: `${what}, as a file; every look is audited`,
      scope: 'figures:read',
      query: z.strictObject({
        from: z.iso.date().optional().describe('The first city day; left out, 30 days in all'),
        to: z.iso.date().optional().describe('The last one; left out, today'),
        site: idParams.shape.id.optional(),
        format: z.enum(FORMATS).default('json'),
      }),
      answer: z.array(z.object(row)),
      isTable: true,
      async handle({ caller, query, request, now }) {
        const { to = cityDay(now), site = null, format } = query
        const { from = addDays(to, 1 - DAYS) } = query
        if (from > to || addDays(from, DAYS_MOST) <= to)
          throw new Problem(400, 'bad-request', `query: from 1 to ${DAYS_MOST} days are told at once.`)
        const sites = sitesOf(caller.person)
        if (site !== null && !(await findSite(records, site, sites))) throw notHis(caller)
        if (running >= AT_ONCE_MOST)
          throw new Problem(429, 'busy', 'Other tables are being told: try again later.', BUSY_SECONDS)
        const detail = { from, to, site, format, address: request.ip }
        await audit(records, caller.person.name, 'figures.export', name, detail)
        const text = tableText(records, TABLES[name], { from, to, sites, site }, format)
        return new Download(`hanoi-wifi-${name}-${from}-${to}.${format}`, TYPES[format], counted(text))
      },
    })
  })
}
