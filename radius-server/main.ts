import { gatewayOf } from '../core/gateways/index.ts'
import { hasDemoSecret } from '../core/process/city-file.ts'
import type { Nas } from '../core/domain/nas.ts'
import { repeat } from '../core/process/lifecycle.ts'
import type { Part, Shared } from '../core/process/shared.ts'
import { Endings } from '../core/store/endings.ts'
import { openLine } from '../core/store/line.ts'
import { openStore } from '../core/store/redis.ts'
import { PassStore } from '../core/store/passes.ts'
import { SessionStore } from '../core/store/sessions.ts'
import { followTables } from '../core/store/tables.ts'
import { UsageStore } from '../core/store/usage.ts'
import { VisitStore } from '../core/store/visits.ts'
import { VoucherStore } from '../core/store/vouchers.ts'
import { startCoaWorker } from './coa/worker.ts'
import { Enforcement } from './enforcement.ts'
import { AccountingHandler } from './handlers/accounting.ts'
import { AccessHandler } from './handlers/degraded.ts'
import { LimitAttributes } from './handlers/limit-attributes.ts'
import type { Handling } from './handlers/request.ts'
import { MessageAuthenticatorMemory } from './message-authenticator.ts'
import { radiusMetrics } from './metrics.ts'
import { nasTable, type NasTable } from './nas-table.ts'
import { RateLimitedLog } from './rate-limited-log.ts'
import { RadiusServer } from './server.ts'
import { scheduleSilence } from './silence.ts'
import { testedNas } from './test-logins/proof.ts'
import { scheduleTestLogins } from './test-logins/schedule.ts'
import { startTransport } from './transport/transport.ts'

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
  // What every packet asks of Redis goes by a line of its own; all else by the client.
  const line = await openLine(shared.redisUrl)
  const notes = new RateLimitedLog(log, now)
  const sessions = new SessionStore(line, (err) =>
    notes.warn('uncounted', { err }, 'what a visitor used is counted with the next report of the session'),
  )
  const rights = {
    store,
    visits: new VisitStore(line),
    usage: new UsageStore(line),
    vouchers: new VoucherStore(store, keys.voucher),
    passes: new PassStore(line, keys),
    grantKey: keys.grant,
    subjectKey: keys.subject,
  }
  const metrics = radiusMetrics(shared.registry)
  const handling: Handling = {
    store,
    sessions,
    rights,
    tables,
    limitAttributes: new LimitAttributes(),
    classKey: keys.class,
    chargeableUserKey: keys.chargeableUser,
    now,
    log,
    accounted: (outcomes) => metrics.accountingOutcomes.add(outcomes),
    noted: (note, nas) => {
      metrics.noNasIdentification.inc({ nas: nas.id })
      notes.warn(
        note,
        { nas: nas.id },
        'an Access-Request says neither NAS-Identifier nor an address of its NAS',
      )
    },
  }
  const messageAuthenticators = new MessageAuthenticatorMemory(store)
  await messageAuthenticators.refresh()
  const learning = repeat(
    5000,
    () => messageAuthenticators.refresh(),
    (error) => log.warn(error, 'cannot refresh'),
  )
  let own: ReadonlySet<string> = new Set()
  const access = new AccessHandler(handling, metrics.degraded)
  const { visits, usage } = rights
  const wayTo = ({ gateway }: Nas) => gatewayOf(gateway)?.disconnect
  const enforcement = new Enforcement({
    store,
    endings: new Endings({ store, sessions, visits, usage, tables, wayTo }),
    tables,
    unconfirmed: metrics.coaUnconfirmed,
    log,
    now,
  })
  const accounting = new AccountingHandler(handling, (recorded) => enforcement.recorded(recorded))
  const server = new RadiusServer({
    nasTable: () => table,
    access: (request) => access.handle(request),
    accounting: (request) => accounting.handle(request),
    messageAuthenticators,
    metrics,
    log,
    now,
    random,
    rejectMs: settings.radiusRejectMs,
    // From an address of our own alone: the kernel drops what comes with one of them from outside.
    testedNas: (packet, address) => (own.has(address) ? testedNas(keys.testLogin, packet, now()) : null),
  })
  const transport = await startTransport({
    settings,
    team: shared.team ?? null,
    registry: shared.registry,
    log,
    receive: (port, incoming) => server.receive(port, incoming),
    refused: ({ address, port }) => {
      const reason = 'forged-frame'
      metrics.dropped.inc({ reason })
      notes.warn(reason, { reason, from: `${address}:${port}` }, 'RADIUS packet dropped')
    },
  })
  own = new Set(transport.addresses)
  const testLogins = scheduleTestLogins({
    store,
    tables,
    visits,
    keys,
    port: { address: transport.addresses[0]!, port: transport.authPort },
    rejectMs: settings.radiusRejectMs,
    counted: metrics.testLogins,
    log,
    now,
  })
  const coa = await startCoaWorker({
    store,
    sessions,
    tables,
    metrics,
    log,
    now,
    random,
    consumer: `worker-${process.pid}`,
    from: settings.hosts,
  })
  const silence = scheduleSilence({ store, sessions, tables, now, log })
  return {
    ports: { radiusAuth: transport.authPort, radiusAcct: transport.acctPort },
    ...(transport.peering && { peering: transport.peering }),
    async notReady() {
      return store.ping().then(
        () => null,
        (error: Error) => `Redis is away (${error.message})`,
      )
    },
    async stop() {
      await Promise.all([testLogins.stop(), silence.stop(), coa.stop(), learning.stop(), tables.stop()])
      await server.drain(DRAIN_MS)
      await enforcement.stop()
      await transport.stop()
      await line.stop()
      store.disconnect()
    },
  }
}
