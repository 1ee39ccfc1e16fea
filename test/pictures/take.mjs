// Takes pictures: those of README.md from a platform that runs and is visited, and every state of the portal in each size
// and theme, with a sheet of thumbnails for each, into var/pictures.
//   npm run pictures [readme] [states]
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
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
  if (wants('states')) await takeStates(browser, join(root, 'var/pictures'))
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
    const words = 'simulate --visitors 260 --sites 40 --minutes 30 --speed 90 --seed 7'.split(' ')
    await new Promise((done) => spawn(join(root, 'hotspot'), words, options).once('exit', done))
    await new Promise((done) => setTimeout(done, 3000))
    // An auditor needs no second factor.
    const adding = spawn(join(root, 'hotspot'), ['person', 'add', VIEWER.name, '--role', 'auditor'], {
      ...options,
      stdio: ['pipe', 'inherit', 'inherit'],
    })
    adding.stdin.end(`${VIEWER.password}\n`)
    await new Promise((done) => adding.once('exit', done))
    await splash(ports.portal)
    await consolePages(ports.console)
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
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    locale: 'vi',
  })
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.fill('input[name=name]', VIEWER.name)
  await page.fill('input[name=password]', VIEWER.password)
  await page.click('button[type=submit], form button')
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: join(root, 'docs/pictures/console.png') })
  await page.close()
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
