// A visit from the first redirect to the last figure, with a virtual CoovaChilli that behaves as standards.md C1 says.
import t from 'tap'
import {
  numberOf,
  provesRequest,
  readWire,
  signedReply,
  textOf,
  tlv,
  valueOf,
  vendorOf,
  vsa,
  type Tlv,
} from '../../radius-server/wire.ts'
import { until } from '../../support/platform.ts'
import { beside, formOf, get, post } from './browser.ts'
import { address, lab, SECRET, SITE, UAM_SECRET, settles } from './lab.ts'
import { gatewayAt, listeningAt, md5 } from './visits.ts'

t.setTimeout(10 * 60e3)

const OWN = address(1)
const stub = await listeningAt(t, OWN)
const platform = await lab(t, [
  {
    gateway: 'coova-chilli',
    gatewayUrl: `http://${OWN}:3990`,
    uamSecret: UAM_SECRET,
    coa: { address: OWN, port: stub.port },
  },
])
const gateway = await gatewayAt(t, OWN, stub, platform)
const PORTAL = `http://127.0.0.1:${platform.ports.portal}`
const CHALLENGE = '00112233445566778899aabbccddeeff'
const PHONE = '02-00-5E-00-53-01'

/** redir_buildurl of CoovaChilli, `md` last. */
function redirect(res: string, more: Readonly<Record<string, string>> = {}): string {
  const query = {
    res,
    uamip: OWN,
    uamport: '3990',
    challenge: CHALLENGE,
    called: '02-7F-00-00-00-01',
    mac: PHONE,
    ip: '10.9.0.7',
    nasid: 'gw-1',
    sessionid: '5f00000001',
    userurl: 'http://captive.apple.com/hotspot-detect.html',
    ...more,
  }
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const url = `${PORTAL}/g/coova-chilli?${pairs.join('&')}`
  return `${url}&md=${md5(url, UAM_SECRET).toString('hex').toUpperCase()}`
}

/** About the phone, in every packet. */
const station: readonly Tlv[] = [
  tlv(32, 'gw-1'),
  tlv(31, PHONE),
  tlv(30, '02-10-00-00-01-01:Hanoi Free WiFi'),
  tlv(44, '5f00000001'),
]
/** CoovaChilli counts from the client’s side: Input is the visitor’s download. */
const counters = (seconds: number, download: number, upload: number): Tlv[] => [
  tlv(46, seconds),
  tlv(42, download),
  tlv(43, upload),
  tlv(52, 0),
  tlv(53, 0),
  vsa(14559, 10, 2),
]

