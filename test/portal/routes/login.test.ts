import { createHash } from 'node:crypto'
import { test } from 'tap'
import { parseGrantUserName, grantPassword } from '../../../core/domain/grant.ts'
import { deviceSubject } from '../../../core/domain/grants.ts'
import { parseMac } from '../../../core/domain/mac.ts'
import { testKeys } from '../../support/stores.ts'
import { chilliArrival, openndsArrival, PHONE, startStage, visitIn, HID } from '../stage.ts'

const md5 = (...parts: (string | Buffer)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest('hex')

test('logging in', async (t) => {
  const stage = await startStage(t)
  const arrive = async (url = chilliArrival()) => visitIn((await stage.get(url)).body)
  const tap = (v: string, fields = {}) =>
    stage.post(`/login/click-through?v=${v}`, { v, lang: 'vi', ...fields })

  await t.test(
    'one tap leads to CoovaChilli’s logon with a response only the portal could make',
    async (t) => {
      const answer = await tap(await arrive())
      t.equal(answer.statusCode, 303)
      const url = new URL(answer.headers.location as string)
      t.equal(
        url.origin + url.pathname,
        'http://10.1.0.1:3990/logon',
        'the address of the record, not of the query',
      )
      const userName = url.searchParams.get('username')!
      t.match(parseGrantUserName(userName), { limits: { seconds: 3600, idleSeconds: 900 } })
      const challenge = Buffer.from(md5(Buffer.from('a1'.repeat(16), 'hex'), 'uam-secret-of-chilli'), 'hex')
      t.equal(
        url.searchParams.get('response'),
        md5(Buffer.from([0]), grantPassword(testKeys.grant, userName, PHONE, 'chilli'), challenge),
      )
      t.match(url.searchParams.get('userurl'), /^http:\/\/portal\.test:8080\/online\?v=/)
    },
  )

  await t.test('a query that names another gateway changes nothing', async (t) => {
    const v = await arrive(chilliArrival({ uamip: '6.6.6.6', uamport: '666' }))
    t.match((await tap(v)).headers.location, /^http:\/\/10\.1\.0\.1:3990\//)
  })

  await t.test('MikroTik gets the CHAP answer, or the password where it sent no challenge', async (t) => {
    const challenge = Array.from({ length: 16 }, (_, i) => `\\${(i + 1).toString(8).padStart(3, '0')}`).join(
      '',
    )
    const mikrotik = '/g/mikrotik?identity=mikro-tik&mac=02:AA:BB:CC:DD:01&ip=10.5.0.9'
    const chap = new URL(
      (await tap(await arrive(`${mikrotik}&chap-id=%5C221&chap-challenge=${encodeURIComponent(challenge)}`)))
        .headers.location as string,
    )
    const password = (url: URL) =>
      grantPassword(testKeys.grant, url.searchParams.get('username')!, PHONE, 'mikro-tik')
    t.equal(
      chap.searchParams.get('password'),
      md5(Buffer.from([0o221]), password(chap), Buffer.from(Array.from({ length: 16 }, (_, i) => i + 1))),
    )
    const pap = new URL((await tap(await arrive(mikrotik))).headers.location as string)
    t.equal(pap.searchParams.get('password'), password(pap))
    t.equal(pap.origin + pap.pathname, 'http://10.1.0.1/login')
  })

  await t.test('openNDS gets its token and limits signed for this device', async (t) => {
    const url = new URL((await tap(await arrive(openndsArrival(2)))).headers.location as string)
    t.equal(
      url.origin + url.pathname,
      'http://10.1.0.1:2050/opennds_auth/',
      'the address of the record, not of the redirect',
    )
    t.equal(url.searchParams.get('tok'), createHash('sha256').update(`${HID}faskeyofnds12345`).digest('hex'))
    const custom = Buffer.from(url.searchParams.get('custom')!, 'base64').toString()
    t.match(
      custom,
      new RegExp(
        `^s=3600&u=0&d=5000&uq=976562&dq=976562&v=[A-Za-z0-9_-]{16}&h=${HID.slice(0, 16)}&m=[0-9a-f]{32}$`,
      ),
    )
  })

  await t.test('it works without a cookie, and twice', async (t) => {
    const v = await arrive()
    t.equal((await tap(v)).statusCode, 303)
    t.equal((await tap(v)).statusCode, 303)
    t.equal((await stage.get(`/go?v=${v}`)).statusCode, 303)
  })

  await t.test('a visit that nobody knows is told so', async (t) => {
    const answer = await tap('AAAAAAAAAAAAAAAA')
    t.equal(answer.statusCode, 404)
    t.match(answer.body, /S-02/)
    t.equal((await stage.post('/login/click-through', {})).statusCode, 404)
    t.equal((await stage.get('/go?v=AAAAAAAAAAAAAAAA')).statusCode, 404)
  })

  await t.test(
    'used-up time is a page that says when it comes back, and the refusal is counted',
    async (t) => {
      const v = await arrive(chilliArrival({}, parseMac('02AABBCCDD77')!))
      await stage.parts.usage.count(
        deviceSubject(testKeys.subject, parseMac('02AABBCCDD77')!),
        '2026-11-21',
        's1',
        { seconds: 7200, octets: 0 },
      )
      const page = await tap(v)
      t.equal(page.statusCode, 200)
      t.match(page.body, /120 phút/)
      t.ok(
        (await stage.events('chilli')).some(
          (event) => event.kind === 'refusal' && event.reason === 'quota-time',
        ),
      )
      stage.now += 24 * 3_600_000
      t.equal(
        (await tap(await arrive(chilliArrival({}, parseMac('02AABBCCDD77')!)))).statusCode,
        303,
        'the next day it is there again',
      )
      stage.now -= 24 * 3_600_000
    },
  )

  await t.test('what is left of the day is what the gateway is told', async (t) => {
    const mac = parseMac('02AABBCCDD78')!
    await stage.parts.usage.count(deviceSubject(testKeys.subject, mac), '2026-11-21', 's1', {
      seconds: 6000,
      octets: 400_000_000,
    })
    const nds = await stage.post('/login/click-through', {
      v: await arrive(openndsArrival(2, '02:aa:bb:cc:dd:78')),
    })
    const custom = Buffer.from(
      new URL(nds.headers.location as string).searchParams.get('custom')!,
      'base64',
    ).toString()
    t.match(custom, /^s=1200&u=0&d=5000&uq=585937&dq=585937&/)
  })

  const code = 'HK2081XQ'
  const typed = async (text: string, mac = PHONE) => {
    const v = await arrive(chilliArrival({}, mac))
    return stage.post('/login/voucher', { v, code: text, lang: 'vi' })
  }

  await t.test('a code opens however it is typed; a wrong one keeps what was typed', async (t) => {
    await stage.vouchers.publish(code, {
      id: 'v1',
      site: 'ho-hoan-kiem',
      seconds: 1800,
      octets: null,
      devices: 2,
      expiresAt: null,
    })
    const answer = await typed('hk2o 8ixq')
    t.equal(answer.statusCode, 303)
    t.equal(
      parseGrantUserName(new URL(answer.headers.location as string).searchParams.get('username')!)?.limits
        .seconds,
      1800,
    )
    const wrong = await typed('HK20 81XX')
    t.equal(wrong.statusCode, 200)
    t.match(wrong.body, /value="HK20 81XX"/)
    t.match(wrong.body, /Mã này không đúng/)
  })

  await t.test('a code has a site, a number of devices, an end and an amount', async (t) => {
    await stage.vouchers.publish('AAAA0001', {
      id: 'v2',
      site: 'other',
      seconds: null,
      octets: null,
      devices: 1,
      expiresAt: null,
    })
    t.match((await typed('AAAA0001')).body, /aria-invalid/)
    // Redis keeps it for a week past its end, by a clock of its own.
    const morning = stage.now
    stage.now = Date.now()
    await stage.vouchers.publish('AAAA0002', {
      id: 'v3',
      site: 'ho-hoan-kiem',
      seconds: null,
      octets: null,
      devices: 1,
      expiresAt: stage.now - 1000,
    })
    t.match((await typed('AAAA0002')).body, /hết hạn/)
    stage.now = morning
    await stage.vouchers.publish('AAAA0003', {
      id: 'v4',
      site: 'ho-hoan-kiem',
      seconds: 60,
      octets: null,
      devices: 1,
      expiresAt: null,
    })
    t.equal((await typed('AAAA0003')).statusCode, 303)
    t.equal((await typed('AAAA0003', parseMac('02AABBCCDD02')!)).statusCode, 200, 'a second device')
    await stage.parts.usage.count('v.v4', null, 's1', { seconds: 60, octets: 0 })
    t.match((await typed('AAAA0003')).body, /dùng hết/)
    t.same(
      (await stage.events('chilli')).flatMap((event) =>
        event.kind === 'refusal' && event.reason.startsWith('code-') ? [event.reason] : [],
      ),
      ['code-wrong', 'code-other-site', 'code-expired', 'code-devices', 'code-used'],
    )
  })

  await t.test('after five wrong codes a device waits a minute, its right code included', async (t) => {
    const mac = parseMac('02AABBCCDD55')!
    for (let i = 0; i < 5; i++) t.match((await typed('ZZZZZZZZ', mac)).body, /Mã này không đúng/)
    t.match((await typed(code, mac)).body, /Đợi 1 phút/)
    t.equal((await typed(code, parseMac('02AABBCCDD56')!)).statusCode, 303, 'others are not held back')
  })

  await t.test('a revoked code is no code', async (t) => {
    await stage.vouchers.revoke(code)
    t.match((await typed(code, parseMac('02AABBCCDD57')!)).body, /Mã này không đúng/)
  })

  await t.test('hostile input is survived and nothing of it becomes markup', async (t) => {
    const page = await typed('"><script>alert(1)</script>', parseMac('02AABBCCDD58')!)
    t.equal(page.statusCode, 200)
    t.notMatch(page.body, /<script/)
    t.equal((await stage.post('/login/voucher', { v: '../../etc', code: 'x' })).statusCode, 404)
    t.equal((await stage.post('/login/__proto__', { v: await arrive() })).statusCode, 303)
  })
})
