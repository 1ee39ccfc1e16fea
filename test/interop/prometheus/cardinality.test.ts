import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { shardOf } from '../../../core/domain/nas.ts'
import { encodeEvent } from '../../../core/store/events.ts'
import { keys } from '../../../core/store/keys.ts'
import type { Refusal } from '../../../portal/login/method.ts'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { encodeRequest } from '../../../radius-server/packet/encode.ts'
import { SharedSecret } from '../../../radius-server/packet/secret.ts'
import { text } from '../../../radius-server/packet/values.ts'
import { startPlatform, until } from '../../support/platform.ts'
import { testFolder, testRedis, testStore } from '../../support/stores.ts'

/** How many series a city of 1,000 sites is to Prometheus when everything that has a label has happened everywhere. */

const SITES = 1000
const ACCESS_POINTS = 10
const SECRET = 'the-secret-of-every-gateway-here'
/** What a site costs: 16 figures that it always has, its refusals, and three counters of its gateway. */
const MOST_PER_SITE = 60
/** What the city and its processes cost, whatever their size. */
const MOST_BESIDE = 1000

/** Reasons that RADIUS gives and the portal does not. */
const BY_RADIUS =
  'bad-password grant-expired grant-over no-grant revoked logged-out unknown-user unknown-realm anonymous-name cui-mismatch no-user-name unknown-state ' +
  'mac-auth-off mac-auth-unproved mac-mismatch authorize-only eap-not-offered store-away'

/** Every reason that the portal gives; the compiler knows of a login's that is missing here. */
const BY_PORTAL: Readonly<Record<Refusal['reason'] | 'loop' | 'bad-arrival' | 'bad-event' | Other, true>> = {
  'quota-time': true,
  'quota-data': true,
  'quota-devices': true,
  'code-wrong': true,
  'code-used': true,
  'code-expired': true,
  'code-other-site': true,
  'code-devices': true,
  'too-many-tries': true,
  'pass-revoked': true,
  'pass-expired': true,
  'pass-wrong': true,
  'method-off': true,
  loop: true,
  'bad-arrival': true,
  'bad-event': true,
  'gateway-clock': true,
  closed: true,
  planned: true,
  hours: true,
}
type Other = 'gateway-clock' | 'closed' | 'planned' | 'hours'
const REFUSALS = [...Object.keys(BY_PORTAL), ...BY_RADIUS.split(' ')]

t.test('the series of a city of 1,000 sites are as many as its sites, and no more', async (t) => {
  const redis = await testRedis(t)
  const store = await testStore(t, redis)
  const city = join(testFolder(t), 'city.json')
  writeFileSync(city, JSON.stringify(cityOf(SITES)))
  const platform = await startPlatform(t, {
    HOTSPOT_CONFIG: city,
    REDIS_URL: redis.url,
    LOG_LEVEL: 'fatal',
    RADIUS_WORKERS: '2',
  })
  const scrape = async (): Promise<string[]> => {
    const answer = await fetch(`http://127.0.0.1:${platform.ports.metrics}/metrics`)
    return (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  }
  const count = (lines: readonly string[], name: string): number =>
    lines.filter((line) => line.startsWith(`${name}{`)).length

  const quiet = await scrape()
  for (let site = 0; site < SITES; site++) {
    const pipeline = store.pipeline()
    for (const reason of REFUSALS) {
      const event = { kind: 'refusal', at: Date.now(), nas: nasId(site), site: siteId(site), reason } as const
      pipeline.xadd(keys.events(shardOf(event.nas)), '*', 'e', encodeEvent(event))
    }
    await pipeline.exec()
  }
  const byGateway = [
    'hotspot_radius_missing_ma_total',
    'hotspot_radius_proxy_state_from_nas_total',
    'hotspot_radius_no_nas_identification_total',
  ]
  let lines: string[] = []
  await until('everything has happened at every site', async () => {
    await everyGatewayAsks(platform.ports.radiusAuth)
    lines = await scrape()
    return (
      byGateway.every((name) => count(lines, name) === SITES) &&
      count(lines, 'hotspot_portal_refusals_total') === SITES * REFUSALS.length
    )
  })
  const began = performance.now()
  await scrape()
  const ms = Math.round(performance.now() - began)

  const names = new Map<string, number>()
  for (const line of lines) {
    const name = /^\w+/.exec(line)![0]
    names.set(name, (names.get(name) ?? 0) + 1)
  }
  const most = [...names].sort(([, a], [, b]) => b - a).slice(0, 12)
  t.comment(`${SITES} sites with ${ACCESS_POINTS} access points each: ${quiet.length} series at rest`)
  t.comment(`${lines.length} series when everything has happened everywhere; a scrape took ${ms} ms`)
  for (const [name, series] of most) t.comment(`${String(series).padStart(6)} ${name}`)

  t.ok(lines.length <= SITES * MOST_PER_SITE + MOST_BESIDE, `${lines.length} series`)
  t.equal(count(lines, 'hotspot_access_points'), SITES * 3, 'access points are counted, not named')
  t.ok(ms < 10_000, 'and a scrape is back before Prometheus gives up')
  t.notOk(
    lines.some((line) => /02[-:]?00[-:]?5e/i.test(line)),
    'no device is in a label',
  )
})

const siteId = (site: number): string => `site-${site}`
const nasId = (site: number): string => `gw-${site}`
/** On loopback each gateway has an address of its own. */
const addressOf = (site: number): string => `127.1.${site >> 8}.${site & 255}`

/** From each gateway two requests that lack what they should have; the second carries Proxy-State as well. */
async function everyGatewayAsks(port: number): Promise<void> {
  const secret = new SharedSecret(Buffer.from(SECRET))
  const attributes = [
    text(AttributeType.UserName, 'somebody'),
    text(AttributeType.CallingStationId, '02-00-5E-00-54-01'),
  ]
  for (let site = 0; site < SITES; site++) {
    const socket = createSocket('udp4')
    socket.bind(0, addressOf(site))
    await once(socket, 'listening')
    for (const more of [[], [text(AttributeType.ProxyState, 'x')]]) {
      const request = encodeRequest({
        code: Code.AccessRequest,
        identifier: site & 255,
        attributes: [...attributes, ...more],
        secret,
        credential: { kind: 'pap', password: Buffer.from('a code') },
        messageAuthenticator: false,
      })
      await new Promise((sent) => socket.send(request, port, '127.0.0.1', sent))
    }
    socket.close()
    // No faster than two workers of a busy machine can take it.
    if (site % 20 === 0) await sleep(20)
  }
}

function cityOf(sites: number): object {
  const all = Array.from({ length: sites }, (_, site) => site)
  return {
    city: { id: 'lon', name: { vi: 'Thành phố lớn', en: 'Large city' }, timeZone: 'Asia/Ho_Chi_Minh' },
    operators: [{ id: 'operator', name: 'Operator' }],
    sites: all.map((site) => ({
      id: siteId(site),
      name: { vi: `Điểm ${site}`, en: `Site ${site}` },
      category: 'tourist-site',
      state: 'live',
      operator: 'operator',
      lat: 21,
      lng: 105.8,
      login: ['click-through', 'voucher'],
      accessPoints: Array.from({ length: ACCESS_POINTS }, (_, ap) => ({
        mac: `02005E${(site * ACCESS_POINTS + ap).toString(16).padStart(6, '0').toUpperCase()}`,
        name: `AP ${ap}`,
      })),
    })),
    nas: all.map((site) => ({
      id: nasId(site),
      site: siteId(site),
      gateway: 'mikrotik',
      addresses: [`${addressOf(site)}/32`],
      secret: SECRET,
    })),
  }
}
