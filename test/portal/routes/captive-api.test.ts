import { test } from 'tap'
import type { AccountingRecord } from '../../../core/domain/accounting.ts'
import { chilliArrival, MORNING, openndsArrival, PHONE, startStage, visitIn } from '../stage.ts'
import { overTls } from '../tls.ts'

const MAC = '02-AA-BB-CC-DD-01'

test('the Captive Portal API (RFC 8908)', async (t) => {
  const stage = await startStage(t)
  const ask = await overTls(t, stage)
  const v = visitIn((await stage.get(chilliArrival(), { 'accept-language': 'en' })).body)
  const api = `/captive-portal/api?v=${v}`
  const byMac = `/captive-portal/api?nas=chilli&mac=${MAC}`
  const stateAt = async (path: string): Promise<Record<string, unknown>> =>
    JSON.parse((await ask(path)).body) as Record<string, unknown>
  const report = (status: AccountingRecord['status'], second: number, octets = 0n): AccountingRecord => ({
    status,
    nas: 'chilli',
    site: 'ho-hoan-kiem',
    acctSessionId: 'A1',
    mac: PHONE,
    at: MORNING + second * 1000,
    receivedAt: MORNING + second * 1000,
    fromVisitorOctets: 0n,
    toVisitorOctets: octets,
    gigawords: true,
    seconds: second,
    cause: null,
    userName: null,
    visit: v,
    ip: null,
    ap: null,
    interimSeconds: 300,
    classSession: 'CCCCCCCCCCCCCCCC',
  })

  await t.test('an address that names nobody is 404, so that phones fall back to their probes', async (t) => {
    for (const path of [
      '/captive-portal/api',
      '/captive-portal/api?v=AAAAAAAAAAAAAAAA',
      `/captive-portal/api?v=${v}&v=${v}`,
      '/captive-portal/api?nas=chilli',
      `/captive-portal/api?mac=${MAC}`,
      `/captive-portal/api?nas=nobody&mac=${MAC}`,
      '/captive-portal/api?nas=chilli&mac=%7Bm%7D',
      `/captive-portal/api?nas=constructor&mac=${MAC}`,
    ]) {
      const answer = await ask(path)
      t.equal(answer.status, 404, path)
      t.equal(answer.body, '')
    }
  })

  await t.test('over plain HTTP it is 404 too: the RFC wants TLS', async (t) => {
    t.equal((await stage.get(api)).statusCode, 404)
    t.equal((await stage.get(byMac)).statusCode, 404)
  })

  await t.test('a phone that is yet to log in is captive, and is told where', async (t) => {
    const answer = await ask(api)
    t.equal(answer.status, 200)
    t.match(answer.headers['content-type'], /^application\/captive\+json/)
    t.equal(answer.headers['cache-control'], 'private', 'RFC 8908 §4.1')
    t.same(JSON.parse(answer.body), {
      captive: true,
      'user-portal-url': `${stage.tlsUrl}/splash?v=${v}&lang=en`,
      'venue-info-url': `${stage.tlsUrl}/noi-nay?v=${v}&lang=en`,
    })
    t.match((await ask(`/splash?v=${v}&lang=en`)).body, /action="\/login\/click-through/)
  })

  await t.test('a MAC in the address is hearsay: it brings no visit with it', async (t) => {
    t.same(await stateAt(byMac), {
      captive: true,
      'user-portal-url': `${stage.tlsUrl}/captive-portal/enter?nas=chilli`,
    })
    const enter = await ask('/captive-portal/enter?nas=chilli')
    t.equal(enter.headers.location, 'http://10.1.0.1:3990/prelogin', 'the gateway proves whose phone it is')
    const router = await ask('/captive-portal/enter?nas=mikro-tik')
    t.equal(router.headers.location, 'http://10.1.0.1/login')
    const nobody = await ask('/captive-portal/enter?nas=nobody')
    t.equal(nobody.headers.location, 'http://portal.test:8080/help')
  })

  await t.test(
    'a gateway with an API of its own, or with no page to enter by, is not answered for',
    async (t) => {
      await stage.get(openndsArrival(2))
      t.equal((await ask(`/captive-portal/api?nas=nds&mac=${MAC}`)).status, 404)
    },
  )

  await t.test('a phone with a right but no session is captive still', async (t) => {
    await stage.post('/login/click-through', { v })
    t.match(await stateAt(api), { captive: true })
    t.match(await stateAt(byMac), { captive: true })
  })

  await t.test('online it is told what is left of time and data, and where to look', async (t) => {
    await stage.parts.sessions.record(report('start', 0))
    await stage.parts.sessions.record(report('interim', 600, 360_000_000n))
    stage.now = MORNING + 900_000
    t.same(await stateAt(api), {
      captive: false,
      'user-portal-url': `${stage.tlsUrl}/status?v=${v}&lang=en`,
      'venue-info-url': `${stage.tlsUrl}/noi-nay?v=${v}&lang=en`,
      'can-extend-session': false,
      'seconds-remaining': 2700,
      'bytes-remaining': 640_000_000,
    })
    t.same(await stateAt(byMac), {
      captive: false,
      'user-portal-url': `${stage.tlsUrl}/captive-portal/enter?nas=chilli`,
    })
    for (const spelling of ['02:aa:bb:cc:dd:01', '02AABBCCDD01'])
      t.match(await stateAt(`/captive-portal/api?nas=chilli&mac=${spelling}`), { captive: false }, spelling)
    t.match(await stateAt(`/captive-portal/api?nas=chilli-other&mac=${MAC}`), { captive: true }, 'elsewhere')
    t.match(await stateAt('/captive-portal/api?nas=chilli&mac=02AABBCCDD02'), { captive: true }, 'another')
  })

  await t.test('a day that ends before the session does is what is left', async (t) => {
    const { subject } = (await stage.parts.visits.find(v))!.grant!
    await stage.parts.usage.count(subject, '2026-11-21', 'EARLIER', { seconds: 6000, octets: 0 })
    t.equal((await stateAt(api))['seconds-remaining'], 7200 - 6000 - 900)
  })

  await t.test('once the session is over it is captive again', async (t) => {
    await stage.parts.sessions.record({ ...report('stop', 905), cause: 'User-Request' })
    t.match(await stateAt(api), { captive: true })
    t.match(await stateAt(byMac), { captive: true })
  })
})
