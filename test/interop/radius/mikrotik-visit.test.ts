// The same in brief with a virtual RouterOS Hotspot, by http-chap and by http-pap (standards.md C3).
import t from 'tap'
import {
  ipv4,
  numberOf,
  readWire,
  signedReply,
  textOf,
  tlv,
  valueOf,
  vendorOf,
  type Tlv,
} from '../../radius-server/wire.ts'
import { until } from '../../support/platform.ts'
import { beside, formOf, get, post } from './browser.ts'
import { address, lab, SECRET, SITE, settles } from './lab.ts'
import { gatewayAt, listeningAt } from './visits.ts'

t.setTimeout(10 * 60e3)

const OWN = address(1)
const stub = await listeningAt(t, OWN)
const platform = await lab(t, [
  { gateway: 'mikrotik', gatewayUrl: `http://${OWN}/login`, coa: { address: OWN, port: stub.port } },
])
const gateway = await gatewayAt(t, OWN, stub, platform)
const PORTAL = `http://127.0.0.1:${platform.ports.portal}`
const CHAP_ID = 0x8d
const CHALLENGE = Buffer.from('00ff5c2261620d0a7f80818283c3a9fe', 'hex')
const octal = (bytes: Iterable<number>): string =>
  [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')

for (const [way, phone, query, credential] of [
  [
    'http-chap',
    '02:00:5E:00:53:01',
    { 'chap-id': octal([CHAP_ID]), 'chap-challenge': octal(CHALLENGE) },
    // RouterOS hands the MD5 on as it came, with its own challenge beside it.
    (password: string): Tlv[] => [
      tlv(3, Buffer.concat([Buffer.of(CHAP_ID), Buffer.from(password, 'hex')])),
      tlv(60, CHALLENGE),
    ],
  ],
  ['http-pap', '02:00:5E:00:53:02', {}, null],
] as const)
  await t.test(`${way}: arrival, tap, login, accounting, Disconnect`, async (t) => {
    const arrival = new URLSearchParams({ identity: 'gw-1', mac: phone, ip: '10.9.0.7', ...query })
    const splash = await get(`${PORTAL}/g/mikrotik?${arrival.toString()}`)
    t.equal(splash.status, 200)
    const login = new URL((await post(formOf(splash, PORTAL, '/login/click-through'))).location!)
    t.equal(login.origin + login.pathname, `http://${OWN}/login`)
    const userName = login.searchParams.get('username')!
    const password = login.searchParams.get('password')!

    const id = `8000000${way.length}`
    const station = [tlv(32, 'gw-1'), tlv(31, phone), tlv(30, 'hotspot1'), tlv(44, id), ipv4(8, '10.9.0.7')]
    const accept = credential
      ? await gateway.access([tlv(1, userName), ...credential(password), ...station])
      : await gateway.access([tlv(1, userName), ...station], { pap: password })
    t.equal(accept.code, 2)
    t.equal(numberOf(accept, 27), 3600)
    t.equal(vendorOf(accept, 14988, 8)?.toString(), '2000k/5000k')

    const mine = [tlv(1, userName), tlv(25, valueOf(accept, 25)!), ...station]
    await gateway.account('start', mine)
    await gateway.account('interim', [...mine, tlv(46, 300), tlv(42, 1000), tlv(43, 9000)])
    const status = await get(beside(login.searchParams.get('dst')!, '/status'))
    t.equal(status.status, 200)

    stub.received.length = 0
    let stopped: Promise<unknown> = Promise.resolve()
    stub.answer = (request) => {
      stopped = gateway.account('stop', [...mine, tlv(46, 310), tlv(42, 1500), tlv(43, 9500), tlv(49, 6)])
      return [signedReply(41, request, [], SECRET)]
    }
    await post(formOf(status, PORTAL, '/logout'))
    await until('the Disconnect-Request', () => stub.received.length > 0)
    const request = readWire(stub.received[0]!)
    t.equal(textOf(request, 1), userName)
    t.same(
      valueOf(request, 8),
      Buffer.of(10, 9, 0, 7),
      'Framed-IP-Address, without which RouterOS finds nobody',
    )
    t.equal(textOf(request, 44), id)
    await stopped
  })

await t.test('both sessions are in the metrics, the way round that RouterOS counts', async (t) => {
  const site = { site: SITE }
  await settles(t, platform, 19_000, 'hotspot_session_octets_total', { ...site, direction: 'to_visitor' })
  await settles(t, platform, 3000, 'hotspot_session_octets_total', { ...site, direction: 'from_visitor' })
  await settles(t, platform, 2, 'hotspot_sessions_started_total', site)
  await settles(t, platform, 2, 'hotspot_coa_requests_total', { gateway: 'mikrotik', result: 'ack' })
  t.equal(await platform.stop(), 0)
})
