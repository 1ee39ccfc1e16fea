import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Site } from '../../core/domain/site.ts'
import { LABEL_MOST } from '../../core/domain/voucher.ts'
import { audit } from '../../core/records/audit.ts'
import { ownsVoucher } from '../../core/records/lists.ts'
import type { Person } from '../../core/records/people.ts'
import {
  batchesPage,
  batchKey,
  codesPage as codesOf,
  findBatch,
  idsInForce,
  type Batch,
} from '../../core/records/voucher-batches.ts'
import type { VoucherPlan } from '../../core/records/vouchers.ts'
import { codeUsage, usedCodes } from '../../core/store/code-usage.ts'
import { RIGHTS, sitesOf } from '../access.ts'
import { CODES_MOST, makeCodes, takeBatchBack, takeCodeBack, type CodeDesk } from '../codes.ts'
import type { Draw } from '../draw.ts'
import { batchHref, batchPage, codesPage } from '../pages/codes.ts'
import { sheetPage, SLIPS_A_PAGE, SLIPS_MOST } from '../pages/sheet.ts'
import { siteHref } from '../pages/sites.ts'
import { siteTop } from '../pages/site-tabs.ts'
import { drawMessage } from './messages.ts'
import { alertsOf, fieldsOf, ofSite, type Outcome } from './own-site.ts'
import { textOf } from './sign-in.ts'

const READ = { config: { who: RIGHTS['vouchers:read'] } } as const
const WRITE = { config: { who: RIGHTS['vouchers:write'] } } as const
const DAY_MS = 86_400_000
const BATCHES_A_PAGE = 20
const CODES_A_PAGE = 50

export interface CodeParts extends CodeDesk {
  readonly draw: Draw
  readonly portalUrl: string
  readonly now: () => number
}

type OfSite = { Params: { id: string }; Querystring: Record<string, unknown> }
type OfBatch = { Params: { id: string; batch: string }; Querystring: Record<string, unknown> }
interface Asked<Route extends OfSite = OfSite> {
  readonly site: Site
  readonly person: Person
  readonly request: FastifyRequest<Route>
  readonly reply: FastifyReply
}

