import { createHmac } from 'node:crypto'
import { test } from 'tap'
import { colonMac, parseMac } from '../../../core/domain/mac.ts'
import { lastHeard } from '../../../core/store/heard.ts'
import { nextAuths, queueAuth } from '../../../core/store/opennds.ts'
import { MORNING, openndsArrival, PHONE, signedEvent, startStage, visitIn } from '../stage.ts'

const START = MORNING / 1000
const binauth = (method: string, visit: string, more: object = {}): string =>
  JSON.stringify({
    kind: 'binauth',
    id: `id-${method}`,
    at: START,
    method,
    mac: colonMac(PHONE),
    incoming: 0,
    outgoing: 0,
    sessionStart: START,
    sessionEnd: START + 86_400,
    token: '6d7364ca',
    custom: Buffer.from(`s=3600&v=${visit}&m=00`).toString('base64'),
    ...more,
  })
const counters = (visit: string, download: number, upload: number, start = START): string =>
  JSON.stringify({
    kind: 'counters',
    id: 'c',
    at: START + 300,
    ndsctl: {
      client_list_length: '1',
      clients: {
        [colonMac(PHONE)]: {
          mac: colonMac(PHONE),
          ip: '10.77.0.176',
          token: '6d7364ca',
          state: 'Authenticated',
          session_start: String(start),
          session_end: 'null',
          custom: Buffer.from(`v=${visit}`).toString('base64'),
          download_this_session: String(download),
          upload_this_session: String(upload),
        },
      },
    },
  })

