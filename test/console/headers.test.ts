import t from 'tap'
import { Browser } from './browser.ts'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())
await stage.publish([site('a')], [])
const staff = await stage.enter('city')

t.test('every page, good or bad, is locked down and never stored', async (t) => {
  for (const page of ['/', '/sites', '/sites/a', '/sites/none', '/none', '/sign-in', '/health/live']) {
    const { headers } = await staff.get(page)
    const script = page === '/' || page === '/sites/a' || page === '/sites/none'
    t.match(headers, {
      'content-security-policy':
        "default-src 'none';style-src 'self';font-src 'self';img-src 'self' data:;form-action 'self';frame-src 'self';base-uri 'none';frame-ancestors 'none'" +
        (script ? ";script-src 'self';connect-src 'self'" : ''),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    t.notOk(Object.keys(headers).some((name) => /^x-(powered-by|ratelimit)|^server$/.test(name)))
  }
})

t.test(
  'pages carry no script and no style of their own; two load one, which puts counts in place',
  async (t) => {
    for (const page of ['/', '/sites', '/sites/a', '/none']) {
      const { body } = await staff.get(page)
      const ours = /<script src="\/assets\/live-[0-9a-f]{12}\.js" defer><\/script>/
      t.equal(ours.test(body), page === '/' || page === '/sites/a', page)
      t.notMatch(body.replace(ours, ''), /<script|<style|\sstyle=|\son\w+=|javascript:/i, page)
    }
  },
)

t.test('files have names that change with their content, and are kept for good', async (t) => {
  const css = /href="(\/assets\/console-[0-9a-f]{12}\.css)"/.exec((await staff.get('/')).body)![1]!
  const sheet = await staff.get(css)
  t.equal(sheet.headers['content-type'], 'text/css; charset=utf-8')
  t.equal(sheet.headers['cache-control'], 'public, max-age=31536000, immutable')
  const fonts = [...sheet.body.matchAll(/url\((\/assets\/fraunces[^)]+\.woff2)\)/g)].map((match) => match[1]!)
  t.equal(fonts.length, 2)
  for (const font of fonts) t.equal((await staff.get(font)).headers['content-type'], 'font/woff2')
  t.equal((await staff.get('/assets/console-000000000000.css')).statusCode, 404)
  t.equal((await staff.get('/assets/..%2f..%2fpackage.json')).statusCode, 404)
})

t.test('addresses that are none, and bodies that are too large, are no fault of ours', async (t) => {
  const odd = await staff.get('/%zz')
  t.equal(odd.statusCode, 400)
  t.equal(odd.body, 'Bad request')
  t.equal((await staff.get('//evil.example/%2e%2e')).statusCode, 404)
  t.notMatch(staff.page, 'href="//')
  await staff.get('/sites')
  t.equal((await staff.post('/sign-out', { x: 'x'.repeat(60_000) })).statusCode, 400)
  const json = { 'content-type': 'application/json' }
  t.equal((await staff.post('/sign-out', {}, json)).statusCode, 400)
})

t.test('health is told without a session', async (t) => {
  const stranger = new Browser(stage.app)
  t.equal((await stranger.get('/health/live')).statusCode, 200)
  t.same((await stranger.get('/health/ready')).json(), { status: 'ready' })
})

t.test('a console that is not ready says why and answers 503', async (t) => {
  const app = await stage.console({ notReady: () => Promise.resolve('Redis does not answer') })
  t.teardown(() => app.close())
  const answer = await app.inject('/health/ready')
  t.equal(answer.statusCode, 503)
  t.same(answer.json(), { status: 'not ready', reason: 'Redis does not answer' })
  t.equal((await app.inject('/health/live')).statusCode, 200)
})

t.test('whoever asks without end is slowed down', async (t) => {
  let slowed
  for (let i = 0; i < 700 && !slowed; i++) {
    const answer = await stage.app.inject({ url: '/sign-in', remoteAddress: '198.51.100.9' })
    if (answer.statusCode === 429) slowed = answer
  }
  t.match(slowed?.body, 'Quá nhiều yêu cầu')
  t.equal((await stage.app.inject({ url: '/sign-in', remoteAddress: '198.51.100.10' })).statusCode, 200)
})
