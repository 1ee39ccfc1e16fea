import type { FastifyInstance } from 'fastify'
import { audit, auditPage } from '../../core/records/audit.ts'
import type { Records } from '../../core/records/database.ts'
import { RIGHTS } from '../access.ts'
import type { Draw } from '../draw.ts'
import { personOf } from '../gate.ts'
import type { Wording } from '../wording.ts'
import { textOf } from './sign-in.ts'

const LINES = 100

/** Who did what to which thing, the latest first, a hundred lines a page; every look is a line itself. */
export function auditRoutes(
  app: FastifyInstance,
  { draw, records, now }: { readonly draw: Draw; readonly records: Records; readonly now: () => number },
): void {
  app.get<{ Querystring: Record<string, unknown> }>(
    '/audit',
    { config: { who: RIGHTS['audit:read'] } },
    async (request, reply) => {
      const wording = draw.wording(request)
      const { say, format } = wording
      const { before, who } = request.query
      const asked = {
        before: typeof before === 'string' && /^\d{1,18}$/.test(before) ? before : null,
        who: textOf(who).trim() || null,
      }
      const rows = await auditPage(records, { ...asked, limit: LINES + 1 })
      const { name } = personOf(request)
      await audit(records, name, 'audit.look', asked.before ?? 'latest', {
        who: asked.who,
        address: request.ip,
      })
      const last = rows.length > LINES ? rows[LINES - 1] : undefined
      return draw.page(reply, 'audit', {
        title: say('audit.title'),
        current: 'audit',
        page: {
          who: asked.who ?? '',
          rows: rows.slice(0, LINES).map(({ at, who: by, what, target, detail }) => ({
            at: format.moment(at.getTime(), now()),
            who: by,
            what: wordsOf(wording, what),
            target,
            // As programs and searches name it.
            code: what,
            detail: detailOf(detail),
          })),
          older:
            last &&
            `/audit?${new URLSearchParams({ before: last.id, ...(asked.who && { who: asked.who }) }).toString()}`,
        },
      })
    },
  )
}

const wordsOf = ({ say, knows }: Wording, what: string): string => {
  const key = `audit.what.${what.replaceAll(' ', '-')}`
  return knows(key) ? say(key) : what
}

/** What else is known of a line; what is not is left out. */
const detailOf = (detail: object): string =>
  Object.entries(detail)
    .filter(([, value]) => value !== null && value !== false)
    .map(([key, value]) => `${key}: ${typeof value === 'object' ? innerOf(value as object) : String(value)}`)
    .join(', ')

const innerOf = (value: object): string => Object.values(value).flat().join(' ')
