import { createHash, createHmac, createCipheriv, randomBytes } from 'node:crypto'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { AfterReply } from '../../portal/after-reply.ts'
import { createPortal } from '../../portal/app.ts'
import { clickThrough } from '../../portal/login/click-through.ts'
import { pass } from '../../portal/login/pass.ts'
import { voucher } from '../../portal/login/voucher.ts'
import { createPages } from '../../portal/pages.ts'
import type { PortalParts } from '../../portal/parts.ts'
import { PassDesk } from '../../portal/passes.ts'
import { Press } from '../../portal/press.ts'
import type { PlatformEvent } from '../../core/domain/event.ts'
import { parseMac, type Mac } from '../../core/domain/mac.ts'
import { shardOf, type Nas } from '../../core/domain/nas.ts'
import { parseCity } from '../../core/process/city-file.ts'
import { decodeEvent } from '../../core/store/events.ts'
import { keys as redisKeys } from '../../core/store/keys.ts'
import { openStore, type Store } from '../../core/store/redis.ts'
import { MetItems } from '../../core/store/met-items.ts'
import { PassStore } from '../../core/store/passes.ts'
import { SessionStore } from '../../core/store/sessions.ts'
import { followTables, publishTables } from '../../core/store/tables.ts'
import { UsageStore } from '../../core/store/usage.ts'
import { VisitStore } from '../../core/store/visits.ts'
import { VoucherStore } from '../../core/store/vouchers.ts'
import { silentLog, testKeys, testRedis, type Test, type TestRedis } from '../support/stores.ts'

export const PHONE = parseMac('02-AA-BB-CC-DD-01')!
export const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148'
/** Saturday, 21 November 2026, 10:00 in Hà Nội. */
export const MORNING = Date.parse('2026-11-21T03:00:00Z')
const PORTAL = 'http://portal.test:8080'

