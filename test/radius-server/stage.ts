import { decodeEvent } from '../../core/store/events.ts'
import type { PlatformEvent, SessionEvent } from '../../core/domain/event.ts'
import { SHARDS, type Nas } from '../../core/domain/nas.ts'
import type { Site } from '../../core/domain/site.ts'
import { parseCity } from '../../core/process/city-file.ts'
import { keys as storeKeys } from '../../core/store/keys.ts'
import { openLine } from '../../core/store/line.ts'
import { openStore, type Store } from '../../core/store/redis.ts'
import { PassStore } from '../../core/store/passes.ts'
import { SessionStore } from '../../core/store/sessions.ts'
import { followTables, publishTables, type LiveTables } from '../../core/store/tables.ts'
import { UsageStore } from '../../core/store/usage.ts'
import { VisitStore } from '../../core/store/visits.ts'
import { VoucherStore } from '../../core/store/vouchers.ts'
import type { Rights } from '../../radius-server/authenticate/rights.ts'
import { LimitAttributes } from '../../radius-server/handlers/limit-attributes.ts'
import type { Handling, Request } from '../../radius-server/handlers/request.ts'
import { nasTable, type KnownNas } from '../../radius-server/nas-table.ts'
import { accept } from '../../radius-server/packet/accept.ts'
import { verifyRequest } from '../../radius-server/packet/authenticators.ts'
import { silentLog, testKeys, type Test } from '../support/stores.ts'

/** Noon in Hà Nội on a Thursday, so that no test crosses midnight by accident. */
export const NOON = Date.parse('2026-03-12T05:00:00Z')
export const SECRET = 'a radius secret of the stage'

type Json = Readonly<Record<string, unknown>>

const SITE: Json = {
  id: 'lake',
  name: { vi: 'Hồ', en: 'Lake' },
  category: 'tourist-site',
  state: 'live',
  operator: 'op',
  lat: 21,
  lng: 105.8,
  login: ['click-through', 'voucher'],
  limits: {
    sessionSeconds: 3600,
    idleSeconds: 900,
    dailySeconds: 7200,
    dailyOctets: 1_000_000_000,
    downBitsPerSecond: 5_000_000,
    upBitsPerSecond: 2_000_000,
  },
}

/** A site and its NASes as the city file would give them; what is given replaces what stands here. */
export function cityOf(nas: readonly Json[], site: Json = {}): { site: Site; nas: readonly Nas[] } {
  const parsed = parseCity(
    {
      city: { id: 'test', name: { vi: 'Thử', en: 'Test' }, timeZone: 'Asia/Ho_Chi_Minh' },
      operators: [{ id: 'op', name: 'Operator' }],
      sites: [{ ...SITE, ...site }],
      nas: nas.map((each, i) => ({
        id: `nas-${i + 1}`,
        site: 'lake',
        gateway: 'coova-chilli',
        addresses: [`127.1.0.${i + 1}/32`],
        secret: SECRET,
        gatewayUrl: `http://127.1.0.${i + 1}:3990`,
        ...each,
      })),
    },
    {},
  )
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  return { site: parsed.city.sites[0]!, nas: parsed.city.nas }
}

/** A NAS ready for hashing, as the server's table hands it out. */
export function knownNas(given: Json = {}): KnownNas {
  const { nas } = cityOf([given])
  const found = nasTable(nas).find(nas[0]!.addresses[0]!.split('/')[0]!)
  if (!found) throw new Error('the stage’s NAS has no single address')
  return found
}

/** Everything that handlers work with, over a real Redis, on a clock that the test sets. */
export interface Stage {
  readonly store: Store
  readonly handling: Handling
  readonly rights: Rights
  readonly sessions: SessionStore
  readonly site: Site
  /** A NAS by its number, from 1. */
  at(number: number): KnownNas
  now: number
  /** What handlers noted of requests that they answered all the same, and of which NAS. */
  readonly notes: [note: string, nas: string][]
  /** What became of accounting reports, one after the other. */
  readonly outcomes: string[]
  /** Everything in the live store gone but the tables. */
  clear(): Promise<void>
  /** All events of all streams, in order within a stream. */
  events(): Promise<PlatformEvent[]>
  sessionEvents(): Promise<SessionEvent[]>
}

export async function stageFor(
  t: Test,
  redisUrl: string,
  nas: readonly Json[] = [{}],
  site: Json = {},
  realms: readonly string[] = [],
): Promise<Stage> {
  const store = await openStore(redisUrl)
  t.teardown(() => store.disconnect())
  const city = cityOf(nas, site)
  let tables: LiveTables | null = null
  const publish = async (): Promise<void> => {
    await store.flushall()
    await publishTables(store, testKeys, { sites: [city.site], nas: city.nas, realms })
  }
  await publish()
  tables = await followTables(store, testKeys, { failed: () => undefined })
  t.teardown(() => tables?.stop())
  const line = await openLine(redisUrl)
  t.teardown(() => line.stop())
  const uncounted: unknown[] = []
  const sessions = new SessionStore(line, (error) => uncounted.push(error))
  t.teardown(() => {
    if (uncounted.length > 0) throw new AggregateError(uncounted, 'usage was not counted')
  })
  const rights: Rights = {
    store,
    visits: new VisitStore(line),
    usage: new UsageStore(line),
    vouchers: new VoucherStore(store, testKeys.voucher),
    passes: new PassStore(line, testKeys),
    grantKey: testKeys.grant,
    subjectKey: testKeys.subject,
  }
  const known = nasTable(city.nas)
  const stage: Stage = {
    store,
    rights,
    sessions,
    site: city.site,
    at(number) {
      const found = known.find(city.nas[number - 1]?.addresses[0]?.split('/')[0] ?? '')
      if (!found) throw new Error(`the stage has no NAS ${number}`)
      return found
    },
    now: NOON,
    handling: {
      store,
      sessions,
      rights,
      tables,
      limitAttributes: new LimitAttributes(),
      classKey: testKeys.class,
      chargeableUserKey: testKeys.chargeableUser,
      now: () => stage.now,
      log: silentLog,
      accounted: (outcomes) => void stage.outcomes.push(...outcomes),
      noted: (note, { id }) => void stage.notes.push([note, id]),
    },
    notes: [],
    outcomes: [],
    async clear() {
      stage.notes.length = 0
      stage.outcomes.length = 0
      await publish()
    },
    async events() {
      const streams = await Promise.all(
        Array.from({ length: SHARDS }, (_, shard) => store.xrange(storeKeys.events(shard), '-', '+')),
      )
      return streams.flat().map(([, fields]) => decodeEvent(fields[1]!))
    },
    async sessionEvents() {
      return (await stage.events()).filter((event) => event.kind === 'session')
    },
  }
  return stage
}

/** A datagram as the handlers get it: accepted, its authenticators checked. */
export function requestOf(datagram: Buffer, nas: KnownNas, receivedAt: number): Request {
  const packet = accept(datagram, new Set([1, 4, 12]))
  if (typeof packet === 'string') throw new Error(`not accepted: ${packet}`)
  const proof = verifyRequest(packet, nas.shared)
  if (proof !== 'proved' && proof !== 'unproved') throw new Error(`not proved: ${proof}`)
  return { packet, nas, proof, receivedAt }
}