test('openNDS, which has no RADIUS', async (t) => {
  const stage = await startStage(t)
  const v = visitIn((await stage.get(openndsArrival(2))).body)
  await stage.post('/login/click-through', { v })
  const ref = { nas: 'nds', acctSessionId: '6d7364ca', mac: PHONE }
  const post = (body: string, more = {}) => stage.app.inject(signedEvent(stage, body, more))

  await t.test('a log-in that BinAuth tells becomes a session like any other', async (t) => {
    const answer = await post(binauth('client_auth', v), { nonce: 'ab'.repeat(16) })
    t.equal(answer.statusCode, 200)
    t.equal(
      answer.headers['x-hotspot-signature'],
      createHmac('sha256', 'faskeyofnds12345')
        .update(`${'ab'.repeat(16)}\n${answer.body}`)
        .digest('hex'),
    )
    t.match(await stage.parts.sessions.find(ref), {
      visit: v,
      method: 'click-through',
      startedAt: MORNING,
      endedAt: null,
    })
  })

  await t.test(
    'told twice it is one session, and either report is counted by what became of it',
    async (t) => {
      await post(binauth('client_auth', v))
      t.same(stage.outcomes, ['started', 'duplicate'])
      t.equal((await stage.events('nds')).filter((event) => event.kind === 'session').length, 1)
    },
  )

  await t.test('counters come in KiB: download to the visitor, upload from him', async (t) => {
    stage.now = MORNING + 300_000
    await post(counters(v, 979, 99))
    t.match(await stage.parts.sessions.find(ref), {
      toVisitorOctets: 979n * 1024n,
      fromVisitorOctets: 99n * 1024n,
      seconds: 300,
    })
  })

  await t.test('BinAuth was told a later second than openNDS keeps: it is one session still', async (t) => {
    await post(counters(v, 979, 99, START - 1))
    t.equal(await stage.parts.sessions.openCount('nds'), 1)
  })

  await t.test('Disconnect is told in the reply until the log-out has come', async (t) => {
    const asked = stage.post('/logout', { v })
    let reply = ''
    while (reply === '') reply = (await post('{"kind":"poll","id":"p","at":1}')).body
    t.equal(reply, `deauth ${colonMac(PHONE)}\n`)
    t.equal(
      (await post('{"kind":"poll","id":"p","at":1}')).body,
      reply,
      'a reply that was lost is told again',
    )
    await post(binauth('ndsctl_deauth', v, { at: START + 310, incoming: 1_003_006, outgoing: 101_900 }))
    t.equal((await post('{"kind":"poll","id":"p","at":1}')).body, '')
    t.equal((await asked).statusCode, 303)
    t.match(await stage.parts.sessions.find(ref), {
      cause: 'Admin-Reset',
      toVisitorOctets: 1_003_006n,
      fromVisitorOctets: 101_900n,
    })
  })

  await t.test('who got in without the portal’s word, and is put out, never was a session', async (t) => {
    const before = (await stage.events('nds')).length
    await post(binauth('ndsctl_deauth', 'AAAAAAAAAAAAAAAA', { token: 'ffffffff', mac: '02:aa:bb:cc:dd:99' }))
    t.equal((await stage.events('nds')).length, before)
  })

  await t.test('who has passed a limit that openNDS did not hold is put out', async (t) => {
    const mac = '02:aa:bb:cc:dd:03'
    const w = visitIn((await stage.get(openndsArrival(2, mac))).body)
    await stage.post('/login/click-through', { v: w })
    await post(binauth('client_auth', w, { mac, token: 'bbbbbbbb' }))
    const mebibytes = (down: number, up: number) =>
      counters(w, down * 1024, up * 1024)
        .replaceAll('6d7364ca', 'bbbbbbbb')
        .replaceAll(colonMac(PHONE), mac)
    t.equal((await post(mebibytes(600, 300))).body, '', 'of 1 GB a day')
    t.equal((await post(mebibytes(600, 400))).body, `deauth ${mac}\n`)
    await post(
      binauth('ndsctl_deauth', w, { mac, token: 'bbbbbbbb', at: START + 310, incoming: 7e8, outgoing: 5e8 }),
    )
    t.match(await stage.parts.sessions.find({ nas: 'nds', acctSessionId: 'bbbbbbbb', mac: parseMac(mac)! }), {
      cause: 'Data-Quota',
    })
  })

  await t.test('when openNDS starts anew its sessions are over', async (t) => {
    const w = visitIn((await stage.get(openndsArrival(2, '02:aa:bb:cc:dd:02'))).body)
    await stage.post('/login/click-through', { v: w })
    await post(binauth('client_auth', w, { mac: '02:aa:bb:cc:dd:02', token: 'aaaaaaaa' }))
    t.equal(await stage.parts.sessions.openCount('nds'), 1)
    await post('{"kind":"start","id":"s","at":1795302430,"instance":"37.268000"}')
    t.equal(await stage.parts.sessions.openCount('nds'), 0)
    t.equal(stage.outcomes.at(-1), 'gateway-restart')
  })

  await t.test('what is not signed by this gateway just now, for the first time, is refused', async (t) => {
    const body = '{"kind":"poll","id":"p","at":1}'
    t.equal((await post(body, { key: 'another key' })).statusCode, 403)
    t.equal((await post(body, { time: stage.now / 1000 - 301 })).statusCode, 403, 'an old one')
    t.equal((await post(body, { time: stage.now / 1000 + 301 })).statusCode, 403, 'one of the future')
    t.equal((await post(body, { nonce: 'cd'.repeat(16) })).statusCode, 200)
    t.equal((await post(body, { nonce: 'cd'.repeat(16) })).statusCode, 403, 'a replay')
    t.equal((await post(body, { path: '/g/opennds/nobody/events' })).statusCode, 403)
    const moved = signedEvent(stage, body)
    t.equal(
      (await stage.app.inject({ ...moved, payload: body.replace('1', '2') })).statusCode,
      403,
      'another body',
    )
  })

  await t.test(
    'a signed event that says nothing is answered, so that the gateway’s queue goes on, and counted',
    async (t) => {
      for (const body of ['', 'null', '{"kind":"dance"}', '{"kind":"binauth"}', '[]'])
        t.equal((await post(body)).statusCode, 200, body)
      t.equal(
        (await stage.events('nds')).filter(
          (event) => event.kind === 'refusal' && event.reason === 'bad-event',
        ).length,
        5,
      )
    },
  )

  await t.test('authmon hears whom to let in, four at a time, until it says that it has', async (t) => {
    const rhids = Array.from({ length: 6 }, (_, i) => String(i).repeat(64))
    for (const rhid of rhids) await queueAuth(stage.store, 'nds', rhid, `${rhid} 60 0 5000 0 0 dj1Y`)
    const poll = (payload: string, auth_get = 'view') =>
      stage.post('/g/opennds/nds', {
        auth_get,
        gatewayhash: 'ff',
        payload: Buffer.from(payload).toString('base64'),
      })
    const view = await poll('none')
    t.match(view.body, /^\* \d{64}%2060%200%205000%200%200%20dj1Y /)
    t.equal(view.body.split(' ').length, 5)
    t.ok(view.body.length <= 1024, 'openNDS reads no more')
    const told = view.body
      .split(' ')
      .slice(1)
      .map((line) => decodeURIComponent(line).slice(0, 64))
    t.equal((await poll(`* ${told.join(' ')}`)).body, 'ack')
    t.equal((await poll('none')).body.split(' ').length, 3)
    await poll('none', 'clear')
    t.equal((await nextAuths(stage.store, 'nds')).length, 2, 'anybody can send `clear`: it clears nothing')
    t.equal((await poll('*')).body, 'ack')
  })

  await t.test('the heartbeat of any gateway is signed with its own secret', async (t) => {
    const path = '/g/coova-chilli/chilli/heartbeat'
    const body = '{"accessPoints":["02-10-00-00-01-01"]}'
    t.equal((await post(body, { path, key: 'demo-secret-of-chilli' })).statusCode, 200)
    t.equal((await post(body, { path, key: 'faskeyofnds12345' })).statusCode, 403)
    await post(body, { path, key: 'another key', time: 0 })
    t.match(await lastHeard(stage.store, 'chilli'), { gateway: stage.now, wrongClockAt: null })
    const wrong = { path, key: 'demo-secret-of-chilli', time: 0 }
    t.equal((await post(body, wrong)).statusCode, 403)
    const heard = await lastHeard(stage.store, 'chilli')
    t.equal(heard.wrongClockAt, stage.now, 'that its clock is wrong is known')
    t.same([...heard.accessPoints.keys()], ['021000000101'], 'and is no access point')
  })
})
