import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
} from 'fastify'
import type { Secret } from '../core/domain/secret.ts'
import type { Records } from '../core/records/database.ts'
import type { Keys } from '../core/process/keys.ts'
import type { Store } from '../core/store/redis.ts'
import { StaffStore } from '../core/store/staff.ts'
import type { Tables } from '../core/store/tables.ts'
import type { Reach } from './access.ts'
import { loadAssets } from './assets.ts'
import { loadOutline } from './charts/outline.ts'
import { Problem, sendProblem } from './api/problem.ts'
import { createDraw } from './draw.ts'
import type { Figures } from './figures/figures.ts'
import { Counters } from './figures/counters.ts'
import { createLive } from './figures/live.ts'
import { createPublicReach } from './figures/public.ts'
import { guard } from './gate.ts'
import type { Setup } from './gateways.ts'
import type { DrawPreview } from './own-pages.ts'
import { accountRoutes } from './routes/account.ts'
import { alertRoutes } from './routes/alerts.ts'
import { apiRoutes } from './routes/api.ts'
import { auditRoutes } from './routes/audit.ts'
import { codeRoutes } from './routes/codes.ts'
import { gatewayRoutes } from './routes/gateways.ts'
import { incidentRoutes } from './routes/incidents.ts'
import { messageRoutes } from './routes/messages.ts'
import { noticeRoutes } from './routes/notices.ts'
import { ownPageRoutes } from './routes/own-page.ts'
import { pageRoutes } from './routes/pages.ts'
import { peopleRoutes } from './routes/people.ts'
import { liveRoutes } from './routes/live.ts'
import { plainRoutes } from './routes/plain.ts'
import { publicRoutes } from './routes/public.ts'
import { reportRoutes } from './routes/reports.ts'
import { promotionRoutes } from './routes/promotion.ts'
import { settingsRoutes } from './routes/settings.ts'
import { signInRoutes } from './routes/sign-in.ts'
import { sitePeopleRoutes } from './routes/site-people.ts'
import { findChromium } from './report/pdf.ts'
import { visitorRoutes } from './routes/visitors.ts'
import { secure } from './security.ts'
import { recogniseStaff } from './staff.ts'
import { inTurns } from './turns.ts'
import { loadWordings } from './wording.ts'

/** A password costs 128 MiB while it is checked or made: this many at a time, the others wait. */
const CHECKS_AT_ONCE = 2

const BAD_ADDRESS = new Problem(400, 'bad-request', 'The address cannot be read.')
const PLAIN = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
}

export interface ConsoleParts {
  readonly store: Store
  readonly records: Records
  readonly figures: Figures
  readonly tables: () => Tables
  readonly keys: Keys
  readonly log: FastifyBaseLogger
  readonly now: () => number
  readonly trustedProxies: readonly string[]
  /** What Alertmanager shows; null is none. */
  readonly alertsToken: Secret | null
  /** Beyond loopback everybody's account has to be in order first. */
  readonly reach: Reach
  /** What keeps the console from being ready, or null. */
  readonly notReady: () => Promise<string | null>
  /** As visitors reach the portal, without a slash at the end. */
  readonly portalUrl: string
  readonly setup: Setup
  readonly preview: DrawPreview
  /** Aborted once the process begins to stop: streams end then, and do not hold it up. */
  readonly stopping?: AbortSignal
  /** How often counts that pages follow are read; left out, every five seconds. */
  readonly countEveryMs?: number
  /** Where this machine has Chromium; left out, where systems have it. */
  readonly chromium?: () => string | null
}

/** The console, ready to listen or to be asked by `inject`. */
export async function createConsole(parts: ConsoleParts): Promise<FastifyInstance> {
  const { store, records, figures, tables, keys, reach, now } = parts
  const app = fastify({
    loggerInstance: parts.log,
    // A console's log tells faults; who read which page is nobody's business.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: parts.trustedProxies.length > 0 ? [...parts.trustedProxies] : false,
    // A notice in eight languages, each character as three encoded octets.
    bodyLimit: 49_152,
    // Before any hook: an address that is none.
    frameworkErrors: (_, request, bare) => {
      const reply = (bare as unknown as FastifyReply).code(400).headers(PLAIN)
      if (request.url.startsWith('/api/')) sendProblem(reply, BAD_ADDRESS)
      else void reply.send('Bad request')
    },
    // Ids of sites have at most 64 characters.
    routerOptions: { maxParamLength: 200 },
  })
  await secure(app, keys)
  const staff = new StaffStore(store)
  recogniseStaff(app, { staff, records, now })
  const assets = loadAssets()
  const draw = await createDraw(app, loadWordings(), assets, reach)
  messageRoutes(app, draw)
  guard(app, draw, reach)
  const inTurn = inTurns(CHECKS_AT_ONCE)
  plainRoutes(app, { assets, notReady: parts.notReady })
  const live = createLive(store, records, tables)
  const publicReach = createPublicReach({ records, figures, tables, now })
  apiRoutes(app, {
    store,
    records,
    keys,
    staff,
    reach,
    live,
    figures,
    inTurn,
    tables,
    wording: draw.wording,
    preview: parts.preview,
    publicReach,
    setup: parts.setup,
    portalUrl: parts.portalUrl,
    now,
  })
  alertRoutes(app, { records, token: parts.alertsToken, reach, now })
  signInRoutes(app, { draw, staff, records, keys, inTurn, now })
  accountRoutes(app, { draw, staff, records, keys, inTurn, reach, now })
  peopleRoutes(app, { draw, staff, records, tables, inTurn })
  auditRoutes(app, { draw, records, now })
  noticeRoutes(app, { draw, records, store, tables, now })
  const outline = loadOutline()
  pageRoutes(app, { draw, figures, live, records, tables, outline, now })
  const counters = new Counters({
    staff,
    records,
    live,
    tables,
    now,
    log: parts.log,
    everyMs: parts.countEveryMs,
  })
  parts.stopping?.addEventListener('abort', () => counters.stop(), { once: true })
  app.addHook('preClose', async () => counters.stop())
  liveRoutes(app, { draw, counters, tables, reach, now })
  publicRoutes(app, { draw, tables, publicReach, outline })
  codeRoutes(app, { draw, records, store, keys, tables, portalUrl: parts.portalUrl, now })
  ownPageRoutes(app, { draw, records, store, keys, tables, preview: parts.preview, now })
  incidentRoutes(app, { draw, records, tables, now })
  const chromium = parts.chromium ?? findChromium
  reportRoutes(app, { draw, records, figures, tables, assets, chromium, now })
  gatewayRoutes(app, {
    draw,
    records,
    store,
    keys,
    tables,
    setup: parts.setup,
    portalUrl: parts.portalUrl,
    now,
  })
  promotionRoutes(app, { draw, records, store, keys, tables, preview: parts.preview, now })
  settingsRoutes(app, { draw, tables, setup: parts.setup, portalUrl: parts.portalUrl })
  visitorRoutes(app, { draw, records, tables, now })
  sitePeopleRoutes(app, { draw, records, tables })
  return app
}
