import type { RequestListener } from 'node:http'
import { hasDemoSecret } from '../core/process/city-file.ts'
import { listenWeb } from '../core/process/listen.ts'
import { OutcomeCounts } from '../core/process/outcome-counts.ts'
import type { Part, Shared } from '../core/process/shared.ts'
import { openLine } from '../core/store/line.ts'
import { openStore } from '../core/store/redis.ts'
import { MetItems } from '../core/store/met-items.ts'
import { PassStore } from '../core/store/passes.ts'
import { SessionStore } from '../core/store/sessions.ts'
import { followTables } from '../core/store/tables.ts'
import { UsageStore } from '../core/store/usage.ts'
import { VisitStore } from '../core/store/visits.ts'
import { VoucherStore } from '../core/store/vouchers.ts'
import { AfterReply } from './after-reply.ts'
import { createPortal } from './app.ts'
import { clickThrough } from './login/click-through.ts'
import type { LoginMethod } from './login/method.ts'
import { pass } from './login/pass.ts'
import { voucher } from './login/voucher.ts'
import { createPages } from './pages.ts'
import type { PortalParts } from './parts.ts'
import { PassDesk } from './passes.ts'
import { Press } from './press.ts'

/** Starts the captive portal, over HTTP and, where there is a certificate, over HTTPS beside it. */
export async function start(shared: Shared): Promise<Part> {
  const { settings, keys, log, now } = shared
  const outcomes = new OutcomeCounts(shared.registry)
  const store = await openStore(shared.redisUrl)
  const line = await openLine(shared.redisUrl)
  const tables = await followTables(store, keys, {
    accepts: (nas) => settings.loopbackOnly || !hasDemoSecret(nas),
    failed: (error) => log.error(error, 'cannot refresh the site table'),
  })
  const visits = new VisitStore(line, true)
  const sessions = new SessionStore(line)
  const usage = new UsageStore(line)
  const vouchers = new VoucherStore(store, keys.voucher)
  const passes = new PassStore(line, keys)
  const desk = new PassDesk({ passes, visits, sessions, usage, vouchers })
  const methods: LoginMethod[] = [
    clickThrough(desk),
    voucher({ desk, passes, store, vouchers, usage }),
    pass({ desk, passes, store, passKey: keys.pass }),
  ]
  const notReady = (): Promise<string | null> =>
    store.ping().then(
      () => null,
      (error: Error) => `Redis is away (${error.message})`,
    )
  let port = settings.portalPort
  let tlsPort = settings.portalTls?.port ?? 0
  const [host = '127.0.0.1'] = settings.hosts
  const parts: PortalParts = {
    pages: createPages(),
    press: new Press(),
    store,
    line,
    visits,
    sessions,
    usage,
    vouchers,
    passes,
    desk,
    tables,
    met: new MetItems(line, keys.campaign),
    afterReply: new AfterReply(log),
    methods: new Map(methods.map((method) => [method.name, method])),
    keys,
    log,
    accounted: (what) => outcomes.add(what),
    now,
    portalUrl: () => settings.portalUrl ?? `http://${host}:${port}`,
    portalTlsUrl: () =>
      settings.portalTls ? (settings.portalTls.url ?? `https://${host}:${tlsPort}`) : null,
    notReady: async () => (await notReady()) ?? shared.othersNotReady(),
  }
  const app = await createPortal(parts, settings.trustedProxies)
  await app.ready()
  const serve: RequestListener = (request, response) => app.routing(request, response)
  const http = await listenWeb(serve, { hosts: settings.hosts, port, setting: 'PORTAL_PORT' })
  port = http.port
  const https = settings.portalTls
    ? await listenWeb(serve, {
        hosts: settings.hosts,
        port: tlsPort,
        setting: 'PORTAL_TLS_PORT',
        tls: settings.portalTls,
      })
    : null
  tlsPort = https?.port ?? 0
  return {
    ports: { portal: port, ...(https && { portalTls: tlsPort }) },
    notReady,
    async stop() {
      await Promise.all([http.stop(), https?.stop(), tables.stop()])
      await app.close()
      store.disconnect()
      await line.stop()
    },
  }
}
