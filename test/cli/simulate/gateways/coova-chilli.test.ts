import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { dashedMac } from '../../../../core/domain/mac.ts'
import { Browser } from '../../../../cli/simulate/browser/browser.ts'
import { coovaChilli } from '../../../../cli/simulate/gateways/coova-chilli.ts'
import type { Guest, VirtualGateway } from '../../../../cli/simulate/gateways/gateway.ts'
import { address, gatewaySetup, guestOf, listener, SECRET, UAM_SECRET } from '../stage.ts'
import {
  ask,
  clearPassword,
  dynamicRequest,
  numberOf,
  provesAccounting,
  provesChap,
  textOf,
  tinyRadius,
  uint32,
  valueOf,
  vendorOf,
  type Packet,
  type Reply,
} from '../tiny-radius.ts'

const CLASSES = ['c1.first', 'c1.second', 'c1.third']
const ACCEPT: Reply = {
  code: 2,
  attributes: [
    [27, uint32(3600)],
    [28, uint32(300)],
    [85, uint32(120)],
    ...CLASSES.map((each) => [25, Buffer.from(each)] as const),
  ],
}

async function stage(t: Test, speed = 600, access: Reply = ACCEPT) {
  const radius = await tinyRadius(SECRET, ({ code }) => (code === 1 ? access : { code: 5, attributes: [] }))
  const observer = listener()
  const gateway = coovaChilli(
    gatewaySetup({ vendor: 'coova-chilli', auth: radius.at, acct: radius.at, observer, speed }),
  )
  await gateway.open()
  t.teardown(async () => {
    await gateway.endAll('NAS-Request')
    await gateway.close()
    await radius.close()
  })
  return { radius, observer, gateway }
}

const browserOf = (guest: Guest, gateway: VirtualGateway): Browser =>
  new Browser(
    {
      phone: guest.phone.ip,
      outside: gateway.lab.address,
      gateway: gateway.web,
      portal: gateway.web,
      portalOrigins: [],
    },
    'Test/1',
    'vi',
  )

/** Where the gateway sends a phone, without going there. */
async function sentTo(browser: Browser, url: string): Promise<URL> {
  return new URL((await browser.probe(url, 'Test/1')).location ?? 'none:')
}

const mixedOf = (challenge: string): Buffer =>
  createHash('md5').update(Buffer.from(challenge, 'hex')).update(UAM_SECRET).digest()

function chapResponse(challenge: string, password: string): string {
  return createHash('md5')
    .update(Buffer.from([0]))
    .update(password)
    .update(mixedOf(challenge))
    .digest('hex')
}

const accounting = (received: readonly Packet[], status: number): Packet[] =>
  received.filter((packet) => packet.code === 4 && numberOf(packet, 40) === status)

t.test('a phone that asks for anything is sent to the portal, signed', async (t) => {
  const { gateway, radius } = await stage(t)
  t.equal(accounting(radius.received, 7).length, 1, 'Accounting-On when it starts')
  const guest = guestOf(1)
  gateway.join(guest)
  const browser = browserOf(guest, gateway)
  t.teardown(() => browser.close())
  const url = await sentTo(browser, 'http://captive.apple.com/hotspot-detect.html')
  t.equal(url.origin + url.pathname, 'http://portal.test:8080/g/coova-chilli')
  t.match(Object.fromEntries(url.searchParams), {
    res: 'notyet',
    uamip: address(1),
    uamport: '3990',
    mac: dashedMac(guest.phone.mac),
    ip: guest.phone.ip,
    nasid: 'nas-1',
    userurl: 'http://captive.apple.com/hotspot-detect.html',
    challenge: /^[0-9a-f]{32}$/,
  })
  const [before, md] = url.href.split('&md=')
  t.equal(md, createHash('md5').update(before!).update(UAM_SECRET).digest('hex').toUpperCase())
  const again = await sentTo(browser, 'http://other.test/')
  t.equal(again.searchParams.get('challenge'), url.searchParams.get('challenge'), 'the challenge stays')
})

t.test('a stranger to the network learns nothing', async (t) => {
  const { gateway } = await stage(t)
  const browser = browserOf(guestOf(9), gateway)
  t.teardown(() => browser.close())
  t.equal((await browser.probe('http://x.test/', 'Test/1')).status, 403)
})

