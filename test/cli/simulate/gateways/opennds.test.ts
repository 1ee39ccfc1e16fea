import { createHash, createHmac } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { colonMac } from '../../../../core/domain/mac.ts'
import { Browser } from '../../../../cli/simulate/browser/browser.ts'
import { openNds } from '../../../../cli/simulate/gateways/opennds.ts'
import { address, FAS_KEY, gatewaySetup, guestOf, listener } from '../stage.ts'

interface PortalEvent {
  readonly kind: string
  readonly [name: string]: unknown
}

const hmac = (text: string): string => createHmac('sha256', FAS_KEY).update(text).digest('hex')

/** A portal that checks and keeps events; `reply` is what it says to the next one. */
async function tinyPortal(t: Test) {
  const portal = { events: [] as PortalEvent[], faults: [] as string[], reply: '', refuse: 0 }
  const nonces = new Set<string>()
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += String(part)))
    request.on('end', () => {
      const {
        'x-hotspot-time': time,
        'x-hotspot-nonce': nonce,
        'x-hotspot-signature': given,
      } = request.headers
      if (given !== hmac(`${String(time)}\n${String(nonce)}\n${request.url}\n${body}`))
        portal.faults.push('signature')
      if (Math.abs(Number(time) - Date.now() / 1000) > 2) portal.faults.push('time')
      if (nonces.has(String(nonce))) portal.faults.push('nonce again')
      nonces.add(String(nonce))
      if (request.socket.remoteAddress !== address(1)) portal.faults.push('source')
      answer(body, String(nonce), response)
    })
  })
  function answer(body: string, nonce: string, response: ServerResponse): void {
    if (portal.refuse > 0) {
      portal.refuse--
      response.writeHead(503).end()
      return
    }
    portal.events.push(JSON.parse(body) as PortalEvent)
    const { reply } = portal
    portal.reply = ''
    response.writeHead(200, { 'x-hotspot-signature': hmac(`${nonce}\n${reply}`) }).end(reply)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { ...{ at: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } }, portal }
}

async function stage(t: Test, speed = 600) {
  const { at, portal } = await tinyPortal(t)
  const observer = listener()
  const gateway = openNds(gatewaySetup({ vendor: 'opennds', portal: at, observer, speed }))
  await gateway.open()
  t.teardown(async () => {
    await gateway.endAll('NAS-Request')
    await gateway.close()
  })
  const guest = guestOf(1, { seconds: 800 })
  gateway.join(guest)
  const route = {
    phone: guest.phone.ip,
    outside: address(1),
    gateway: gateway.web,
    portal: at,
    portalOrigins: [],
  }
  const browser = new Browser(route, 'Test/1', 'vi')
  t.teardown(() => browser.close())
  const sentTo = async (url: string): Promise<URL> =>
    new URL((await browser.probe(url, 'Test/1')).location ?? 'none:')
  const fas = (await sentTo('http://x.test/')).searchParams.get('fas')!
  const said = new Map(
    Buffer.from(fas, 'base64')
      .toString()
      .split(', ')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
  const authUrl = (key = FAS_KEY): string => {
    const hid = said.get('hid')!
    const tok = createHash('sha256')
      .update(hid + key)
      .digest('hex')
    const limits = `s=3600&u=2000&d=5000&uq=0&dq=0&v=visit&h=${hid.slice(0, 16)}`
    const mark = hmac(`${limits}|${said.get('clientmac')}`).slice(0, 32)
    const custom = Buffer.from(`${limits}&m=${mark}`).toString('base64')
    const query = new URLSearchParams({ tok, redir: 'http://portal.test:8080/status', custom })
    return `http://${said.get('gatewayaddress')}/opennds_auth/?${query.toString()}`
  }
  return { portal, observer, gateway, guest, sentTo, browser, said, authUrl }
}

t.test('a gateway that starts says so', async (t) => {
  const { portal } = await stage(t)
  t.match(portal.events, [{ kind: 'start', id: /^[0-9a-f-]{36}$/, at: Number, instance: /^\d+\.\d+$/ }])
})

t.test('who proves the FAS key goes online; log-in, counters and log-out reach the portal', async (t) => {
  const { portal, observer, gateway, guest, sentTo, said, authUrl } = await stage(t, 400)
  t.equal(said.get('clientmac'), colonMac(guest.phone.mac))
  t.equal((await sentTo(authUrl())).href, 'http://portal.test:8080/status')
  const session = gateway.session(guest)!
  await session.over
  const mac = colonMac(guest.phone.mac)
  const login = portal.events.find(({ method }) => method === 'client_auth')!
  t.match(login, { kind: 'binauth', mac, incoming: 0, outgoing: 0, custom: String })
  t.equal(createHash('sha256').update(String(login.token)).digest('hex'), said.get('hid'))
  t.match(
    portal.events.find(({ method }) => method === 'idle_deauth'),
    {
      kind: 'binauth',
      mac,
      incoming: 7_200_000,
      outgoing: 800_000,
      token: login.token,
      sessionStart: login.sessionStart,
    },
  )
  const counted = portal.events.flatMap(({ kind, ndsctl }) => (kind === 'counters' ? [ndsctl] : []))
  const listed = counted.find((each) => JSON.stringify(each).includes(mac))
  t.match(listed, {
    client_list_length: '1',
    clients: { [mac]: { mac, token: login.token, state: 'Authenticated', download_this_session: /^\d+$/ } },
  })
  t.same(portal.faults, [])
  t.equal(observer.calls.at(-1), 'ended: Lost-Carrier 800 800000 7200000')
})

t.test('who does not, is sent to the portal again', async (t) => {
  const { observer, gateway, guest, sentTo, authUrl } = await stage(t)
  t.equal((await sentTo(authUrl('another key'))).pathname, '/g/opennds/nas-1')
  t.equal((await sentTo(authUrl().replace(/custom=[^&]*/, 'custom='))).pathname, '/g/opennds/nas-1')
  t.equal(gateway.session(guest), null)
  t.same(observer.calls, [
    'rejected: tok is not the digest of hid and FAS key',
    'rejected: custom is not signed for this log-in',
  ])
})

t.test('the portal puts a client out by its reply', async (t) => {
  const { portal, observer, gateway, guest, sentTo, authUrl } = await stage(t, 60)
  portal.reply = `deauth ${colonMac(guest.phone.mac)}\nnonsense\ndeauth not-a-mac\n`
  await sentTo(authUrl())
  const end = await gateway.session(guest)!.over
  t.match(end, { cause: 'Admin-Reset', confirmed: true })
  t.ok(portal.events.some(({ method }) => method === 'ndsctl_deauth'))
  t.equal(observer.calls.filter((each) => each.startsWith('disconnect')).join(), 'disconnect: ack')
})

t.test('an event that is not taken is sent again, and stays in its place', async (t) => {
  const { portal, gateway, guest, sentTo, authUrl } = await stage(t, 1200)
  portal.refuse = 1
  await sentTo(authUrl())
  await gateway.session(guest)!.over
  const methods = portal.events.flatMap(({ method }) => (method === undefined ? [] : [method]))
  t.same(methods, ['client_auth', 'idle_deauth'])
  t.same(portal.faults, [])
})