await t.test('a redirect that nobody signed opens nothing', async (t) => {
  const forged = redirect('notyet').replace('53-01', '53-02')
  const page = await get(forged)
  t.equal(page.status, 400)
  t.notMatch(page.body, /<form method="post" action="\/login/)
})

await t.test('a visit: arrival, tap, login, accounting, status, Disconnect, figures', async (t) => {
  const splash = await get(redirect('notyet'))
  t.equal(splash.status, 200)
  const tap = await post(formOf(splash, PORTAL, '/login/click-through'))

  const logon = new URL(tap.location!)
  t.equal(logon.origin + logon.pathname, `http://${OWN}:3990/logon`, 'back to the gateway')
  const userName = logon.searchParams.get('username')!
  const response = logon.searchParams.get('response')!
  t.match(response, /^[0-9a-f]{32}$/)

  // What CoovaChilli makes of /logon: CHAP with the challenge that only it and the portal can compute.
  const mixed = md5(Buffer.from(CHALLENGE, 'hex'), UAM_SECRET)
  const credential = [
    tlv(1, userName),
    tlv(3, Buffer.concat([Buffer.of(0), Buffer.from(response, 'hex')])),
    tlv(60, mixed),
  ]
  const stranger = await gateway.access([
    ...credential,
    ...station.filter(([type]) => type !== 31),
    tlv(31, '02-00-5E-00-53-99'),
  ])
  t.equal(stranger.code, 3, 'another phone gets nothing with it')
  const accept = await gateway.access([...credential, ...station])
  t.equal(accept.code, 2)
  t.equal(accept.attributes[0]?.[0], 80, 'Message-Authenticator first')
  t.equal(numberOf(accept, 27), 3600)
  t.equal(numberOf(accept, 28), 900)
  t.equal(numberOf(accept, 85), 300)
  t.equal(vendorOf(accept, 14559, 3)?.readUInt32BE(0), 1_000_000_000)
  t.equal(vendorOf(accept, 14122, 8)?.readUInt32BE(0), 5_000_000)

  const mine = [tlv(1, userName), tlv(25, valueOf(accept, 25)!), ...station]
  t.equal((await gateway.account('start', mine)).code, 5)
  t.equal((await gateway.account('interim', [...mine, ...counters(300, 9_000_000, 1_000_000)])).code, 5)

  const landing = logon.searchParams.get('userurl')!
  t.equal((await get(landing)).status, 200)
  const status = await get(beside(landing, '/status'))
  t.equal(status.status, 200)
  const logout = formOf(status, PORTAL, '/logout')
  // 10 MB of the day’s 1,000 are gone: the page knows what accounting said.
  t.match(status.body, /990/)

  // The gateway is asked over RADIUS, agrees, and reports the end.
  let stopped: Promise<unknown> = Promise.resolve()
  stub.answer = (request) => {
    stopped = gateway.account('stop', [...mine, ...counters(320, 9_500_000, 1_100_000), tlv(49, 6)])
    return [signedReply(41, request, [], SECRET)]
  }
  const ended = await post(logout)
  await until('the Disconnect-Request', () => stub.received.length > 0)
  const [request] = stub.received
  t.ok(provesRequest(request!, SECRET))
  t.equal(readWire(request!).code, 40)
  t.equal(textOf(readWire(request!), 1), userName)
  t.equal(textOf(readWire(request!), 44), '5f00000001')
  await stopped
  t.equal(ended.status >= 300 && ended.status < 400, true)
  t.match(ended.location, /\/status\?/)
  const over = await get(ended.location!)
  t.equal(over.status, 200)
  t.notMatch(over.body, /action="\/logout/, 'there is nothing to end any more')
  t.equal((await gateway.access([...credential, ...station])).code, 3, 'the right was taken back')

  const site = { site: SITE }
  await settles(t, platform, 9_500_000, 'hotspot_session_octets_total', { ...site, direction: 'to_visitor' })
  await settles(t, platform, 1_100_000, 'hotspot_session_octets_total', {
    ...site,
    direction: 'from_visitor',
  })
  await settles(t, platform, 1, 'hotspot_sessions_started_total', site)
  await settles(t, platform, 0, 'hotspot_sessions_open', site)
  await settles(t, platform, 1, 'hotspot_coa_requests_total', { gateway: 'coova-chilli', result: 'ack' })
  await settles(t, platform, 1, 'hotspot_access_points', { ...site, state: 'live' })
  for (const step of ['arrival', 'splash', 'tap', 'granted', 'online'])
    await settles(t, platform, 1, 'hotspot_portal_funnel_total', { ...site, step })
})

await t.test('the same phone comes back, taps again and is online again', async (t) => {
  const splash = await get(redirect('notyet'))
  const tap = await post(formOf(splash, PORTAL, '/login/click-through'))
  const logon = new URL(tap.location!)
  const mixed = md5(Buffer.from(CHALLENGE, 'hex'), UAM_SECRET)
  const accept = await gateway.access([
    tlv(1, logon.searchParams.get('username')!),
    tlv(3, Buffer.concat([Buffer.of(0), Buffer.from(logon.searchParams.get('response')!, 'hex')])),
    tlv(60, mixed),
    ...station,
  ])
  t.equal(accept.code, 2)
  t.equal(numberOf(accept, 27), 3600, 'a whole session: the day’s 7,200 seconds leave more')
  t.equal(
    vendorOf(accept, 14559, 3)?.readUInt32BE(0),
    1_000_000_000 - 10_600_000,
    'and what the day’s data leave',
  )
})

await t.test('a gateway that no longer knows the session says 503, and it ends with us', async (t) => {
  stub.received.length = 0
  stub.answer = (request) => [signedReply(42, request, [tlv(101, 503)], SECRET)]
  const again = [...station.filter(([type]) => type !== 44), tlv(44, '5f00000002')]
  await gateway.account('start', again)
  await settles(t, platform, 1, 'hotspot_sessions_open', { site: SITE })
  const { stdout } = await platform.hotspot('session', 'list', '--json')
  const [open] = JSON.parse(stdout) as { id: string }[]
  t.equal((await platform.hotspot('session', 'disconnect', open!.id)).code, 0)
  await settles(t, platform, 0, 'hotspot_sessions_open', { site: SITE })
  await settles(t, platform, 1, 'hotspot_coa_requests_total', { result: 'nak-503' })
})

await t.test('it ends in order', async (t) => {
  t.equal(await platform.stop(), 0)
})