/** Access codes of a site: its batches, one batch, the sheet to print. Texts are for those who hand codes out. */
export function codeRoutes(app: FastifyInstance, parts: CodeParts): void {
  const { draw, records, store, keys, now } = parts

  async function drawCodes(asked: Asked, outcome: Outcome | null): Promise<FastifyReply> {
    const { site, person, request, reply } = asked
    const at = now()
    const wording = draw.wording(request)
    const after = keyIn(request.query['after'])
    const rows = await batchesPage(
      records,
      { sites: sitesOf(person), site: site.id, after, limit: BATCHES_A_PAGE + 1 },
      at,
    )
    const batches = rows.slice(0, BATCHES_A_PAGE)
    const ids = await idsInForce(
      records,
      batches.map(({ id }) => id),
      at,
    )
    const found = await usedCodes(
      store,
      ids.map(({ id }) => id),
    )
    const used = new Map<string, number>()
    for (const { id, batch } of ids) if (found.has(id)) used.set(batch, (used.get(batch) ?? 0) + 1)
    const more =
      rows.length > batches.length ? link(`${siteHref(site.id)}/codes`, batchKey(batches.at(-1)!)) : null
    const page = codesPage(wording, { site, batches, used, more, now: at })
    const { say } = wording
    const alerts = alertsOf(say, outcome)
    if (page.noField) alerts.push({ tone: 'info', text: say('codes.no-field') })
    if (page.isLow && outcome === null) alerts.push({ tone: 'info', text: say('codes.low') })
    return draw.page(reply, 'codes', {
      title: `${say('tab.codes')} – ${siteTop(wording, person, site, 'codes').name}`,
      current: 'sites',
      alerts,
      page: {
        top: siteTop(wording, person, site, 'codes'),
        ...page,
        mayWrite: mayHandOut(person),
        action: `${siteHref(site.id)}/codes`,
        most: CODES_MOST,
        labelMost: LABEL_MOST,
        typed: outcome?.failed ? fieldsOf(request) : {},
      },
    })
  }

  async function drawBatch(
    { site, person, request, reply }: Asked<OfBatch>,
    batch: Batch,
    outcome: Outcome | null,
  ): Promise<FastifyReply> {
    const at = now()
    const wording = draw.wording(request)
    const sites = sitesOf(person)
    const shown = mayHandOut(person)
    const after = keyIn(request.query['after'])
    const rows = await codesOf(records, keys, { batch: batch.id, sites, after, limit: CODES_A_PAGE + 1 }, at)
    const codes = rows.slice(0, CODES_A_PAGE)
    const usage = await codeUsage(store, keys.voucher, codes)
    if (shown) await note(request, person, 'voucher.look', batch.id)
    const more = rows.length > codes.length ? link(batchHref(site.id, batch.id), codes.at(-1)!.id) : null
    const page = batchPage(wording, {
      batch,
      codes: codes.map((code, i) => ({ ...code, ...usage[i]! })),
      shown,
      more,
      now: at,
    })
    const top = siteTop(wording, person, site, 'codes')
    return draw.page(reply, 'batch', {
      title: `${page.name} – ${top.name}`,
      current: 'sites',
      alerts: alertsOf(wording.say, outcome),
      page: { top, ...page, mayWrite: shown, codesHref: `${siteHref(site.id)}/codes` },
    })
  }

  /** The batch of an address, if it is of the site. */
  async function batchAt({ site, person, request }: Asked<OfBatch>): Promise<Batch | null> {
    const found = await findBatch(records, textOf(request.params.batch), sitesOf(person), now())
    return found?.site === site.id ? found : null
  }

  const note = (request: FastifyRequest, { name }: Person, what: string, target: string): Promise<void> =>
    audit(records, name, what, target, { address: request.ip })

  app.get<OfSite>(
    '/sites/:id/codes',
    READ,
    ofSite(parts, (asked) => drawCodes(asked, null)),
  )

  app.post<OfSite>(
    '/sites/:id/codes',
    WRITE,
    ofSite(parts, async (asked) => {
      const { site, person, request, reply } = asked
      const plan = planIn(fieldsOf(request), site.id, now())
      if (!plan) return drawCodes({ ...asked, reply: reply.code(400) }, { said: 'codes.bad', failed: true })
      const { batch } = await makeCodes(parts, plan, person.name)
      return reply.redirect(`${batchHref(site.id, batch)}?made`, 303)
    }),
  )

  app.get<OfBatch>(
    '/sites/:id/codes/:batch',
    READ,
    ofSite(parts, async (asked) => {
      const batch = await batchAt(asked)
      if (!batch) return drawMessage(draw, asked.reply, 'not-found')
      const isNew = asked.request.query['made'] !== undefined
      return drawBatch(asked, batch, isNew ? { said: 'codes.done', params: { count: batch.count } } : null)
    }),
  )

  app.post<OfBatch>(
    '/sites/:id/codes/:batch',
    WRITE,
    ofSite(parts, async (asked) => {
      const batch = await batchAt(asked)
      if (!batch) return drawMessage(draw, asked.reply, 'not-found')
      const outcome = await takeBack(asked, batch)
      if (outcome.failed) asked.reply.code(400)
      return drawBatch(asked, (await batchAt(asked)) ?? batch, outcome)
    }),
  )

  async function takeBack({ person, request }: Asked<OfBatch>, batch: Batch): Promise<Outcome> {
    const fields = fieldsOf(request)
    const sites = sitesOf(person)
    const by = { who: person.name, now: now() }
    if (fields['do'] === 'batch') {
      if (fields['sure'] !== 'yes') return { said: 'codes.sure', failed: true }
      const { codes, sessions } = await takeBatchBack(parts, batch.id, { ...by, sites })
      return { said: 'codes.batch-revoked', params: { codes, sessions } }
    }
    const id = textOf(fields['code'])
    const sessions = (await ownsVoucher(records, id, sites)) ? await takeCodeBack(parts, id, by) : null
    return sessions === null
      ? { said: 'codes.not-in-force', failed: true }
      : { said: 'codes.revoked', params: { sessions } }
  }

  app.get<OfBatch>(
    '/sites/:id/codes/:batch/sheet',
    WRITE,
    ofSite(parts, async (asked) => {
      const { site, person, request, reply } = asked
      const batch = await batchAt(asked)
      if (!batch) return drawMessage(draw, reply, 'not-found')
      const at = now()
      const after = keyIn(request.query['after'])
      const wanted = { batch: batch.id, sites: sitesOf(person), after, limit: SLIPS_MOST + 1, inForce: true }
      const rows = await codesOf(records, keys, wanted, at)
      const shown = rows.slice(0, SLIPS_MOST)
      // A slip that somebody has had in hand is no gift.
      const used = await usedCodes(
        store,
        shown.map(({ id }) => id),
      )
      await note(request, person, 'voucher.print', batch.id)
      const wording = draw.wording(request)
      const page = await sheetPage(wording, {
        site,
        batch,
        codes: shown.filter(({ id }) => !used.has(id)),
        portalUrl: parts.portalUrl,
        perPage: SLIPS_A_PAGE.find((each) => String(each) === request.query['per']) ?? 12,
        next: rows.length > shown.length ? encodeURIComponent(shown.at(-1)!.id) : null,
        now: at,
      })
      return draw.page(reply, 'sheet', { title: page.name, current: null, page })
    }),
  )
}