/** A portal over a real Redis, with one site and a gateway of each vendor; the clock is the test's. */
export interface Stage {
  readonly app: FastifyInstance
  readonly store: Store
  readonly redis: TestRedis
  readonly parts: PortalParts
  readonly vouchers: VoucherStore
  readonly nas: (vendor: string) => Nas
  now: number
  /** What became of reports of gateways without RADIUS, one after the other. */
  readonly outcomes: string[]
  /** The portal over TLS, where the test serves it. */
  tlsUrl: string | null
  get(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  post(
    url: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>
  /** Every event that the portal has told analytics about a NAS. */
  events(nas: string): Promise<PlatformEvent[]>
}

const limits = {
  sessionSeconds: 3600,
  idleSeconds: 900,
  dailySeconds: 7200,
  dailyOctets: 1_000_000_000,
  downBitsPerSecond: 5_000_000,
  upBitsPerSecond: 2_000_000,
}
const site = (id: string, more: object = {}) => ({
  id,
  name: { vi: 'Hồ Hoàn Kiếm', en: 'Hoàn Kiếm Lake' },
  category: 'tourist-site',
  state: 'live',
  operator: 'op',
  lat: 21.0287,
  lng: 105.8523,
  promo: { vi: 'Hồ giữa lòng thành phố.', en: 'The lake at the heart of the city.' },
  login: ['click-through', 'voucher'],
  limits,
  ...more,
})
const nas = (id: string, gateway: string, more: object = {}) => ({
  id,
  site: 'ho-hoan-kiem',
  gateway,
  addresses: [`127.10.9.${id.length}`],
  secret: `demo-secret-of-${id}`,
  gatewayUrl: 'http://10.1.0.1:3990',
  interimSeconds: 60,
  ...more,
})

const CITY = {
  city: { id: 'hanoi', name: { vi: 'Hà Nội', en: 'Hanoi' }, timeZone: 'Asia/Ho_Chi_Minh' },
  operators: [{ id: 'op', name: 'Operator' }],
  sites: [
    site('ho-hoan-kiem'),
    site('other', { name: { vi: 'Văn Miếu', en: 'Temple of Literature' } }),
    site('taps', { login: ['click-through'], limits: { ...limits, devices: 1 } }),
    site('codes', { login: ['voucher'] }),
    site('planned', { state: 'planned' }),
  ],
  nas: [
    nas('chilli', 'coova-chilli', { uamSecret: 'uam-secret-of-chilli' }),
    nas('mikro-tik', 'mikrotik', { gatewayUrl: 'http://10.1.0.1/login' }),
    nas('nds', 'opennds', { fasKey: 'faskeyofnds12345', gatewayUrl: 'http://10.1.0.1:2050' }),
    nas('chilli-other', 'coova-chilli', { uamSecret: 'uam-secret-of-chilli', site: 'other' }),
    nas('chilli-taps', 'coova-chilli', { uamSecret: 'uam-secret-of-chilli', site: 'taps' }),
    nas('chilli-code-only', 'coova-chilli', { uamSecret: 'uam-secret-of-chilli', site: 'codes' }),
    nas('chilli-planned', 'coova-chilli', { uamSecret: 'uam-secret-of-chilli', site: 'planned' }),
  ],
}

export async function startStage(t: Test): Promise<Stage> {
  const redis = await testRedis(t)
  const store = await openStore(redis.url)
  t.teardown(() => store.disconnect())
  const parsed = parseCity(CITY, {})
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  await publishTables(store, testKeys, parsed.city)
  const tables = await followTables(store, testKeys, { failed: () => undefined })
  t.teardown(() => tables.stop())
  const visits = new VisitStore(store, true)
  const sessions = new SessionStore(store)
  const usage = new UsageStore(store)
  const vouchers = new VoucherStore(store, testKeys.voucher)
  const passes = new PassStore(store, testKeys)
  const desk = new PassDesk({ passes, visits, sessions, usage, vouchers })
  const methods = [
    clickThrough(desk),
    voucher({ desk, passes, store, vouchers, usage }),
    pass({ desk, passes, store, passKey: testKeys.pass }),
  ]
  const parts: PortalParts = {
    pages: createPages(),
    press: new Press(),
    store,
    line: store,
    visits,
    sessions,
    usage,
    vouchers,
    passes,
    desk,
    tables,
    met: new MetItems(store, testKeys.campaign),
    afterReply: new AfterReply(silentLog),
    methods: new Map(methods.map((method) => [method.name, method])),
    keys: testKeys,
    log: silentLog,
    accounted: (outcomes) => void stage.outcomes.push(...outcomes),
    now: () => stage.now,
    portalUrl: () => PORTAL,
    portalTlsUrl: () => stage.tlsUrl,
    notReady: async () => null,
  }
  const app = await createPortal(parts, [])
  t.teardown(() => app.close())
  const stage: Stage = {
    app,
    store,
    redis,
    parts,
    vouchers,
    nas: (vendor) => [...tables.current.nas.values()].find((each) => each.gateway === vendor)!,
    now: MORNING,
    outcomes: [],
    tlsUrl: null,
    get: (url, headers = {}) => app.inject({ url, headers: { 'user-agent': IPHONE, ...headers } }),
    post: (url, fields, headers = {}) =>
      app.inject({
        method: 'POST',
        url,
        payload: new URLSearchParams(fields).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': IPHONE, ...headers },
      }),
    async events(id) {
      const entries = await store.xrange(redisKeys.events(shardOf(id)), '-', '+')
      return entries
        .map(([, fields]) => decodeEvent(fields[1]!))
        .filter((event) => ('nas' in event ? event.nas : event.session.nas) === id)
    },
  }
  return stage
}

/** CoovaChilli's redirect of a phone, signed as src/redir.c does. */
export function chilliArrival(
  more: Record<string, string> = {},
  mac: Mac = PHONE,
  secret = 'uam-secret-of-chilli',
): string {
  const query = new URLSearchParams({
    res: 'notyet',
    uamip: '10.1.0.1',
    uamport: '3990',
    challenge: 'a1'.repeat(16),
    called: '02-10-00-00-01-FF',
    mac: mac.match(/../g)!.join('-'),
    ip: '10.1.0.5',
    nasid: 'chilli',
    userurl: 'http://example.com/',
    ...more,
  })
  const path = `/g/coova-chilli?${query.toString()}`
  return `${path}&md=${createHash('md5')
    .update(PORTAL + path + secret)
    .digest('hex')
    .toUpperCase()}`
}

const nodeHid = (token: string): string => createHash('sha256').update(token).digest('hex')
export const HID = nodeHid('6d7364ca')

/** openNDS's redirect at level 1 or 2, as openNDS 9.10 writes it. */
export function openndsArrival(level: 1 | 2, mac = '02:aa:bb:cc:dd:01', fasKey = 'faskeyofnds12345'): string {
  const authdir = level === 2 ? ', authdir=opennds_auth' : ''
  const text = `hid=${HID}, clientip=10.77.0.176, clientmac=${mac}, client_type=cpd_can, gatewayname=Lab%20Node%3a02 , gatewayurl=http%3a%2f%2fstatus.client, version=9.10.0, gatewayaddress=10.66.66.66:2050, gatewaymac=02005e1000fe${authdir}, originurl=http%3a%2f%2fx.test%2f~a, clientif=lan0, themespec=(null), (null)(null)`
  if (level === 1) return `/g/opennds/nds?fas=${Buffer.from(text).toString('base64')}`
  const iv = randomBytes(8).toString('hex')
  const key = Buffer.alloc(32)
  key.write(fasKey)
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.from(iv))
  const inner = cipher.update(text, 'utf8', 'base64') + cipher.final('base64')
  return `/g/opennds/nds?fas=${encodeURIComponent(Buffer.from(inner).toString('base64'))}&iv=${iv}`
}

/** Headers with which the gateway's reporter signs a body. */
export function signedEvent(
  stage: Stage,
  body: string,
  more: { key?: string; time?: number; nonce?: string; path?: string } = {},
) {
  const {
    key = 'faskeyofnds12345',
    time = Math.floor(stage.now / 1000),
    nonce = randomBytes(16).toString('hex'),
    path = '/g/opennds/nds/events',
  } = more
  return {
    method: 'POST' as const,
    url: path,
    payload: body,
    headers: {
      'content-type': 'application/json',
      'x-hotspot-time': String(time),
      'x-hotspot-nonce': nonce,
      'x-hotspot-signature': createHmac('sha256', key)
        .update(`${time}\n${nonce}\n${path}\n${body}`)
        .digest('hex'),
    },
  }
}

/** The visit id that a page's first form carries. */
export const visitIn = (html: string): string => /name="v" value="([^"]+)"/.exec(html)?.[1] ?? ''
