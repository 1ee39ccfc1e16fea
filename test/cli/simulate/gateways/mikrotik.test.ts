import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { colonMac } from '../../../../core/domain/mac.ts'
import { octets } from '../../../../core/gateways/mikrotik/portal.ts'
import { Browser } from '../../../../cli/simulate/browser/browser.ts'
import type { Guest } from '../../../../cli/simulate/gateways/gateway.ts'
import { mikrotik } from '../../../../cli/simulate/gateways/mikrotik.ts'
import { address, gatewaySetup, guestOf, listener, SECRET } from '../stage.ts'
import {
  ask,
  clearPassword,
  dynamicRequest,
  numberOf,
  provesChap,
  textOf,
  tinyRadius,
  uint32,
  type Reply,
} from '../tiny-radius.ts'

const LOGIN = `http://${address(1)}:3990/login`

async function stage(t: Test, speed = 600, access: Reply = { code: 2, attributes: [[27, uint32(3600)]] }) {
  const radius = await tinyRadius(SECRET, ({ code }) => (code === 1 ? access : { code: 5, attributes: [] }))
  const observer = listener()
  const gateway = mikrotik(
    gatewaySetup({ vendor: 'mikrotik', auth: radius.at, acct: radius.at, observer, speed }),
  )
  await gateway.open()
  t.teardown(async () => {
    await gateway.endAll('NAS-Request')
    await gateway.close()
    await radius.close()
  })
  const arrive = async (guest: Guest) => {
    gateway.join(guest)
    const route = {
      phone: guest.phone.ip,
      outside: address(1),
      gateway: gateway.web,
      portal: gateway.web,
      portalOrigins: [],
    }
    const browser = new Browser(route, 'Test/1', 'vi')
    t.teardown(() => browser.close())
    const sentTo = async (url: string): Promise<URL> =>
      new URL((await browser.probe(url, 'Test/1')).location ?? 'none:')
    return { browser, sentTo, url: await sentTo('http://x.test/a?b=1') }
  }
  return { radius, observer, gateway, arrive }
}

t.test('the redirect carries what login.html forwards', async (t) => {
  const { arrive } = await stage(t)
  const guest = guestOf(1)
  const { url } = await arrive(guest)
  t.equal(url.pathname, '/g/mikrotik')
  t.match(Object.fromEntries(url.searchParams), {
    mac: colonMac(guest.phone.mac).toUpperCase(),
    ip: guest.phone.ip,
    'link-login-only': LOGIN,
    'link-orig': 'http://x.test/a?b=1',
    identity: 'nas-1',
    'server-name': 'hotspot1',
    'chap-id': /^\\[0-3][0-7]{2}$/,
    'chap-challenge': /^(\\[0-3][0-7]{2}){16}$/,
  })
})

t.test('one guest logs in by CHAP, the next by PAP', async (t) => {
  const { arrive, radius, gateway } = await stage(t)
  const first = guestOf(1)
  const { sentTo, url } = await arrive(first)
  const id = octets(url.searchParams.get('chap-id')!)!
  const challenge = octets(url.searchParams.get('chap-challenge')!)!
  const password = createHash('md5').update(id).update('sesame').update(challenge).digest('hex')
  const landing = 'http://portal.test:8080/status'
  const done = await sentTo(`${LOGIN}?username=u1&password=${password}&dst=${encodeURIComponent(landing)}`)
  t.equal(done.href, landing)
  t.ok(gateway.session(first))
  t.ok(provesChap(radius.received[0]!, 'sesame'))

  const second = guestOf(2)
  const next = await arrive(second)
  t.equal(next.url.searchParams.get('chap-id'), '')
  const form = {
    method: 'POST',
    action: LOGIN,
    fields: [
      { name: 'username', value: 'u2', type: 'hidden' },
      { name: 'password', value: 'clear', type: 'hidden' },
    ],
  } as const
  const page = await next.browser.submit(form, landing)
  t.equal(page.status, 200)
  t.ok(gateway.session(second), 'by POST as well')
  const request = radius.received.find((packet) => packet.code === 1 && textOf(packet, 1) === 'u2')!
  t.equal(clearPassword(request, SECRET), 'clear')
  t.equal(textOf(request, 31), colonMac(second.phone.mac).toUpperCase())
})

t.test('octets are counted as the RFC has them', async (t) => {
  const { arrive, radius, gateway } = await stage(t, 1200)
  const guest = guestOf(1, { seconds: 120 })
  const { sentTo } = await arrive(guest)
  await sentTo(`${LOGIN}?username=u&password=plain`)
  await gateway.session(guest)!.over
  const stop = radius.received.find((packet) => packet.code === 4 && numberOf(packet, 40) === 2)!
  t.equal(numberOf(stop, 42), 120_000, 'Input is what came from the visitor')
  t.equal(numberOf(stop, 43), 1_080_000)
  t.equal(numberOf(stop, 52), 0)
})

t.test('a reject shows the portal the error', async (t) => {
  const { arrive } = await stage(t, 600, { code: 3, attributes: [] })
  const { sentTo } = await arrive(guestOf(1))
  const back = await sentTo(`${LOGIN}?username=u&password=wrong`)
  t.equal(back.pathname, '/g/mikrotik')
  t.equal(back.searchParams.get('error'), 'invalid username or password')
})

t.test('a Disconnect-Request needs User-Name and Framed-IP-Address', async (t) => {
  const { arrive, gateway } = await stage(t, 60)
  const guest = guestOf(1, { seconds: 5000 })
  const { sentTo } = await arrive(guest)
  await sentTo(`${LOGIN}?username=u&password=plain`)
  const session = gateway.session(guest)!
  const at = { host: address(1), port: 3799 }
  const ip = Buffer.from(guest.phone.ip.split('.').map(Number))
  const nak = (await ask(at, dynamicRequest(40, [[1, Buffer.from('u')]], SECRET)))!
  t.equal(nak[0], 42)
  const both = dynamicRequest(
    40,
    [
      [1, Buffer.from('u')],
      [8, ip],
    ],
    SECRET,
  )
  t.equal((await ask(at, both))?.[0], 41)
  t.match(await session.over, { cause: 'Admin-Reset', confirmed: true })
})

t.test('a CoA-Request changes the time that is left', async (t) => {
  const { arrive, gateway } = await stage(t, 600)
  const guest = guestOf(1, { seconds: 50_000 })
  const { sentTo } = await arrive(guest)
  await sentTo(`${LOGIN}?username=u&password=plain`)
  const session = gateway.session(guest)!
  const ip = Buffer.from(guest.phone.ip.split('.').map(Number))
  const change = dynamicRequest(
    43,
    [
      [1, Buffer.from('u')],
      [8, ip],
      [27, uint32(200)],
    ],
    SECRET,
  )
  t.equal((await ask({ host: address(1), port: 3799 }, change))?.[0], 44)
  t.match(await session.over, { cause: 'Session-Timeout', reading: { seconds: 200 } })
})
