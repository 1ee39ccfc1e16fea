import t from 'tap'
import type { AccountingRecord } from '../../../core/domain/accounting.ts'
import type { CoaEvent } from '../../../core/domain/event.ts'
import { parseMac, type Mac } from '../../../core/domain/mac.ts'
import { shardOf } from '../../../core/domain/nas.ts'
import type { Session } from '../../../core/domain/session.ts'
import type { Visit, VisitGrant } from '../../../core/domain/visit.ts'
import { parseCity } from '../../../core/process/city-file.ts'
import { wantedDeauths, type Disconnect } from '../../../core/store/commands.ts'
import { Endings } from '../../../core/store/endings.ts'
import { decodeEvent } from '../../../core/store/events.ts'
import { KEY_FAMILIES } from '../../../core/store/key-families.ts'
import { keys } from '../../../core/store/keys.ts'
import { placeOf } from '../../../core/store/session-usage.ts'
import { SessionStore } from '../../../core/store/sessions.ts'
import { UsageStore } from '../../../core/store/usage.ts'
import { newVisitId, VisitStore } from '../../../core/store/visits.ts'
import { testRedis, testStore } from '../../support/stores.ts'

const redis = await testRedis(t)
const store = await testStore(t, redis)
const sessions = new SessionStore(store)
const visits = new VisitStore(store)
const usage = new UsageStore(store)

const LAKE = { dailySeconds: 7200, dailyOctets: 1000 }
const PARK = { dailySeconds: 7200, dailyOctets: 5000 }
const site = (id: string, more: object) => ({
  id,
  name: { vi: id, en: id },
  category: 'tourist-site',
  state: 'live',
  operator: 'op',
  lat: 21,
  lng: 105.8,
  login: ['click-through'],
  ...more,
})
const nas = (id: string, at: string, gateway: string, more: object = {}) => ({
  id,
  site: at,
  gateway,
  addresses: [`127.3.0.${id.length}`],
  secret: 'a secret of these tests',
  gatewayUrl: 'http://127.3.0.1:3990',
  ...more,
})
const parsed = parseCity(
  {
    city: { id: 'test', name: { vi: 'Thử', en: 'Test' }, timeZone: 'Asia/Ho_Chi_Minh' },
    operators: [{ id: 'op', name: 'Operator' }],
    sites: [
      site('lake', { limits: LAKE }),
      site('park', {
        limits: PARK,
        hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '08:00', to: '17:00' }],
      }),
    ],
    nas: [
      nas('chilli', 'lake', 'coova-chilli'),
      nas('routeros', 'park', 'mikrotik'),
      nas('opennds', 'lake', 'opennds', { fasKey: 'a fas key', addresses: ['127.3.0.9'] }),
    ],
  },
  {},
)
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
const tables = {
  current: {
    sites: new Map(parsed.city.sites.map((each) => [each.id, each])),
    nas: new Map(parsed.city.nas.map((each) => [each.id, each])),
    campaigns: [],
    notices: [],
    realms: new Set<string>(),
  },
}
const endings = new Endings({
  store,
  sessions,
  visits,
  usage,
  tables,
  wayTo: ({ gateway }) => (gateway === 'opennds' ? 'reporter' : 'coa'),
})

t.beforeEach(() => store.flushall())

const NOON = Date.parse('2026-03-12T12:00:00+07:00')
const FIVE = Date.parse('2026-03-12T17:00:00+07:00')
const DAY = '2026-03-12'
const SUBJECT = 'm.subject'
const PHONES = ['02005E005301', '02005E005302', '02005E005303'].map((text) => parseMac(text)!)
const [PHONE, SECOND, THIRD] = PHONES as [Mac, Mac, Mac]
const INTERVALS_MS = 2 * 300_000

interface Going {
  readonly mac?: Mac
  readonly seconds?: number
  readonly octets?: number
  readonly startedAt?: number
  readonly subject?: string
}

/** A session with a right of its own site, and its reports so far. */
async function going(nasId: string, given: Going = {}): Promise<Session> {
  const { mac = PHONE, seconds = 0, octets = 0, startedAt = NOON, subject = SUBJECT } = given
  const { site: at } = tables.current.nas.get(nasId)!
  const { limits } = tables.current.sites.get(at)!
  const visit: Visit = {
    id: newVisitId(),
    nas: nasId,
    site: at,
    mac,
    ap: null,
    ssid: null,
    ip: null,
    lang: 'vi',
    spoken: 'vi',
    device: { family: 'phone', os: 'android' },
    context: {},
    proved: true,
    createdAt: startedAt,
  }
  const grant: VisitGrant = {
    method: 'click-through',
    userName: 'g1.user',
    limits: {},
    subject,
    allowance: { seconds: limits.dailySeconds, octets: limits.dailyOctets },
    grantedAt: startedAt,
    validUntil: startedAt + 3_600_000,
  }
  await visits.create(visit, false)
  await visits.grant(visit, grant)
  const start: AccountingRecord = {
    status: 'start',
    nas: nasId,
    site: at,
    acctSessionId: `session of ${mac}`,
    mac,
    at: startedAt,
    receivedAt: startedAt,
    fromVisitorOctets: null,
    toVisitorOctets: null,
    gigawords: true,
    seconds: null,
    cause: null,
    userName: null,
    visit: visit.id,
    ip: null,
    ap: null,
    interimSeconds: 300,
    classSession: null,
  }
  const { session } = await sessions.record(start)
  if (seconds + octets === 0) return session
  return report(session, { seconds, octets })
}