const mayHandOut = ({ role }: Person): boolean => RIGHTS['vouchers:write'].includes(role)

const link = (path: string, after: string): string => `${path}?after=${encodeURIComponent(after)}`

/** Where a list goes on; null for what no list of ours said. */
const keyIn = (value: unknown): string | null => {
  const key = textOf(value)
  return /^[\w. -]{1,60}$/.test(key) ? key : null
}

/** What a form asks for, in its units (minutes, GB, Mbit/s, days); null where a field is none. */
function planIn(fields: Readonly<Record<string, unknown>>, site: string, now: number): VoucherPlan | null {
  const count = figure(fields['count'], CODES_MOST)
  const devices = figure(fields['devices'] ?? '1', 1000)
  const minutes = figure(fields['minutes'], 5_256_000)
  const gigabytes = figure(fields['gigabytes'], 100_000, 0.01)
  const days = figure(fields['days'], 3650)
  const down = figure(fields['down'], 10_000)
  const up = figure(fields['up'], 10_000)
  const label = textOf(fields['label']).trim().normalize('NFC')
  const all = [count, devices, minutes, gigabytes, days, down, up]
  if (all.includes('bad') || typeof count !== 'number' || label.length > LABEL_MOST || /\p{Cc}/u.test(label))
    return null
  const times = (value: number | 'bad' | null, unit: number): number | null =>
    typeof value === 'number' ? Math.round(value * unit) : null
  return {
    site,
    count,
    devices: times(devices, 1) ?? 1,
    seconds: times(minutes, 60),
    octets: times(gigabytes, 1e9),
    expiresAt: typeof days === 'number' ? now + days * DAY_MS : null,
    downBitsPerSecond: times(down, 1e6) ?? undefined,
    upBitsPerSecond: times(up, 1e6) ?? undefined,
    label: label || null,
  }
}

/** A field's number, null where it is empty; whole, save where `least` is less than one. */
function figure(value: unknown, most: number, least = 1): number | 'bad' | null {
  const text = textOf(value).trim().replace(',', '.')
  if (text === '') return null
  const number = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN
  return number >= least && number <= most && (least < 1 || Number.isInteger(number)) ? number : 'bad'
}
