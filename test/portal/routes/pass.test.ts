import { Writable } from 'node:stream'
import type { LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { test } from 'tap'
import type { AccountingRecord } from '../../../core/domain/accounting.ts'
import { deviceSubject } from '../../../core/domain/grants.ts'
import { parseGrantUserName } from '../../../core/domain/grant.ts'
import { parseMac, type Mac } from '../../../core/domain/mac.ts'
import { passToken } from '../../../core/domain/pass.ts'
import { createPortal } from '../../../portal/app.ts'
import { testKeys } from '../../support/stores.ts'
import { chilliArrival, MORNING, startStage, visitIn, type Stage } from '../stage.ts'

const DAY = 86_400_000
const TODAY = '2026-11-21'
const phone = (number: number): Mac => parseMac(`02AABBCCE0${number.toString(16).padStart(2, '0')}`)!
const subjectOf = (mac: Mac): string => deviceSubject(testKeys.subject, mac)

/** What visitors do, on phones of which some keep cookies. */
function visitors(stage: Stage) {
  const arrive = (mac: Mac, nasid = 'chilli', cookies = '') =>
    stage.get(chilliArrival({ nasid }, mac), cookies ? { cookie: cookies } : {})
  const tap = (v: string, cookies = '') =>
    stage.post('/login/click-through', { v, lang: 'vi' }, cookies ? { cookie: cookies } : {})
  const type = (v: string, code: string, method = 'voucher') =>
    stage.post(`/login/${method}`, { v, code, lang: 'vi' })
  const getIn = async (mac: Mac, nasid = 'chilli'): Promise<string> => {
    const v = visitIn((await arrive(mac, nasid)).body)
    if ((await tap(v)).statusCode !== 303) throw new Error('the tap did not lead to the gateway')
    return v
  }
  /** The pass page of a visit: its link, and its code as it is read out. */
  const keep = async (v: string) => {
    const { body } = await stage.get(`/pass?v=${v}&lang=vi`)
    return {
      body,
      path: /href="http:\/\/portal\.test:8080(\/p\/[^"]+)"/.exec(body)?.[1] ?? '',
      code: /class="symbols">([^<]+)</.exec(body)?.[1] ?? '',
      id: /số <b>([^<]+)<\/b>/.exec(body)?.[1] ?? '',
    }
  }
  const online = (mac: Mac, v: string, status: AccountingRecord['status'] = 'start', nas = 'chilli') =>
    stage.parts.sessions.record({
      status,
      nas,
      site: 'ho-hoan-kiem',
      acctSessionId: `of ${v}`,
      mac,
      at: stage.now,
      receivedAt: stage.now,
      fromVisitorOctets: null,
      toVisitorOctets: null,
      gigawords: true,
      seconds: 0,
      cause: status === 'stop' ? 'Idle-Timeout' : null,
      userName: null,
      visit: v,
      ip: null,
      ap: null,
      interimSeconds: 300,
      classSession: null,
    })
  const use = (subject: string, seconds: number) =>
    stage.parts.usage.count(subject, TODAY, 's1', { seconds, octets: 0 })
  return { arrive, tap, type, getIn, keep, online, use }
}

const cookiesOf = (answer: LightMyRequestResponse): string =>
  answer.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ')
const secondsOf = (answer: LightMyRequestResponse): number | undefined =>
  parseGrantUserName(new URL(answer.headers.location as string).searchParams.get('username') ?? '')?.limits
    .seconds