async function report(
  { nas: nasId, site: at, acctSessionId, mac, startedAt, visit }: Session,
  { seconds, octets, status = 'interim' }: { seconds: number; octets: number; status?: 'interim' | 'stop' },
): Promise<Session> {
  const { session } = await sessions.record({
    status,
    nas: nasId,
    site: at,
    acctSessionId,
    mac,
    at: startedAt + seconds * 1000,
    receivedAt: startedAt + seconds * 1000,
    fromVisitorOctets: 0n,
    toVisitorOctets: BigInt(octets),
    gigawords: true,
    seconds,
    cause: status === 'stop' ? 'Admin-Reset' : null,
    userName: null,
    visit,
    ip: null,
    ap: null,
    interimSeconds: 300,
    classSession: null,
  })
  return session
}

/** What gateways are asked, in order. */
async function asked(): Promise<string[]> {
  const entries = await store.xrange(keys.commands, '-', '+')
  return entries.map(([, fields]) => {
    const { nas: nasId, mac, reason } = JSON.parse(fields[1]!) as Disconnect
    return `${nasId} ${PHONES.indexOf(mac) + 1} ${reason}`
  })
}

async function toldOf(nasId: string): Promise<CoaEvent[]> {
  const entries = await store.xrange(keys.events(shardOf(nasId)), '-', '+')
  return entries
    .map(([, fields]) => decodeEvent(fields[1]!))
    .filter((event): event is CoaEvent => event.kind === 'coa')
}

t.test('a session within its limits is left alone, and is looked at again in time', async (t) => {
  const session = await going('chilli', { seconds: 600, octets: 600 })
  const look = await endings.look(session, NOON + 600_000)
  t.same(look, { at: NOON + 600_000 + 900_000, octets: 600 + 100 })
  t.same(await asked(), [])
  t.equal(await store.exists(keys.endings), 0)
})

t.test('a session over its quota is asked for once, and its story tells why', async (t) => {
  const session = await going('chilli', { seconds: 600, octets: 1001 })
  const now = NOON + 600_000
  t.same(await endings.look(session, now), { at: now + INTERVALS_MS, octets: Infinity })
  await endings.look(session, now + 1000)
  await Promise.all([endings.look(session, now + 2000), endings.look(session, now + 2000)])
  t.same(await asked(), ['chilli 1 quota-data'])
  t.match(await toldOf('chilli'), [{ session: session.id, reason: 'quota-data', result: 'asked', at: now }])
  t.equal((await toldOf('chilli')).length, 1)
})

t.test('a quota that is used up ends all sessions that share it, each by its own site’s', async (t) => {
  await going('routeros', { mac: SECOND, seconds: 300, octets: 500 })
  const stopped = await going('chilli', { mac: THIRD, seconds: 300, octets: 100 })
  await report(stopped, { seconds: 310, octets: 100, status: 'stop' })
  const session = await going('chilli', { seconds: 600, octets: 600 })
  await endings.look(session, NOON + 600_000)
  t.same(await asked(), ['chilli 1 quota-data'], 'at the park there is more')
  t.same(await usage.used(SUBJECT, DAY), { seconds: 600, octets: 1200 })

  await store.flushall()
  await going('opennds', { mac: SECOND, seconds: 300, octets: 500 })
  await endings.look(await going('chilli', { seconds: 600, octets: 600 }), NOON + 600_000)
  t.same(await asked(), ['chilli 1 quota-data'])
  t.same(await wantedDeauths(store, 'opennds'), { [SECOND]: `session of ${SECOND}` }, 'in openNDS’s own way')
})

t.test('two phones at two sites use a minute once', async (t) => {
  await going('routeros', { mac: SECOND, seconds: 7000 })
  const session = await going('chilli', { seconds: 7000 })
  t.same(await usage.used(SUBJECT, DAY), { seconds: 7000, octets: 0 })
  await endings.look(session, NOON + 7_000_000)
  t.same(await asked(), [])
  const over = await report(session, { seconds: 7201, octets: 0 })
  await endings.look(over, NOON + 7_201_000)
  t.same(await asked(), ['chilli 1 quota-time', 'routeros 2 quota-time'])
})

