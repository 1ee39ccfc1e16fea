// Takes pictures: those of README.md from a platform that runs and is visited, into docs/pictures; every screen of the
// console and every state of the portal in each size and theme into var/pictures.
//   npm run pictures [readme] [console] [states]
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import { takeConsole } from './console.ts'
import { takeStates } from './states.ts'

const root = resolve(import.meta.dirname, '../..')
const arguments_ = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const VIEWER = { name: 'minh.anh', password: randomBytes(15).toString('base64url') }
const wanted = process.argv.slice(2)
const wants = (what) => wanted.length === 0 || wanted.includes(what)

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: arguments_ })
try {
  if (wants('console')) await takeConsole(join(root, 'var/pictures/console'))
  if (wants('states')) await takeStates(browser, join(root, 'var/pictures/portal'))
  if (wants('readme')) await takeReadme()
} finally {
  await browser.close()
}

async function takeReadme() {
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-pictures-'))
  chmodSync(folder, 0o755)
  const environment = {
    ...process.env,
    HOTSPOT_DATA: folder,
    LOG_LEVEL: 'error',
    PORTAL_PORT: '0',
    CONSOLE_PORT: '0',
    METRICS_PORT: '0',
    RADIUS_AUTH_PORT: '0',
    RADIUS_ACCT_PORT: '0',
  }
  const options = { cwd: root, env: environment, stdio: 'inherit' }
  const platform = spawn(join(root, 'hotspot'), ['run'], options)
  const ended = new Promise((done) => platform.once('exit', done))
  try {
    while (!existsSync(join(folder, 'run.json'))) {
      if (platform.exitCode !== null) throw new Error('the platform did not start')
      await new Promise((done) => setTimeout(done, 100))
    }
    const ports = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))
    const words = 'simulate --visitors 900 --sites 40 --minutes 30 --speed 90 --seed 7'.split(' ')
    await new Promise((done) => spawn(join(root, 'hotspot'), words, options).once('exit', done))
    await new Promise((done) => setTimeout(done, 3000))
    // On loopback nobody is held up by a missing second factor.
    const adding = spawn(join(root, 'hotspot'), ['person', 'add', VIEWER.name, '--role', 'city'], {
      ...options,
      stdio: ['pipe', 'inherit', 'inherit'],
    })
    adding.stdin.end(`${VIEWER.password}\n`)
    await new Promise((done) => adding.once('exit', done))
    await splash(ports.portal)
    // While others come, so that somebody is online.
    const more = 'simulate --visitors 300 --sites 40 --minutes 60 --speed 25 --seed 8'.split(' ')
    const visitors = spawn(join(root, 'hotspot'), more, { ...options, stdio: 'ignore' })
    const gone = new Promise((done) => visitors.once('exit', done))
    await new Promise((done) => setTimeout(done, 30_000))
    await consolePages(ports.console)
    visitors.kill('SIGTERM')
    await gone
  } finally {
    platform.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

async function splash(port) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 1,
      colorScheme,
      locale: 'vi',
    })
    await page.goto(arrival(port), { waitUntil: 'networkidle' })
    await page.screenshot({ path: join(root, `docs/pictures/splash-${colorScheme}.png`) })
    await page.close()
  }
}

async function consolePages(port) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    // Three stand in a row of README.md: at this size each is still sharp there, and small to load.
    deviceScaleFactor: 0.7,
    colorScheme: 'light',
    locale: 'vi',
  })
  const page = await context.newPage()
  const open = (path) => page.goto(`http://127.0.0.1:${port}${path}`, { waitUntil: 'networkidle' })
  const take = (name) => page.screenshot({ path: join(root, `docs/pictures/${name}.png`) })
  await open('/')
  await page.fill('input[name=name]', VIEWER.name)
  await page.fill('input[name=password]', VIEWER.password)
  await page.click('button.act')
  await page.waitForLoadState('networkidle')
  await take('console')
  await open('/sites/ho-hoan-kiem')
  await take('console-site')
  await open('/sites/ho-hoan-kiem/codes')
  for (const [field, value] of Object.entries({ count: '8', minutes: '120', label: 'Quầy thông tin' }))
    await page.fill(`#${field}`, value)
  await page.click('button.act')
  await page.click('a.act')
  await page.waitForLoadState('networkidle')
  await take('console-codes')
  await open('/nas')
  await take('console-gateways')
  await open(await mostSeenItem(page, open))
  const results = page.locator('section[aria-labelledby=results-title]')
  await results.evaluate((section) => section.scrollIntoView({ block: 'center' }))
  await take('console-promotion')
  await open('/map')
  await take('console-map')
  await context.close()
}

/** The address of the item that most devices met. */
async function mostSeenItem(page, open) {
  await open('/promotion')
  const hrefs = await page.locator('table a').evaluateAll((links) => links.map((a) => a.getAttribute('href')))
  let most = { href: hrefs[0], served: -1 }
  for (const href of hrefs) {
    await open(href)
    const told = page.locator('section[aria-labelledby=results-title] dd').first()
    const served = (await told.count()) === 0 ? 0 : Number((await told.textContent()).replace(/\D/g, ''))
    if (served > most.served) most = { href, served }
  }
  return most.href
}

/** The redirect of a phone by the lab's CoovaChilli at Hồ Hoàn Kiếm. */
function arrival(port) {
  const query = new URLSearchParams({
    res: 'notyet',
    challenge: 'ab'.repeat(16),
    mac: '02-AA-BB-CC-DD-01',
    ip: '10.1.0.5',
    nasid: 'lab-ho-hoan-kiem',
  })
  const url = `http://127.0.0.1:${port}/g/coova-chilli?${query}`
  return `${url}&md=${createHash('md5').update(url).update('demo-uam-secret-001').digest('hex').toUpperCase()}`
}