t.test('a login by CHAP goes online, is accounted for the other way round, and ends', async (t) => {
  const { gateway, radius, observer } = await stage(t, 1200)
  const guest = guestOf(1, { seconds: 300 })
  gateway.join(guest)
  const browser = browserOf(guest, gateway)
  t.teardown(() => browser.close())
  const challenge = (await sentTo(browser, 'http://x.test/')).searchParams.get('challenge')!
  const landing = 'http://portal.test:8080/status?v=1'
  const logon = `http://${address(1)}:3990/logon?username=g1.visit&response=${chapResponse(challenge, 'sesame')}&userurl=${encodeURIComponent(landing)}`
  const done = await sentTo(browser, logon)
  t.match(Object.fromEntries(done.searchParams), {
    res: 'success',
    uid: 'g1.visit',
    userurl: landing,
    timeleft: '3600',
  })
  t.ok(done.searchParams.has('md'))
  const session = gateway.session(guest)!
  t.equal((await browser.probe('http://x.test/generate_204', 'Test/1')).status, 204, 'the world answers')
  t.equal((await sentTo(browser, logon)).searchParams.get('res'), 'already')

  const request = radius.received.find(({ code }) => code === 1)!
  t.ok(provesChap(request, 'sesame'))
  t.equal(valueOf(request, 3)?.[0], 0, 'identifier 0')
  t.equal(valueOf(request, 60)?.toString('hex'), mixedOf(challenge).toString('hex'))
  t.equal(textOf(request, 30), '02-10-00-00-01-01:Hanoi Free WiFi')
  t.equal(textOf(request, 31), dashedMac(guest.phone.mac))
  t.equal(textOf(request, 32), 'nas-1')
  t.same([...valueOf(request, 8)!].join('.'), guest.phone.ip)

  const end = await session.over
  t.equal(end.confirmed, true)
  const [start] = accounting(radius.received, 1)
  const interims = accounting(radius.received, 3)
  const [stop] = accounting(radius.received, 2)
  t.same(
    interims.map((packet) => numberOf(packet, 46)),
    [120, 240],
    'Acct-Interim-Interval of the Accept, in simulated seconds',
  )
  t.equal(numberOf(stop!, 46), 300)
  t.equal(numberOf(stop!, 49), 2, 'Lost-Carrier')
  t.equal(numberOf(stop!, 42), 2_700_000, 'Input is what the visitor received')
  t.equal(numberOf(stop!, 43), 300_000)
  t.same(vendorOf(stop!, 14559, 10), uint32(2), "the client's view")
  for (const packet of [start!, ...interims, stop!]) {
    t.ok(provesAccounting(packet, SECRET))
    t.equal(textOf(packet, 44), textOf(request, 44), 'Acct-Session-Id as in the Access-Request')
    t.same(
      packet.attributes.filter(([type]) => type === 25).map(([, value]) => value.toString()),
      CLASSES,
    )
  }
  t.same(observer.calls, [
    'accepted',
    'started',
    'interim',
    'interim',
    'ended: Lost-Carrier 300 300000 2700000',
  ])
  t.equal(gateway.session(guest), null)
})

t.test('a login by PAP sends the password', async (t) => {
  const { gateway, radius } = await stage(t)
  const guest = guestOf(1)
  gateway.join(guest)
  const browser = browserOf(guest, gateway)
  t.teardown(() => browser.close())
  const mixed = mixedOf((await sentTo(browser, 'http://x.test/')).searchParams.get('challenge')!)
  const clear = Buffer.alloc(32)
  clear.write('twenty-two-characters!')
  const hex = Buffer.from(clear.map((octet, i) => octet ^ mixed[i % 16]!)).toString('hex')
  const done = await sentTo(browser, `http://${address(1)}:3990/logon?username=u&password=${hex}`)
  t.equal(done.searchParams.get('res'), 'success')
  t.equal(
    clearPassword(
      radius.received.find(({ code }) => code === 1)!,
      SECRET,
    ),
    'twenty-two-characters!',
  )
})

t.test('a reject sends the phone back with the reason and another challenge', async (t) => {
  const { gateway, observer } = await stage(t, 600, { code: 3, attributes: [[18, Buffer.from('Hết lượt')]] })
  const guest = guestOf(1)
  gateway.join(guest)
  const browser = browserOf(guest, gateway)
  t.teardown(() => browser.close())
  const challenge = (await sentTo(browser, 'http://x.test/')).searchParams.get('challenge')!
  const back = await sentTo(
    browser,
    `http://${address(1)}:3990/logon?username=u&response=${chapResponse(challenge, 'no')}`,
  )
  t.match(Object.fromEntries(back.searchParams), { res: 'failed', reason: 'reject', reply: 'Hết lượt' })
  t.not(back.searchParams.get('challenge'), challenge)
  t.same(observer.calls, ['rejected: Hết lượt'])
})

