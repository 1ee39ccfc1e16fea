import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { Browser } from '../../cli/simulate/browser/browser.ts'
import { realClock } from '../../cli/simulate/clock.ts'
import type { GatewayObserver, Guest, VirtualGateway } from '../../cli/simulate/gateways/gateway.ts'
import { createGateway } from '../../cli/simulate/gateways/index.ts'
import type { SessionEnd } from '../../cli/simulate/gateways/session.ts'
import { chooseLab } from '../../cli/simulate/lab.ts'
import { drawPhone, type Phone, type Stay } from '../../cli/simulate/phones/phone.ts'
import type { Traffic } from '../../cli/simulate/phones/traffic.ts'
import { createRandom } from '../../cli/simulate/random.ts'
import { findPlatform, type Platform } from '../../cli/simulate/run-file.ts'
import { getOnline, type Outcome } from '../../cli/simulate/visit.ts'
import { cityDay } from '../../core/domain/day.ts'
import { parseMac, type Mac } from '../../core/domain/mac.ts'
import type { Session } from '../../core/domain/session.ts'
import { readCityFile } from '../../core/process/city-file.ts'
import { openStore } from '../../core/store/redis.ts'
import { SessionStore } from '../../core/store/sessions.ts'
import { UsageStore } from '../../core/store/usage.ts'
import { withinOneDay } from '../support/day.ts'
import { startPlatform, until } from '../support/platform.ts'

/** Loopback addresses that only this process uses, whatever else runs on the machine. */
const BLOCK = `127.${30 + (process.pid % 30)}.${(process.pid >> 6) & 255}`
const QUOTA = 20_000_000
const OCTETS_A_SECOND = 200_000
const INTERIM_SECONDS = 60

const site = (id: string, lat: number) => ({
  id,
  name: { vi: id, en: id },
  category: 'tourist-site',
  state: 'live',
  operator: 'op',
  lat,
  lng: 105.8,
  login: ['click-through', 'voucher'],
  limits: { sessionSeconds: 3600, devices: 3 },
})
const nas = (id: string, at: string, address: string, more: object) => ({
  id,
  site: at,
  addresses: [`${address}/32`],
  secret: 'a radius secret of this journey',
  coa: { address, port: 3799 },
  interimSeconds: INTERIM_SECONDS,
  ...more,
})
/** Two sites under one rule, a gateway of another vendor at each. */
const CITY = {
  city: { id: 'two', name: { vi: 'Hai', en: 'Two' }, timeZone: 'Asia/Ho_Chi_Minh' },
  operators: [{ id: 'op', name: 'Operator' }],
  categories: { 'tourist-site': { limits: { dailySeconds: 7200, dailyOctets: QUOTA } } },
  sites: [site('lake', 21), site('park', 21.1)],
  nas: [
    nas('gw-lake', 'lake', `${BLOCK}.1`, {
      gateway: 'coova-chilli',
      gatewayUrl: `http://${BLOCK}.1:3990`,
      uamSecret: 'a uam secret of this journey',
    }),
    nas('gw-park', 'park', `${BLOCK}.2`, { gateway: 'mikrotik', gatewayUrl: `http://${BLOCK}.2:8085/login` }),
  ],
}

/** A download at one pace. */
const steady: Traffic = {
  at: (second) => ({ from: 0n, to: BigInt(second * OCTETS_A_SECOND) }),
  reaches: ({ both, to }, last) => {
    const most = both ?? to
    const second = most === undefined ? Infinity : Math.ceil(Number(most) / OCTETS_A_SECOND)
    return second <= last ? second : null
  },
}
const staying = (seconds: number): Stay => ({ seconds, leaves: 'wifi-off', traffic: steady })

/** What a gateway knows of a session: when it began, by this machine's clock, and how it ended. */
interface Told {
  readonly startedAt: number
  readonly end: SessionEnd
}

