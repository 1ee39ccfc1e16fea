import t from 'tap'
import { deviceOf, isProbe } from '../../portal/device.ts'

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148'
const DESKTOP_CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'

t.test('a User-Agent tells kind and system', async (t) => {
  t.same(deviceOf({ 'user-agent': IPHONE }), { family: 'mobile', os: 'iOS' })
  t.same(deviceOf({ 'user-agent': DESKTOP_CHROME }), { family: 'computer', os: 'Linux' })
  t.same(deviceOf({}), { family: 'unknown', os: 'unknown' })
})

t.test('client hints count before a User-Agent that does not tell', async (t) => {
  const android = { 'sec-ch-ua-platform': '"Android"', 'sec-ch-ua-mobile': '?1' }
  t.same(deviceOf({ 'user-agent': DESKTOP_CHROME, ...android }), { family: 'mobile', os: 'Android' })
  t.same(deviceOf({ 'user-agent': DESKTOP_CHROME, 'sec-ch-ua-platform': '"Chrome OS"' }), {
    family: 'computer',
    os: 'ChromeOS',
  })
})

t.test('hints that nobody sends change nothing', async (t) => {
  for (const hint of ['"Plan 9"', 'constructor', '__proto__', `"${'A'.repeat(5000)}"`, '"', ''])
    t.same(deviceOf({ 'user-agent': IPHONE, 'sec-ch-ua-platform': hint, 'sec-ch-ua-mobile': hint }), {
      family: 'mobile',
      os: 'iOS',
    })
})

t.test('of a very long User-Agent the beginning alone is read', async (t) => {
  const long = `Mozilla/5.0 (X11; Linux x86_64) ${'x'.repeat(1_000_000)}`
  t.same(deviceOf({ 'user-agent': `${long} ${IPHONE}` }), deviceOf({ 'user-agent': long }))
  t.notOk(isProbe(`${long} Googlebot/2.1`))
})

t.test('what phones fetch by themselves is no visitor', async (t) => {
  t.ok(isProbe('CaptiveNetworkSupport-443.0.0 wispr'))
  t.ok(isProbe('Googlebot/2.1'))
  t.notOk(isProbe(IPHONE))
})
