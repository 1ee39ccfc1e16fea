// The laboratory of captive browsers: every profile walks every login method in real Chromium, against the whole
// platform and gateways that are played over real HTTP and RADIUS. docs/browsers.md is what came of it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'
import t from 'tap'
import { until } from '../support/platform.ts'
import { openCity } from './city.ts'
import { browsersDocument, type Row } from './document.ts'
import { joinPhone } from './phone.ts'
import { PROFILES } from './profiles.ts'
import { walk, WALKS } from './walks.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)
const skip = executablePath === undefined && 'no Chromium (apt-get install chromium)'
const DOCUMENT = new URL('../../docs/browsers.md', import.meta.url)
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A mini-browser asks for plain HTTP and gets it.
  '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable',
]

t.setTimeout(170e3)

t.test('every captive browser gets online by every login method', { skip }, async (t) => {
  const city = await openCity(t)
  const browser = await chromium.launch({ executablePath: executablePath!, args: QUIET })
  t.teardown(() => browser.close())
  const codes = await city.codes(PROFILES.length)
  const rows: Row[] = []
  let number = 0
  for (const [i, profile] of PROFILES.entries()) {
    const walked = await Promise.all(
      WALKS.map(async (way) => {
        const name = `${profile.name}, ${way.method}`
        const phone = await joinPhone(city, browser, profile, {
          gateway: city[way.gateway],
          number: number++,
        })
        const result = await walk(phone, profile, way, codes[i]!)
        t.match(result, { caught: true, firstView: true, reflows: true, online: true }, name)
        t.equal(result.resumed, way.gateway === 'proving', `${name}: its visit`)
        t.equal(phone.hasSession(), true, `${name}: the gateway lets it through`)
        const closed = { 'at once': 'the system', 'by Done': 'Done', never: 'nobody' }[profile.closes]
        t.equal(result.closed, closed, `${name}: its window`)
        if (profile.closes !== 'at once') t.ok(result.landed, `${name}: the landing page`)
        await phone.leave()
        return result
      }),
    )
    rows.push({ profile, walked })
  }
  const count = PROFILES.length * WALKS.length
  await until(
    'accounting has told of every session',
    async () => (await city.platform.metric('hotspot_sessions_started_total')) === count,
    20_000,
  ).catch((error: Error) => t.fail(error.message))
  t.equal(await city.platform.metric('hotspot_portal_refusals_total'), 0, 'nobody was refused on the way')
  t.same(city.faults, [])

  const text = browsersDocument(rows)
  if (process.env.BROWSERS === 'write') writeFileSync(DOCUMENT, text)
  t.equal(
    readFileSync(DOCUMENT, 'utf8'),
    text,
    'docs/browsers.md says what came of it: `npm run browsers` writes it',
  )
})