test('one daily quota for two phones at two sites, one of which changes its MAC', async (t) => {
  t.setTimeout(5 * 60_000)
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-two-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'city.json')
  writeFileSync(file, JSON.stringify(CITY))
  const running = await startPlatform(t, { HOTSPOT_CONFIG: file })
  await withinOneDay(100)
  const platform = findPlatform(running.folder, null)
  const faults: string[] = []
  /** When each phone's latest session began. */
  const began = new Map<Mac, number>()
  const [lake, park] = await gatewaysOf(file, platform, {
    sessionStarted: (_, mac) => void began.set(mac, Date.now()),
    fault: (at, reason) => void faults.push(`${at.nas.id}: ${reason}`),
  })
  t.teardown(() => Promise.all([lake.close(), park.close()]))

  const services = readFileSync(join(running.folder, 'services.json'), 'utf8')
  const store = await openStore((JSON.parse(services) as { redisUrl: string }).redisUrl)
  t.teardown(() => store.disconnect())
  const sessions = new SessionStore(store)
  const openAt = async (id: string): Promise<Session> => {
    let open: Session | null = null
    await until(`a session is open at ${id}`, async () => {
      const [ref] = await sessions.open(id)
      open = ref ? await sessions.find(ref) : null
      return open !== null
    })
    return open!
  }

  const random = createRandom(7)
  const phone = (index: number, mac: string): Phone => ({
    ...drawPhone(random.fork(`phone ${index}`), index),
    mac: parseMac(mac)!,
    acceptLanguage: 'vi',
  })
  const first = phone(60_001, '02-AA-00-00-00-01')
  const second = phone(60_002, '02-BB-00-00-00-01')
  const told: Told[] = []
  /** A phone gets online, by a tap or by a code, and stays. */
  const online = async (gateway: VirtualGateway, who: Phone, stay: Stay, code: string | null) => {
    const guest: Guest = { phone: who, ap: null, stay, random: random.fork(who.mac) }
    gateway.join(guest)
    const outcome = await walk(platform, gateway, guest, code)
    const session = gateway.session(guest)
    const startedAt = began.get(who.mac) ?? NaN
    const over = session?.over.then((end) => void told.push({ startedAt, end }))
    return { outcome, over, leave: () => gateway.leave(guest) }
  }

  // The first phone taps at the lake; that makes its visitor a pass, whose code he writes down.
  const tapped = await online(lake, first, staying(20), null)
  t.same(tapped.outcome, { kind: 'online' })
  const { visit, subject } = await openAt('gw-lake')
  const page = await browserAt(platform, lake, first).open(`${platform.portalUrl}/pass?v=${visit}`)
  const code = /class="symbols">([^<]+)</.exec(page.html)?.[1] ?? ''
  t.match(code, /^[0-9A-Z]{5} [0-9A-Z]{5}$/, 'the code of the pass')
  await tapped.over
  tapped.leave()

  // It comes back at the park as another device, and a second phone joins at the lake.
  const changed: Phone = { ...first, mac: parseMac('02-AA-00-00-00-99')! }
  const there = await online(park, changed, staying(3000), code)
  const here = await online(lake, second, staying(3000), code)
  t.same([there.outcome, here.outcome], [{ kind: 'online' }, { kind: 'online' }])
  const visits: (string | null)[] = []
  for (const id of ['gw-park', 'gw-lake']) {
    const session = await openAt(id)
    t.equal(session.subject, subject, `${id}: it counts against the same day`)
    visits.push(session.visit)
  }
  await Promise.all([there.over, here.over])

  t.same(
    told.map(({ end }) => end.cause),
    ['Lost-Carrier', 'Admin-Reset', 'Admin-Reset'],
    'neither gateway had a reason of its own: both were asked',
  )
  t.ok(
    told.every(({ end }) => end.confirmed),
    'and accounting confirms it',
  )
  for (const [i, [gateway, who]] of (
    [
      [park, changed],
      [lake, second],
    ] as const
  ).entries()) {
    const status = await browserAt(platform, gateway, who).open(`${platform.portalUrl}/status?v=${visits[i]}`)
    t.match(status.html, /Dữ liệu của bạn đã hết lúc \d\d:\d\d/, 'its visitor is told why')
  }
  const settles = async (value: number, name: string, labels = {}): Promise<void> => {
    const isSo = async (): Promise<boolean> => (await running.metric(name, labels)) === value
    await until(`${name} is ${value}`, isSo, 30_000).catch((error: Error) => t.fail(error.message))
  }
  await settles(2, 'hotspot_coa_requests_total', { result: 'ack' })
  await settles(3, 'hotspot_sessions_started_total')
  await settles(0, 'hotspot_sessions_open')
  t.equal(await running.metric('hotspot_coa_unconfirmed_total'), 0)
  t.equal(await running.metric('hotspot_coa_requests_total'), 2, 'each was asked once')

  const used = await new UsageStore(store).used(subject!, cityDay(Date.now()))
  const octets = told.reduce((sum, { end }) => sum + end.reading.from + end.reading.to, 0n)
  t.equal(used.octets, Number(octets), 'what the gateways counted, once')
  t.ok(used.octets > QUOTA, `${used.octets} octets`)
  t.ok(used.octets < QUOTA + 2 * INTERIM_SECONDS * OCTETS_A_SECOND, 'and one interval past it at the most')
  const seconds = secondsOf(told)
  t.ok(Math.abs(used.seconds - seconds) <= 2, `${used.seconds} s used, ${seconds} s with a phone online`)
  const both = told.reduce((sum, { end }) => sum + end.reading.seconds, 0)
  t.ok(used.seconds < both - 30, `two phones used a minute once: ${both} s in all`)

  there.leave()
  here.leave()
  const again = await online(park, changed, staying(60), null)
  t.match(again.outcome, { kind: 'failed', reason: /20\sMB/ }, 'the day is over for this phone')
  const other = await online(lake, second, staying(60), null)
  t.match(other.outcome, { kind: 'failed', reason: /20\sMB/ }, 'and for the other')
  const stranger = await online(park, phone(60_003, '02-CC-00-00-00-01'), staying(20), null)
  t.same(stranger.outcome, { kind: 'online' }, 'and for nobody else')
  await stranger.over
  t.same(faults, [])
})

