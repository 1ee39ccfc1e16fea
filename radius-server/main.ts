import { localAddresses } from '../core/process/addresses.ts'
import { hasDemoSecret } from '../core/process/city-file.ts'
import { repeat } from '../core/process/lifecycle.ts'
import type { Part, Shared } from '../core/process/shared.ts'
import { openStore } from '../core/store/redis.ts'
import { SessionStore } from '../core/store/sessions.ts'
import { followTables } from '../core/store/tables.ts'
import { UsageStore } from '../core/store/usage.ts'
import { VisitStore } from '../core/store/visits.ts'
import { VoucherStore } from '../core/store/vouchers.ts'
import { startCoaWorker } from './coa/worker.ts'
import { handleAccess } from './handlers/access.ts'
import { AccountingHandler } from './handlers/accounting.ts'
import type { Handling } from './handlers/request.ts'
import { MessageAuthenticatorMemory } from './message-authenticator.ts'
import { radiusMetrics } from './metrics.ts'
import { nasTable, type NasTable } from './nas-table.ts'
import { RadiusServer } from './server.ts'
import { scheduleSilence } from './silence.ts'
import { listenUdp } from './transport/udp.ts'

const DRAIN_MS = 1500

/** Starts the RADIUS server: authentication, accounting, Disconnect-Requests and the silence job. */
export async function start(shared: Shared): Promise<Part> {
  const { settings, keys, log, now } = shared
  const random = Math.random
  const store = await openStore(shared.redisUrl)
  let table: NasTable = nasTable([])
  const tables = await followTables(store, keys, {
    accepts: (nas) => settings.loopbackOnly || !hasDemoSecret(nas),
    changed: (fresh) => {
      table = nasTable(fresh.nas.values(), (nas, error) =>
        log.error({ err: error, nas: nas.id }, 'a NAS is left out: its secret cannot be used'),
      )
    },
    failed: (error) => log.error(error, 'cannot refresh the NAS table'),
  })
  const sessions = new SessionStore(store)
  const rights = {
    store,
    visits: new VisitStore(store),
    usage: new UsageStore(store),
    vouchers: new VoucherStore(store, keys.voucher),
    grantKey: keys.grant,
    subjectKey: keys.subject,
  }
  const handling: Handling = { store, sessions, rights, tables, classKey: keys.class, now, log }
  const metrics = radiusMetrics(shared.registry)
  const messageAuthenticators = new MessageAuthenticatorMemory(store)
  await messageAuthenticators.refresh()
  const learning = repeat(
    5000,
    () => messageAuthenticators.refresh(),
    (error) => log.warn(error, 'cannot refresh'),
  )
  const accounting = new AccountingHandler(handling)
  const server = new RadiusServer({
    nasTable: () => table,
    access: (request) => handleAccess(handling, request),
    accounting: (request) => accounting.handle(request),
    messageAuthenticators,
    metrics,
    log,
    now,
    random,
  })
  const addresses = localAddresses(settings.hosts)
  const auth = await listenUdp(addresses, settings.radiusAuthPort, 'RADIUS_AUTH_PORT', (m) =>
    server.receive('auth', m),
  )
  const acct = await listenUdp(addresses, settings.radiusAcctPort, 'RADIUS_ACCT_PORT', (m) =>
    server.receive('acct', m),
  )
  const coa = await startCoaWorker({
    store,
    sessions,
    tables,
    metrics,
    log,
    now,
    random,
    consumer: `worker-${process.pid}`,
  })
  const silence = scheduleSilence({ store, sessions, tables, now, log })
  return {
    ports: { radiusAuth: auth.port, radiusAcct: acct.port },
    async notReady() {
      return store.ping().then(
        () => null,
        (error: Error) => `Redis is away (${error.message})`,
      )
    },
    async stop() {
      await Promise.all([silence.stop(), coa.stop(), learning.stop(), tables.stop()])
      await server.drain(DRAIN_MS)
      await Promise.all([auth.stop(), acct.stop()])
      store.disconnect()
    },
  }
}