test('coming back', async (t) => {
  const stage = await startStage(t)
  const { arrive, tap, getIn, use } = visitors(stage)

  await t.test(
    'whoever was in at one site is welcomed back at another, with what his day leaves',
    async (t) => {
      const mac = phone(1)
      t.notMatch((await arrive(mac)).body, /Chào bạn trở lại/, 'not before he was in')
      await getIn(mac)
      await use(subjectOf(mac), 2400)
      const page = await arrive(mac, 'chilli-other')
      t.match(page.body, /<h1 class="place">Văn Miếu/)
      t.match(page.body, /<b>Chào bạn trở lại\.<\/b>/)
      t.match(page.body, /Hôm nay còn 80 phút/)
      t.equal(page.body.match(/<form method="post" action="\/login\/click-through/g)?.length, 1, 'one tap')
      t.notMatch(page.body, /<script/i)
      t.equal(secondsOf(await tap(visitIn(page.body))), 3600)
      const english = await stage.get(`/splash?v=${visitIn(page.body)}&lang=en`)
      t.match(english.body, /<b>Welcome back\.<\/b> One tap/)
      t.match(english.body, /80 minutes left today/)
    },
  )

  await t.test('a redirect that nobody signed learns nothing of the pass of the MAC it names', async (t) => {
    const mac = phone(2)
    await getIn(mac)
    const forged = await stage.get(`/g/mikrotik?identity=mikro-tik&mac=${mac}&ip=10.5.0.9`)
    t.equal(forged.statusCode, 200)
    t.notMatch(forged.body, /Chào bạn trở lại/)
    const v = visitIn(forged.body)
    for (const path of ['/pass', '/status', '/online']) {
      const answer = await stage.get(`${path}?v=${v}`)
      t.notMatch(answer.body, /\/p\/p1\./, path)
    }
    await tap(v)
    t.notMatch((await stage.get(`/online?v=${v}`)).body, /\/pass\?/, 'nor after its own tap')
    t.match((await stage.get(`/pass?v=${v}`)).headers.location, /^\/status/)
  })

  await t.test('the quota is the same everywhere', async (t) => {
    const mac = phone(3)
    await getIn(mac)
    await use(subjectOf(mac), 7200)
    const answer = await tap(visitIn((await arrive(mac, 'chilli-other')).body))
    t.equal(answer.statusCode, 200)
    t.match(answer.body, /Hôm nay bạn đã dùng hết 120 phút/)
  })

  await t.test('the next month he is a stranger again', async (t) => {
    const mac = phone(4)
    await getIn(mac)
    stage.now += 30 * DAY
    t.notMatch((await arrive(mac)).body, /Chào bạn trở lại/)
    stage.now = MORNING
  })
})

test('the pass page', async (t) => {
  const stage = await startStage(t)
  const { getIn, keep, online, use } = visitors(stage)
  const mac = phone(0x10)
  const v = await getIn(mac)
  await online(mac, v)

  await t.test('the status page leads to it and tells what the day leaves', async (t) => {
    await use(subjectOf(mac), 1800)
    const page = await stage.get(`/status?v=${v}&lang=vi`)
    t.match(page.body, new RegExp(`href="/pass\\?v=${v}&amp;lang=vi"`))
    t.match(page.body, /Hôm nay còn lại<\/span> <b>90 phút/)
  })

  await t.test('it shows the link, the QR code, the symbols and the number for staff', async (t) => {
    const { body, path, code, id } = await keep(v)
    t.match(path, /^\/p\/p1\.[A-Za-z0-9_-]{16}\.[0-9a-z]+\.[A-Za-z0-9_-]{22}$/)
    t.match(code, /^[0-9A-Z]{5} [0-9A-Z]{5}$/)
    t.equal(id, path.split('.')[1])
    t.match(body, /<svg class="qr" viewBox="0 0 \d+ \d+" role="img" aria-label="Mã QR/)
    t.match(body, /21\/12\/2026/, 'thirty days from now')
    t.notMatch(body, /<script/i)
    const english = await stage.get(`/pass?v=${v}&lang=en`)
    t.match(english.body, /Your Wi-Fi pass/)
    t.match(english.body, /21 December 2026/)
  })

  await t.test('pages with the link are kept nowhere and named to nobody', async (t) => {
    const { path } = await keep(v)
    for (const url of [`/pass?v=${v}`, path]) {
      const { headers } = await stage.get(url)
      t.equal(headers['cache-control'], 'no-store', url)
      t.equal(headers['referrer-policy'], 'no-referrer', url)
    }
  })

  await t.test('its own link, on its own phone, is it', async (t) => {
    const { path } = await keep(v)
    const answer = await stage.get(`${path}?v=${v}`)
    t.equal(answer.statusCode, 303)
    t.match(answer.headers.location, new RegExp(`^/pass\\?v=${v}`))
  })
})

test('a pass on another phone', async (t) => {
  const stage = await startStage(t)
  const { arrive, tap, type, getIn, keep, online, use } = visitors(stage)
  const first = phone(0x20)
  const { path, code } = await keep(await getIn(first))
  const token = path.slice('/p/'.length)

  await t.test('opened away from any site, the browser remembers it and says what to do', async (t) => {
    const page = await stage.get(path, { 'accept-language': 'en' })
    t.equal(page.statusCode, 200)
    t.match(page.body, /Your pass is ready on this phone/)
    t.match(page.body, new RegExp(code.replace(' ', '\\s')), 'with the symbols for windows that keep nothing')
    const mac = phone(0x21)
    const splash = await arrive(mac, 'chilli-other', cookiesOf(page))
    t.match(splash.body, /Chào bạn trở lại/)
    t.equal(await stage.parts.passes.ofDevice(mac), null, 'opening and looking join nothing')
    t.equal((await tap(visitIn(splash.body), cookiesOf(page))).statusCode, 303)
    t.equal(await stage.parts.passes.subjectOf(mac, stage.now), subjectOf(first))
  })

  await t.test('opened on a phone that stands at a site, one press is enough', async (t) => {
    const mac = phone(0x22)
    const arrival = await arrive(mac)
    const page = await stage.get(path, { cookie: cookiesOf(arrival) })
    t.match(page.body, /Thẻ của bạn dùng được ở đây/)
    t.match(page.body, /Hồ Hoàn Kiếm/)
    t.match(page.headers['content-security-policy'], /form-action 'self' http:\/\/10\.1\.0\.1:3990/)
    t.equal(await stage.parts.passes.ofDevice(mac), null, 'a link that is looked at joins nothing')
    const v = visitIn(page.body)
    const answer = await stage.post('/login/pass', { v, lang: 'vi', pass: token })
    t.equal(answer.statusCode, 303)
    t.match(answer.headers.location, /^http:\/\/10\.1\.0\.1:3990\/logon/)
    t.equal(await stage.parts.passes.subjectOf(mac, stage.now), subjectOf(first))
  })

  await t.test('its symbols open it in the field of access codes', async (t) => {
    const mac = phone(0x23)
    const answer = await type(visitIn((await arrive(mac)).body), code.toLowerCase().replace(' ', '-'))
    t.equal(answer.statusCode, 303)
    t.equal(await stage.parts.passes.subjectOf(mac, stage.now), subjectOf(first))
    t.match(cookiesOf(answer), /pass=p1/, 'and where cookies are kept the next time takes none')
  })

  await t.test('a site that takes no codes has the field for passes all the same', async (t) => {
    const mac = phone(0x24)
    const splash = await arrive(mac, 'chilli-taps')
    t.match(splash.body, /<form class="field" method="post" action="\/login\/pass/)
    t.match(splash.body, /Mã gồm 10 ký tự của thẻ/)
    t.equal((await type(visitIn(splash.body), code, 'pass')).statusCode, 303)
    t.equal(await stage.parts.passes.subjectOf(mac, stage.now), subjectOf(first))
  })

  await t.test('wrong symbols are counted, and after five the right ones wait, too', async (t) => {
    const v = visitIn((await arrive(phone(0x25))).body)
    const wrong = await type(v, `${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`)
    t.match(wrong.body, /Mã này không đúng/)
    t.match(wrong.body, new RegExp(`value="${code.slice(0, -1)}`), 'what was typed stays')
    for (let i = 0; i < 4; i++) await type(v, '0000000000')
    t.match((await type(v, code)).body, /Đợi 1 phút/)
    t.match((await type(v, code, 'pass')).body, /Đợi 1 phút/)
  })

  await t.test('what one phone has used at one site, another misses at the next', async (t) => {
    const mac = phone(0x26)
    stage.now += 600_000
    await use(subjectOf(first), 6600)
    const v = visitIn((await arrive(mac, 'chilli-other')).body)
    const answer = await stage.post('/login/pass', { v, pass: token })
    t.equal(secondsOf(answer), 600)
    await use(subjectOf(first), 7200)
    t.match((await tap(v)).body, /Hôm nay bạn đã dùng hết 120 phút/)
    t.match((await stage.post('/login/pass', { v, pass: token })).body, /Hôm nay bạn đã dùng hết 120 phút/)
    stage.now = MORNING
  })

  await t.test('the browser’s memory of a pass that is over harms nobody', async (t) => {
    const other = await keep(await getIn(phone(0x27)))
    await stage.parts.passes.revoke(other.id)
    const mac = phone(0x28)
    const cookie = `pass=${other.path.slice('/p/'.length)}`
    const splash = await arrive(mac, 'chilli', cookie)
    t.notMatch(splash.body, /Chào bạn trở lại/)
    t.equal((await tap(visitIn(splash.body), cookie)).statusCode, 303)
    t.equal(await stage.parts.passes.subjectOf(mac, stage.now), subjectOf(mac))
    t.equal((await tap(visitIn(splash.body), 'pass=p1.x')).statusCode, 303, 'nor does a cookie that is none')
  })

  await t.test('when all its devices are online, another is told so, until one has left', async (t) => {
    const [one, two] = [phone(0x30), phone(0x31)]
    const v = await getIn(one, 'chilli-taps')
    const own = await keep(v)
    stage.now += 600_000
    await online(one, v, 'start', 'chilli-taps')
    const there = visitIn((await arrive(two)).body)
    for (const answer of [
      await stage.get(`${own.path}?v=${there}`),
      await stage.post('/login/pass', { v: there, pass: own.path.slice('/p/'.length) }),
      await type(there, own.code),
    ])
      t.match(answer.body, /Đã có 1 máy dùng lượt này/)
    const remembering = `pass=${own.path.slice('/p/'.length)}`
    t.equal((await tap(visitIn((await arrive(phone(0x32))).body), remembering)).statusCode, 303)
    t.equal(
      await stage.parts.passes.subjectOf(phone(0x32), stage.now),
      subjectOf(phone(0x32)),
      'he goes alone',
    )
    await online(one, v, 'stop', 'chilli-taps')
    t.equal((await type(there, own.code)).statusCode, 303)
    t.equal(await stage.parts.passes.subjectOf(two, stage.now), subjectOf(one))
    t.equal(await stage.parts.passes.ofDevice(one), null, 'the one that was away gave up its place')
    stage.now = MORNING
  })
})

test('a gateway that signs nothing', async (t) => {
  const stage = await startStage(t)
  const { getIn, keep, arrive } = visitors(stage)
  const mikrotik = async (mac: Mac): Promise<string> =>
    visitIn((await stage.get(`/g/mikrotik?identity=mikro-tik&mac=${mac}&ip=10.5.0.9`)).body)
  const lets = (v: string, mac: Mac) =>
    stage.parts.visits.accepted({ id: v, nas: 'mikro-tik', mac }, stage.now)

  await t.test('has a visitor’s pass made once it has let him in', async (t) => {
    const mac = phone(0x40)
    const v = await mikrotik(mac)
    await stage.post('/login/click-through', { v })
    t.equal(await stage.parts.passes.ofDevice(mac), null)
    await lets(v, mac)
    const landing = await stage.get(`/online?v=${v}`)
    t.match(landing.body, new RegExp(`href="/pass\\?v=${v}`))
    t.equal(await stage.parts.passes.subjectOf(mac, stage.now), subjectOf(mac))
    t.match((await arrive(mac, 'chilli-other')).body, /Chào bạn trở lại/)
  })

  await t.test(
    'has him join a pass once it has let him in, and his usage counts for it at once',
    async (t) => {
      const first = phone(0x41)
      const { path, code } = await keep(await getIn(first))
      for (const [number, field] of [
        [0x42, { pass: path.slice('/p/'.length) }],
        [0x43, { code }],
      ] as const) {
        const mac = phone(number)
        const v = await mikrotik(mac)
        const method = 'pass' in field ? 'pass' : 'voucher'
        t.equal((await stage.post(`/login/${method}`, { v, ...field })).statusCode, 303)
        t.equal((await stage.parts.visits.find(v))?.grant?.subject, subjectOf(first))
        t.equal(
          await stage.parts.passes.ofDevice(mac),
          null,
          'a made-up MAC cannot be put on somebody’s pass',
        )
        await lets(v, mac)
        await stage.get(`/online?v=${v}`)
        t.equal(await stage.parts.passes.subjectOf(mac, stage.now), subjectOf(first))
      }
    },
  )

  await t.test('has a code carried once it has let him in', async (t) => {
    await stage.vouchers.publish('AAAA0001', {
      id: 'v1',
      site: 'ho-hoan-kiem',
      seconds: 1800,
      octets: null,
      devices: 1,
      expiresAt: null,
    })
    const mac = phone(0x44)
    const v = await mikrotik(mac)
    t.equal((await stage.post('/login/voucher', { v, code: 'AAAA0001' })).statusCode, 303)
    await lets(v, mac)
    await stage.get(`/status?v=${v}`)
    await stage.get(`/pass?v=${v}`)
    t.match(await stage.parts.passes.ofDevice(mac), {
      code: stage.vouchers.digestOf('AAAA0001'),
      most: 1,
    })
  })
})

test('a pass that came with a code', async (t) => {
  const stage = await startStage(t)
  const { arrive, tap, type, use } = visitors(stage)
  const code = 'HK2081XQ'
  const mac = phone(0x50)
  await stage.vouchers.publish(code, {
    id: 'v1',
    site: 'ho-hoan-kiem',
    seconds: 5400,
    octets: null,
    devices: 1,
    expiresAt: null,
  })
  await type(visitIn((await arrive(mac)).body), code)

  await t.test('opens a site that takes codes alone, by one tap', async (t) => {
    const splash = await arrive(mac, 'chilli-code-only')
    t.match(splash.body, /Chào bạn trở lại/)
    t.match(splash.body, /Mã của bạn còn 90 phút/)
    t.match(splash.body, /<form method="post" action="\/login\/pass/)
    const answer = await stage.post('/login/pass', { v: visitIn(splash.body) })
    t.equal(secondsOf(answer), 5400)
    t.equal((await stage.parts.visits.find(visitIn(splash.body)))?.grant?.subject, 'v.v1')
  })

  await t.test('gives the day first, and what is left of the code then', async (t) => {
    const v = visitIn((await arrive(mac, 'chilli-other')).body)
    t.equal(secondsOf(await tap(v)), 3600)
    await use(subjectOf(mac), 7200)
    await stage.parts.usage.count('v.v1', null, 's2', { seconds: 5000, octets: 0 })
    t.equal(secondsOf(await tap(v)), 400)
    await stage.parts.usage.count('v.v1', null, 's2', { seconds: 5400, octets: 0 })
    t.match((await tap(v)).body, /Hôm nay bạn đã dùng hết 120 phút/)
  })

  await t.test('is one device to its code, on whichever phone of his it is typed again', async (t) => {
    await stage.vouchers.publish('AAAA0002', {
      id: 'v2',
      site: 'ho-hoan-kiem',
      seconds: null,
      octets: null,
      devices: 1,
      expiresAt: null,
    })
    const [old, fresh, stranger] = [phone(0x51), phone(0x52), phone(0x53)]
    t.equal((await type(visitIn((await arrive(old)).body), 'AAAA0002')).statusCode, 303)
    const pass = (await stage.parts.passes.ofDevice(old))!
    stage.now += 600_000
    const v = visitIn((await arrive(fresh)).body)
    const token = passToken(testKeys.pass, pass)
    t.equal((await stage.post('/login/pass', { v, pass: token })).statusCode, 303, 'a new MAC, by his pass')
    t.equal((await type(v, 'AAAA0002')).statusCode, 303)
    t.match((await type(visitIn((await arrive(stranger)).body), 'AAAA0002')).body, /đã dùng hết/)
    stage.now = MORNING
  })

  await t.test('opens nothing more once the code is taken back', async (t) => {
    await stage.vouchers.revoke('AAAA0002')
    const splash = await arrive(phone(0x52), 'chilli-code-only')
    t.notMatch(splash.body, /Chào bạn trở lại/)
    const answer = await stage.post('/login/pass', { v: visitIn(splash.body) })
    t.match(answer.headers.location, /^\/splash/, 'the site says what it takes')
  })
})

test('a pass that is none, or none any more', async (t) => {
  const stage = await startStage(t)
  const { arrive, tap, getIn, keep, type } = visitors(stage)
  const mac = phone(0x60)
  const { path, code, id } = await keep(await getIn(mac))

  await t.test('whatever is wrong with a token, the answer is the same', async (t) => {
    const token = path.slice('/p/'.length)
    const [version, name, end, signature] = token.split('.') as [string, string, string, string]
    const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)
    const answers = await Promise.all(
      [
        [version, name, end, flipped],
        [version, 'AAAAAAAAAAAAAAAA', end, signature],
        [version, name, 'zzzzzz', signature],
        ['p2', name, end, signature],
        ['x'],
      ].map((parts) => stage.get(`/p/${parts.join('.')}`)),
    )
    for (const answer of answers) {
      t.equal(answer.statusCode, 404)
      t.match(answer.body, /Liên kết này không đúng/)
      t.equal(cookiesOf(answer), '', 'and nothing is remembered')
    }
    const bare = answers.map(({ body }) => body.replace(/\/p\/[^?"]+/g, '/p/…'))
    t.equal(new Set(bare).size, 1)
    t.notMatch((await stage.get('/p/%22%3E%3Cscript%3E')).body, /<script/)
    const v = visitIn((await arrive(phone(0x61))).body)
    t.match((await stage.post('/login/pass', { v, pass: 'p1.x' })).body, /Liên kết này không đúng/)
  })

  await t.test('an expired one says so', async (t) => {
    stage.now += 30 * DAY
    const answer = await stage.get(path)
    t.equal(answer.statusCode, 410)
    t.match(answer.body, /Thẻ này đã hết hạn/)
    t.match((await type(visitIn((await arrive(phone(0x62))).body), code)).body, /Thẻ này đã hết hạn hoặc/)
    stage.now = MORNING
    t.equal((await stage.get(path)).statusCode, 200)
    const gone = passToken(testKeys.pass, { id: 'BBBBBBBBBBBBBBBB', endsAt: MORNING })
    t.match((await stage.get(`/p/${gone}`)).body, /Thẻ này đã hết hạn/, 'one that nobody knows any more')
  })

  await t.test('a revoked one opens no site, and its phone is a visitor like any other', async (t) => {
    await stage.parts.passes.revoke(id)
    const answer = await stage.get(path, { 'accept-language': 'en' })
    t.equal(answer.statusCode, 410)
    t.match(answer.body, /This pass was cancelled/)
    t.equal(cookiesOf(answer), '')
    const v = visitIn((await arrive(phone(0x63))).body)
    t.match(
      (await stage.post('/login/pass', { v, pass: path.slice('/p/'.length) })).body,
      /Thẻ này đã bị hủy/,
    )
    t.match((await type(v, code)).body, /Thẻ này đã hết hạn hoặc đã bị hủy/)
    t.equal(await stage.parts.passes.ofDevice(phone(0x63)), null)
    const splash = await arrive(mac, 'chilli-other')
    t.notMatch(splash.body, /Chào bạn trở lại/)
    t.equal((await tap(visitIn(splash.body))).statusCode, 303)
    const fresh = await stage.parts.passes.ofDevice(mac)
    t.not(fresh?.id, id)
    t.equal(fresh?.subject, subjectOf(mac), 'the day goes on where it was')
  })
})

test('no log tells a token, not even of a page that fails', async (t) => {
  const stage = await startStage(t)
  const { getIn, keep } = visitors(stage)
  const { path } = await keep(await getIn(phone(0x70)))
  let written = ''
  const log = pino(
    { level: 'trace' },
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written += chunk.toString()
        done()
      },
    }),
  )
  const app = await createPortal({ ...stage.parts, log }, [])
  t.teardown(() => app.close())
  await stage.redis.stop()
  const answer = await app.inject({ url: path })
  t.equal(answer.statusCode, 500)
  t.match(written, /a portal page failed/)
  t.match(written, '/p/:token')
  t.notMatch(written, path.slice('/p/'.length))
})
