import type { RequestListener } from 'node:http'
import { isLoopback } from '../core/process/addresses.ts'
import { listenWeb } from '../core/process/listen.ts'
import type { Part, Shared } from '../core/process/shared.ts'
import { openRecords } from '../core/records/database.ts'
import { openStore } from '../core/store/redis.ts'
import { followTables } from '../core/store/tables.ts'
import { createConsole } from './app.ts'
import { createFigures } from './figures/figures.ts'
import type { DrawPreview } from './own-pages.ts'

/** How long a check of readiness waits for an answer. */
const PATIENCE_MS = 2000

/** Starts the staff console on CONSOLE_HOST and CONSOLE_PORT; `preview` draws the portal's pages. */
export async function start(shared: Shared, preview: DrawPreview): Promise<Part> {
  const { settings, keys, log, now, redisUrl, databaseUrl } = shared
  const store = await openStore(redisUrl)
  const records = await openRecords(databaseUrl)
  const tables = await followTables(store, keys, {
    failed: (error) => log.warn({ err: error }, 'cannot refresh the tables'),
  })
  const notReady = async (): Promise<string | null> => {
    if (!(await answers(store.ping()))) return 'Redis does not answer'
    if (!(await answers(records.query('SELECT 1')))) return 'PostgreSQL does not answer'
    return null
  }
  const stopping = new AbortController()
  const app = await createConsole({
    stopping: stopping.signal,
    store,
    records,
    figures: createFigures(records, store),
    tables: () => tables.current,
    keys,
    log,
    now,
    trustedProxies: settings.trustedProxies,
    alertsToken: settings.alertsToken,
    preview,
    setup: settings,
    reach: isLoopback(settings.consoleHost) && settings.trustedProxies.length === 0 ? 'loopback' : 'network',
    portalUrl: settings.portalUrl ?? `http://${settings.hosts[0] ?? '127.0.0.1'}:${settings.portalPort}`,
    notReady: async () => (await notReady()) ?? shared.othersNotReady(),
  })
  const release = async (): Promise<void> => {
    await app.close()
    await tables.stop()
    await Promise.all([store.quit().catch(() => undefined), records.end()])
  }
  await app.ready()
  const serve: RequestListener = (request, response) => app.routing(request, response)
  const address = { hosts: [settings.consoleHost], port: settings.consolePort, setting: 'CONSOLE_PORT' }
  const http = await listenWeb(serve, address).catch(async (error: unknown) => {
    await release()
    throw error
  })
  return {
    ports: { console: http.port },
    notReady,
    async stop() {
      stopping.abort()
      await http.stop()
      await release()
    },
  }
}

const answers = (question: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    question.then(
      () => true,
      () => false,
    ),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), PATIENCE_MS).unref()),
  ])