async function gatewaysOf(
  file: string,
  platform: Platform,
  heard: Pick<GatewayObserver, 'sessionStarted' | 'fault'>,
) {
  const random = createRandom(1)
  const gateways = chooseLab(readCityFile(file, {}), 2).map((lab) =>
    createGateway({
      lab,
      platform,
      clock: realClock(1),
      random: random.fork(lab.nas.id),
      mischief: { loss: 0, duplicates: 0, reorder: 0 },
      observer: { ...quiet, ...heard },
    }),
  )
  await Promise.all(gateways.map((gateway) => gateway.open()))
  return gateways as [VirtualGateway, VirtualGateway]
}

const ignore = (): void => undefined
const quiet = {
  accepted: ignore,
  rejected: ignore,
  sessionEnded: ignore,
  interim: ignore,
  reordered: ignore,
  disconnect: ignore,
  radiusAnswered: ignore,
  retransmitted: ignore,
  duplicated: ignore,
}

const routeOf = ({ portal, portalUrl }: Platform, gateway: VirtualGateway, ip: string) => ({
  phone: ip,
  outside: gateway.lab.address,
  gateway: gateway.web,
  portal,
  portalOrigins: [new URL(portalUrl).origin, `http://${portal.host}:${portal.port}`],
})

const browserAt = (
  platform: Platform,
  gateway: VirtualGateway,
  { ip, model, acceptLanguage }: Phone,
): Browser => new Browser(routeOf(platform, gateway, ip), model.agent, acceptLanguage)

const walk = (
  platform: Platform,
  gateway: VirtualGateway,
  { phone }: Guest,
  code: string | null,
): Promise<Outcome> =>
  getOnline({
    phone,
    route: routeOf(platform, gateway, phone.ip),
    clock: realClock(1),
    givesUp: false,
    voucher: code,
    isOver: () => false,
    observer: { arrival: ignore, splash: ignore, tap: ignore },
  })

/** Seconds in which any of the sessions was on, counted one by one. */
function secondsOf(told: readonly Told[]): number {
  const seconds = new Set<number>()
  for (const { startedAt, end } of told)
    for (let i = 0; i < end.reading.seconds; i++) seconds.add(Math.round(startedAt / 1000) + i)
  return seconds.size
}
