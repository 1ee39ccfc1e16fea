import { test } from 'tap'
import { parseMac } from '../../../core/domain/mac.ts'
import { chilliArrival, IPHONE, openndsArrival, startStage, visitIn } from '../stage.ts'

test('the portal at the door', async (t) => {
  const stage = await startStage(t)

  await t.test(
    'a signed CoovaChilli redirect gets the splash of its site, with one form to tap',
    async (t) => {
      const page = await stage.get(chilliArrival())
      t.equal(page.statusCode, 200)
      t.match(page.body, /Hồ Hoàn Kiếm/)
      t.equal(page.body.match(/<form method="post" action="\/login\/click-through[^"]*"/g)?.length, 1)
      t.match(page.headers['content-security-policy'], /form-action 'self' http:\/\/10\.1\.0\.1:3990/)
      t.notMatch(page.body, /<script/i)
      t.notMatch(page.body, /example\.com/, 'the visitor’s original address is nowhere')
    },
  )

  await t.test('the language is the browser’s, and the menu keeps the visit', async (t) => {
    const page = await stage.get(chilliArrival(), { 'accept-language': 'en-GB,en;q=0.9' })
    t.match(page.body, /<html lang="en"/)
    t.match(page.body, new RegExp(`/splash\\?v=${visitIn(page.body)}&amp;lang=vi`))
    const again = await stage.get(`/splash?v=${visitIn(page.body)}&lang=vi`)
    t.match(again.body, /<html lang="vi"/)
    const taipei = await stage.get(chilliArrival(), { 'accept-language': 'zh-TW,zh;q=0.9,en;q=0.8' })
    t.match(taipei.body, /<html lang="zh-Hant"/)
    t.equal(taipei.headers['content-language'], 'zh-Hant')
    t.match(taipei.body, '立即連線')
    t.match(taipei.body, /<input type="hidden" name="lang" value="zh-Hant">/)
  })

  await t.test(
    'reports hear the language that the browser asked for, or that was chosen in the menu',
    async (t) => {
      const phone = parseMac('02AABBCCDD66')!
      const page = await stage.get(chilliArrival({}, phone), { 'accept-language': 'th-TH,th;q=0.9' })
      t.match(page.body, /<html lang="vi"/, 'no page speaks Thai')
      const v = visitIn(page.body)
      await stage.post('/login/click-through', { v, lang: 'vi' })
      await stage.post('/login/click-through', { v, lang: 'en' })
      const spoken = (await stage.events('chilli')).flatMap((event) =>
        event.kind === 'funnel' && event.visit === v ? [`${event.step} ${event.lang}`] : [],
      )
      t.same(spoken, ['arrival th', 'splash th', 'tap th', 'granted th', 'tap en', 'granted en'])
    },
  )

  await t.test('a forged, changed, unsigned or unknown redirect is one uniform error', async (t) => {
    const good = chilliArrival()
    const bodies = new Set<string>()
    for (const url of [
      good.replace('10.1.0.5', '10.1.0.6'),
      good.replace(/&md=.*/, ''),
      `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`,
      chilliArrival({}, undefined, 'another-secret'),
      chilliArrival({ nasid: 'nobody' }),
      chilliArrival({ challenge: 'zz' }),
      '/g/coova-chilli',
      '/g/toaster?nasid=chilli',
      '/g/opennds/nobody?fas=aGk=',
      // A vendor whose captive portal is still to come.
      '/g/unifi?id=02:aa:bb:cc:dd:01&ap=02:00:00:00:00:01',
      '/g/unifi/chilli?id=02:aa:bb:cc:dd:01',
    ]) {
      const page = await stage.get(url)
      t.equal(page.statusCode, 400, url.slice(0, 60))
      bodies.add(page.body.replace(/\d\d:\d\d/g, ''))
    }
    t.equal(bodies.size, 1, 'the page tells nothing of which check failed')
    t.match([...bodies][0], /N-01/)
  })

  await t.test('a parameter that stands there twice is nobody’s word', async (t) => {
    t.equal((await stage.get(`${chilliArrival()}&mac=02-00-00-00-00-99`)).statusCode, 400)
  })

  await t.test(
    'the same phone with a new challenge resumes its visit, because the redirect is proved',
    async (t) => {
      const first = visitIn((await stage.get(chilliArrival())).body)
      const second = visitIn((await stage.get(chilliArrival({ challenge: 'b2'.repeat(16) }))).body)
      t.equal(second, first)
      const known = await stage.parts.visits.find(first)
      t.equal(known?.visit.context.challenge, 'b2'.repeat(16))
    },
  )

  await t.test(
    'MikroTik and openNDS level 1 are hearsay: whoever names a MAC does not get its visit',
    async (t) => {
      const mikrotik =
        '/g/mikrotik?identity=mikro-tik&mac=02:AA:BB:CC:DD:01&ip=10.5.0.9&chap-id=%5C221&chap-challenge=' +
        encodeURIComponent('\\001\\002\\003\\004\\005\\006\\007\\010\\011\\012\\013\\014\\015\\016\\017\\020')
      const one = await stage.get(mikrotik)
      t.equal(one.statusCode, 200)
      t.not(visitIn(one.body), visitIn((await stage.get(mikrotik)).body))
      const nds = await stage.get(openndsArrival(1))
      t.equal(nds.statusCode, 200)
      t.not(visitIn(nds.body), visitIn((await stage.get(openndsArrival(1))).body))
    },
  )

  await t.test('openNDS level 2 must decrypt', async (t) => {
    t.equal((await stage.get(openndsArrival(2))).statusCode, 200)
    t.equal((await stage.get(openndsArrival(2, undefined, 'another-key-12345'))).statusCode, 400)
    t.equal((await stage.get(openndsArrival(2).replace(/iv=../, 'iv=zz'))).statusCode, 400)
    t.equal((await stage.get(openndsArrival(2).replace(/iv=.*/, 'iv=short'))).statusCode, 400)
  })

  await t.test('a planned site says so and lets nobody in', async (t) => {
    const page = await stage.get(chilliArrival({ nasid: 'chilli-planned' }))
    t.equal(page.statusCode, 200)
    t.notMatch(page.body, /login\/click-through/)
  })

  await t.test(
    'any other path, probes of phones among them, is a redirect and never a false 204',
    async (t) => {
      for (const [url, host] of [
        ['/generate_204', 'connectivitycheck.gstatic.com'],
        ['/hotspot-detect.html', 'captive.apple.com'],
        ['/connecttest.txt', 'www.msftconnecttest.com'],
        ['/success.txt?ipv4', 'detectportal.firefox.com'],
        ['/', 'portal.test'],
      ] as const) {
        const answer = await stage.get(url, { host })
        t.equal(answer.statusCode, 302, url)
        t.equal(answer.headers.location, 'http://portal.test:8080/help')
      }
      t.equal((await stage.get('/help')).statusCode, 200)
    },
  )

  await t.test('what a phone’s own probe fetches is no splash view; a person’s page is', async (t) => {
    const steps = async () =>
      (await stage.events('chilli')).flatMap((event) => (event.kind === 'funnel' ? [event.step] : []))
    const before = (await steps()).length
    const phone = parseMac('02AABBCCDD44')!
    await stage.get(chilliArrival({}, phone), { 'user-agent': 'CaptiveNetworkSupport-443.60.1 wispr' })
    await stage.get(chilliArrival({}, phone), { 'user-agent': IPHONE })
    t.same((await steps()).slice(before), ['arrival', 'splash'], 'its probe and its page are one arrival')
  })

  await t.test('the device is known by its family alone, however long the User-Agent', async (t) => {
    const page = await stage.get(chilliArrival(), { 'user-agent': `${IPHONE} ${'x'.repeat(7000)}` })
    t.same((await stage.parts.visits.find(visitIn(page.body)))?.visit.device, { family: 'mobile', os: 'iOS' })
  })

  await t.test(
    'pages are compressed where the browser takes it, and carry no secret in a header',
    async (t) => {
      const page = await stage.get(chilliArrival(), { 'accept-encoding': 'gzip' })
      t.equal(page.headers['content-encoding'], 'gzip')
      t.ok(page.rawPayload.length < 14 * 1024, `${page.rawPayload.length} octets`)
      t.equal(page.headers['referrer-policy'], 'no-referrer')
      t.equal(page.headers['cache-control'], 'no-store')
    },
  )
})