t.test('a visit that is revoked ends its own session and no other', async (t) => {
  await going('routeros', { mac: SECOND })
  const session = await going('chilli')
  await visits.revoke(session.visit!)
  await endings.look(session, NOON + 1000)
  t.same(await asked(), ['chilli 1 revoked'])
})

t.test('what accounting does not confirm within two intervals is asked for again and told of', async (t) => {
  const session = await going('chilli', { seconds: 600, octets: 1001 })
  const now = NOON + 600_000
  const told: string[] = []
  const confirm = (at: number) => endings.confirm(at, ({ mac }, reason) => told.push(`${mac} ${reason}`))
  await endings.look(session, now)
  await confirm(now + INTERVALS_MS - 1)
  t.same([await asked(), told], [['chilli 1 quota-data'], []], 'it has its time')
  await confirm(now + INTERVALS_MS)
  await confirm(now + INTERVALS_MS + 1)
  t.same(await asked(), ['chilli 1 quota-data', 'chilli 1 quota-data'])
  t.same(told, [`${PHONE} quota-data`])
  await report(session, { seconds: 1300, octets: 1001, status: 'stop' })
  await confirm(now + 2 * INTERVALS_MS + 1)
  t.equal((await asked()).length, 2)
  t.equal(told.length, 1, 'a Stop confirms it')
  t.equal(await store.exists(keys.endings), 0, 'and it is forgotten')
  t.equal((await toldOf('chilli')).length, 1, 'its story has the wish once')
})

t.test('a session that may go on by then is not asked for again', async (t) => {
  const evening = Date.parse('2026-03-12T23:55:00+07:00')
  const session = await going('chilli', { startedAt: evening, seconds: 200, octets: 1001 })
  await endings.look(session, evening + 200_000)
  t.same(await asked(), ['chilli 1 quota-data'])
  // Its gateway did not hear, and a new day has begun.
  const next = await report(session, { seconds: 700, octets: 1002 })
  t.equal(next.day, '2026-03-13')
  await endings.confirm(evening + 200_000 + INTERVALS_MS, () => t.fail('it may go on'))
  t.equal((await asked()).length, 1)
  t.equal(await store.exists(keys.endings), 0)
})

t.test('at closing time what is open is asked for, once, and at that site alone', async (t) => {
  await going('routeros')
  await going('chilli', { mac: SECOND })
  await endings.atClosing(FIVE - 1)
  t.same(await asked(), [])
  await endings.atClosing(FIVE)
  await endings.atClosing(FIVE + 15_000)
  t.same(await asked(), ['routeros 1 hours'])
  const open = await sessions.openOf(SUBJECT)
  const reasons = await Promise.all(open.map(async (each) => [each.nas, await endings.reason(each, FIVE)]))
  t.same(Object.fromEntries(reasons), { routeros: 'hours', chilli: null })
})

t.test('a session that nobody was granted ends at closing time, too', async (t) => {
  const stranger = await going('routeros', { mac: THIRD, subject: 'm.other' })
  await store.del(keys.visit(stranger.visit!))
  await endings.atClosing(FIVE)
  t.same(await asked(), ['routeros 3 hours'])
})

t.test('a gateway that is no more is asked nothing', async (t) => {
  const session = await going('chilli', { seconds: 600, octets: 1001 })
  await endings.look({ ...session, nas: 'removed' }, NOON)
  t.same(await asked(), [])
  t.equal(await store.exists(keys.endings), 0)
})

t.test('what is remembered of an ending has a lifetime and no address of a device', async (t) => {
  const session = await going('chilli', { seconds: 600, octets: 1001 })
  await endings.look(session, NOON + 600_000)
  const family = KEY_FAMILIES.find(({ pattern }) => pattern.test(keys.endings))
  t.equal(await store.type(keys.endings), family?.type)
  const ttl = await store.ttl(keys.endings)
  t.ok(ttl > 0 && ttl <= Number(family?.lifetime))
  const members = await store.zrange(keys.endings, '0', '-1')
  t.same(members, [placeOf(session)])
  t.notMatch(members.join(), PHONE)
  const places = keys.sessionsOf(SUBJECT)
  t.equal(await store.type(places), KEY_FAMILIES.find(({ pattern }) => pattern.test(places))?.type)
  t.same(await store.zrange(places, '0', '-1'), [placeOf(session)])
})

t.test('a session whose record is gone is looked up no more', async (t) => {
  const session = await going('chilli')
  await store.del(keys.session(session.nas, session.acctSessionId, session.mac))
  t.same(await sessions.openOf(SUBJECT), [])
  t.equal(await store.exists(keys.sessionsOf(SUBJECT)), 0)
})
