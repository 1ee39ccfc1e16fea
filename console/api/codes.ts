import { z } from 'zod'
import { LABEL_MOST } from '../../core/domain/voucher.ts'
import { audit } from '../../core/records/audit.ts'
import { findSite, ownsVoucher, vouchersPage } from '../../core/records/lists.ts'
import {
  batchesPage,
  batchKey,
  codesPage,
  findBatch,
  type Batch,
} from '../../core/records/voucher-batches.ts'
import { codeUsage } from '../../core/store/code-usage.ts'
import { sitesOf } from '../access.ts'
import { CODES_MOST, makeCodes, takeBatchBack, takeCodeBack } from '../codes.ts'
import type { Caller } from './caller.ts'
import { endpoint, pageOf, pageQuery, toPage, type Endpoint } from './endpoint.ts'
import { asked, idParams, notHis, time, utc, utcOrNull, type ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

const DAY_MS = 86_400_000
const positive = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const plan = {
  devices: z.number().int(),
  seconds: z.number().nullable(),
  octets: z.number().nullable(),
  expiresAt: time.nullable(),
}

/** Access codes for programs: what the pages of a site's codes can do. */
export function codes(parts: ApiParts): Endpoint[] {
  const { records, store, keys } = parts

  const batchOf = async (caller: Caller, id: string, now: number): Promise<Batch> => {
    const found = await findBatch(records, id, sitesOf(caller.person), now)
    if (!found) throw notHis(caller)
    return found
  }

  return [
    endpoint({
      method: 'GET',
      path: '/vouchers',
      summary: 'Access codes in force, without their text',
      scope: 'vouchers:read',
      query: pageQuery,
      answer: pageOf(z.object({ id: z.string(), batch: z.string(), site: z.string(), ...plan })),
      handle: async ({ caller, query }) =>
        toPage(
          await vouchersPage(records, asked(caller, query)),
          query.limit,
          ({ id }) => id,
          (row) => ({ ...row, expiresAt: utcOrNull(row.expiresAt) }),
        ),
    }),
    endpoint({
      method: 'POST',
      path: '/vouchers',
      summary: 'Makes a batch of access codes and tells their text',
      scope: 'vouchers:write',
      status: 201,
      body: z.strictObject({
        site: idParams.shape.id,
        count: positive.max(CODES_MOST),
        seconds: positive.nullable().default(null),
        octets: positive.nullable().default(null),
        devices: positive.max(100_000).default(1),
        days: positive.max(3650).nullable().default(null),
        downBitsPerSecond: positive.optional().describe('Left out, the speed of the site'),
        upBitsPerSecond: positive.optional(),
        label: z
          .string()
          .trim()
          .max(LABEL_MOST)
          .regex(/^[^\p{Cc}]*$/u)
          .nullable()
          .default(null)
          .describe('What they are for'),
      }),
      answer: z.object({ batch: z.string(), items: z.array(z.object({ id: z.string(), code: z.string() })) }),
      async handle({ caller, body: { days, ...wanted }, now }) {
        const site = await findSite(records, wanted.site, sitesOf(caller.person))
        if (!site) throw notHis(caller)
        const expiresAt = days === null ? null : now + days * DAY_MS
        const { batch, codes } = await makeCodes(parts, { ...wanted, expiresAt }, caller.person.name)
        return { batch, items: codes }
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/vouchers/:id',
      summary: 'Takes an access code back and asks gateways to end the sessions on it',
      scope: 'vouchers:write',
      params: idParams,
      answer: z.object({ id: z.string(), sessions: z.number().int() }),
      async handle({ caller, params, now }) {
        const { person } = caller
        if (!(await ownsVoucher(records, params.id, sitesOf(person)))) throw notHis(caller)
        const sessions = await takeCodeBack(parts, params.id, { who: person.name, now })
        if (sessions === null) throw new Problem(409, 'revoked', 'The code was taken back before.')
        return { id: params.id, sessions }
      },
    }),
    endpoint({
      method: 'GET',
      path: '/vouchers/batches',
      summary: 'Batches of access codes, the latest first',
      scope: 'vouchers:read',
      query: pageQuery.extend({ site: idParams.shape.id.optional() }),
      answer: pageOf(
        z.object({
          id: z.string(),
          site: z.string(),
          label: z.string().nullable(),
          madeBy: z.string().nullable(),
          madeAt: time,
          count: z.number().int(),
          inForce: z.number().int(),
          revoked: z.number().int(),
          downBitsPerSecond: z.number().nullable(),
          upBitsPerSecond: z.number().nullable(),
          ...plan,
        }),
      ),
      async handle({ caller, query, now }) {
        const { cursor, site = null } = query
        if (cursor !== undefined && !/^\d{1,17}(\.\d+)? [\w-]+$/.test(cursor))
          throw new Problem(400, 'bad-request', 'query.cursor: is none of ours.')
        const rows = await batchesPage(records, { ...asked(caller, query), site }, now)
        return toPage(rows, query.limit, batchKey, (row) => ({
          ...row,
          madeAt: utc(row.madeAt),
          expiresAt: utcOrNull(row.expiresAt),
        }))
      },
    }),
    endpoint({
      method: 'GET',
      path: '/vouchers/batches/:id',
      summary:
        'Codes of a batch without their text, and what was used of each; whose phone it was is not known here',
      scope: 'vouchers:read',
      params: idParams,
      query: pageQuery,
      answer: pageOf(
        z.object({
          id: z.string(),
          state: z.enum(['in-force', 'revoked', 'expired']),
          seconds: z.number(),
          octets: z.number(),
          devices: z.number().int(),
          lastAt: time.nullable(),
        }),
      ),
      async handle({ caller, params, query, now }) {
        const batch = await batchOf(caller, params.id, now)
        const rows = await codesPage(records, keys, { ...asked(caller, query), batch: batch.id }, now)
        const usage = await codeUsage(store, keys.voucher, rows)
        return toPage(
          rows.map(({ id, state }, i) => ({ id, state, ...usage[i]! })),
          query.limit,
          ({ id }) => id,
          (row) => ({ ...row, lastAt: utcOrNull(row.lastAt) }),
        )
      },
    }),
    endpoint({
      method: 'GET',
      path: '/vouchers/batches/:id/codes',
      summary:
        'Texts of the codes of a batch that are in force, for whoever hands them out; every look is audited',
      scope: 'vouchers:write',
      params: idParams,
      query: pageQuery,
      answer: pageOf(z.object({ id: z.string(), code: z.string() })),
      async handle({ caller, params, query, request, now }) {
        const batch = await batchOf(caller, params.id, now)
        const wanted = { ...asked(caller, query), batch: batch.id, inForce: true }
        const rows = await codesPage(records, keys, wanted, now)
        await audit(records, caller.person.name, 'voucher.print', batch.id, { address: request.ip })
        return toPage(
          rows,
          query.limit,
          ({ id }) => id,
          ({ id, code }) => ({ id, code }),
        )
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/vouchers/batches/:id',
      summary: 'Takes all codes of a batch back and asks gateways to end the sessions on them',
      scope: 'vouchers:write',
      params: idParams,
      answer: z.object({ id: z.string(), codes: z.number().int(), sessions: z.number().int() }),
      async handle({ caller, params, now }) {
        const { person } = caller
        const { id } = await batchOf(caller, params.id, now)
        const done = await takeBatchBack(parts, id, { who: person.name, now, sites: sitesOf(person) })
        if (done.codes === 0) throw new Problem(409, 'revoked', 'All its codes were taken back before.')
        return { id, ...done }
      },
    }),
  ]
}
