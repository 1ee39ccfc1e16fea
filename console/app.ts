import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
} from 'fastify'
import type { Records } from '../core/records/database.ts'
import type { Keys } from '../core/process/keys.ts'
import type { Store } from '../core/store/redis.ts'
import { StaffStore } from '../core/store/staff.ts'
import type { Tables } from '../core/store/tables.ts'
import { loadAssets } from './assets.ts'
import { loadOutline } from './charts/outline.ts'
import { createDraw } from './draw.ts'
import type { Figures } from './figures/figures.ts'
import { createLive } from './figures/live.ts'
import { apiRoutes } from './routes/api.ts'
import { messageRoutes } from './routes/messages.ts'
import { pageRoutes } from './routes/pages.ts'
import { plainRoutes } from './routes/plain.ts'
import { signInRoutes } from './routes/sign-in.ts'
import { secure } from './security.ts'
import { recogniseStaff } from './staff.ts'
import { loadWordings } from './wording.ts'

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
  /** What keeps the console from being ready, or null. */
  readonly notReady: () => Promise<string | null>
}

/** The console, ready to listen or to be asked by `inject`. */
export async function createConsole(parts: ConsoleParts): Promise<FastifyInstance> {
  const { store, records, figures, tables, keys, now } = parts
  const app = fastify({
    loggerInstance: parts.log,
    // A console's log tells faults; who read which page is nobody's business.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: parts.trustedProxies.length > 0 ? [...parts.trustedProxies] : false,
    bodyLimit: 16_384,
    // Before any hook: an address that is none.
    frameworkErrors: (_, __, reply) => {
      void (reply as unknown as FastifyReply).code(400).headers(PLAIN).send('Bad request')
    },
    // Ids of sites have at most 64 characters.
    routerOptions: { maxParamLength: 200 },
  })
  await secure(app, keys)
  const staff = new StaffStore(store)
  recogniseStaff(app, { staff, records, now })
  const assets = loadAssets()
  const draw = await createDraw(app, loadWordings(), assets)
  messageRoutes(app, draw)
  plainRoutes(app, { assets, notReady: parts.notReady })
  apiRoutes(app, { draw, records, now })
  signInRoutes(app, { draw, staff, records, now })
  pageRoutes(app, { draw, figures, live: createLive(store, tables), tables, outline: loadOutline(), now })
  return app
}