t.test('Session-Timeout of the Accept ends the session', async (t) => {
  const { gateway, radius } = await stage(t, 1200, { code: 2, attributes: [[27, uint32(90)]] })
  const guest = guestOf(1, { seconds: 5000 })
  gateway.join(guest)
  const browser = browserOf(guest, gateway)
  t.teardown(() => browser.close())
  const challenge = (await sentTo(browser, 'http://x.test/')).searchParams.get('challenge')!
  await sentTo(browser, `http://${address(1)}:3990/logon?username=u&response=${chapResponse(challenge, 'x')}`)
  await gateway.session(guest)!.over
  const [stop] = accounting(radius.received, 2)
  t.equal(numberOf(stop!, 46), 90)
  t.equal(numberOf(stop!, 49), 5, 'Session-Timeout')
})

t.test('ChilliSpot-Max-Total-Octets of the Accept ends the session', async (t) => {
  const vsa = Buffer.concat([uint32(14559), Buffer.from([3, 6]), uint32(1_000_000)])
  const { gateway } = await stage(t, 1200, { code: 2, attributes: [[26, vsa]] })
  const used = { at: (s: number) => ({ from: 0n, to: BigInt(s) }), reaches: () => 77 }
  const guest = guestOf(1, { seconds: 5000, traffic: used })
  gateway.join(guest)
  const browser = browserOf(guest, gateway)
  t.teardown(() => browser.close())
  const challenge = (await sentTo(browser, 'http://x.test/')).searchParams.get('challenge')!
  await sentTo(browser, `http://${address(1)}:3990/logon?username=u&response=${chapResponse(challenge, 'x')}`)
  t.match(await gateway.session(guest)!.over, { cause: 'Data-Quota', reading: { seconds: 77 } })
})

t.test('a Disconnect-Request ends the session it names, and no other', async (t) => {
  const { gateway, radius, observer } = await stage(t, 60)
  const guest = guestOf(1, { seconds: 5000 })
  gateway.join(guest)
  const browser = browserOf(guest, gateway)
  t.teardown(() => browser.close())
  const challenge = (await sentTo(browser, 'http://x.test/')).searchParams.get('challenge')!
  await sentTo(
    browser,
    `http://${address(1)}:3990/logon?username=g1.visit&response=${chapResponse(challenge, 'x')}`,
  )
  const id = textOf(
    radius.received.find(({ code }) => code === 1)!,
    44,
  )!
  const at = { host: address(1), port: 3799 }
  const say = async (...attributes: (readonly [number, string])[]): Promise<[number, number | undefined]> => {
    const list = attributes.map(([type, text]) => [type, Buffer.from(text)] as const)
    const reply = (await ask(at, dynamicRequest(40, list, SECRET)))!
    return [reply[0]!, reply.length > 20 ? reply.readUInt32BE(22) : undefined]
  }
  const session = gateway.session(guest)!
  t.same(await say([44, id]), [42, 402], 'CoovaChilli wants User-Name')
  t.same(await say([1, 'another']), [42, 503])
  t.same(await say([1, 'g1.visit'], [44, 'another']), [42, 503])
  t.same(await say([1, 'g1.visit'], [32, 'another-nas']), [42, 403])
  t.same(await say([1, 'g1.visit'], [44, id], [32, 'nas-1']), [41, undefined])
  await session.over
  const [stop] = accounting(radius.received, 2)
  t.equal(numberOf(stop!, 49), 6, 'Admin-Reset')
  t.same(await say([1, 'g1.visit'], [44, id]), [42, 503], 'now it is gone')
  t.equal(observer.calls.filter((each) => each === 'disconnect: ack').length, 1)
})

t.test('/logoff ends the session by User-Request', async (t) => {
  const { gateway, radius } = await stage(t, 60)
  const guest = guestOf(1, { seconds: 5000 })
  gateway.join(guest)
  const browser = browserOf(guest, gateway)
  t.teardown(() => browser.close())
  const challenge = (await sentTo(browser, 'http://x.test/')).searchParams.get('challenge')!
  await sentTo(browser, `http://${address(1)}:3990/logon?username=u&response=${chapResponse(challenge, 'x')}`)
  const session = gateway.session(guest)!
  t.equal((await sentTo(browser, gateway.logoffUrl!)).searchParams.get('res'), 'logoff')
  await session.over
  t.equal(numberOf(accounting(radius.received, 2)[0]!, 49), 1, 'User-Request')
  t.equal((await sentTo(browser, 'http://x.test/')).searchParams.get('res'), 'notyet', 'captive again')
})
