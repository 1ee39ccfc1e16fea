import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import t from 'tap'
import { chilliArrival, startStage } from '../portal/stage.ts'

/** How soon a phone at the edge of the network sees the button: a real portal, a real browser, a slow line made by it. */

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)
const skip = executablePath === undefined && 'no Chromium (apt-get install chromium)'
const LINE = { roundTripMs: 400, bitsPerSecond: 400_000, slowerProcessor: 6 }
const MOST = { firstPaintMs: 1500, completeMs: 3000, requests: 3 }
/** Whatever else the machine does makes a page slower, and never faster: the best of these counts. */
const TRIES = 6

t.setTimeout(3 * 60e3)

t.test(
  'on a slow phone and a slow line the button is painted in 1.5 s, and the letters have come in 3 s',
  { skip },
  async (t) => {
    const stage = await startStage(t)
    const address = await stage.app.listen({ host: '127.0.0.1', port: 0 })
    const browser = await chromium.launch({
      executablePath: executablePath!,
      args: ['--no-sandbox', '--disable-gpu'],
    })
    t.teardown(() => browser.close())
    let best = { firstPaintMs: Infinity, completeMs: Infinity }
    for (let i = 0; i < TRIES; i++) {
      const seen = await openSlowly(browser, address + chilliArrival())
      t.ok(seen.requests <= MOST.requests, `${seen.requests} requests`)
      t.ok(seen.hasButton, 'the button is in the page that was painted')
      best = {
        firstPaintMs: Math.min(best.firstPaintMs, seen.firstPaintMs),
        completeMs: Math.min(best.completeMs, seen.completeMs),
      }
      if (best.firstPaintMs <= MOST.firstPaintMs && best.completeMs <= MOST.completeMs) break
    }
    t.ok(best.firstPaintMs > LINE.roundTripMs, `the line is slow: ${best.firstPaintMs} ms`)
    t.ok(best.firstPaintMs <= MOST.firstPaintMs, `first paint after ${best.firstPaintMs} ms`)
    t.ok(best.completeMs <= MOST.completeMs, `complete after ${best.completeMs} ms`)
    t.comment(JSON.stringify(best))
  },
)

/** Opens a page as a slow phone does, with nothing kept from before. Times are from when the request is made. */
async function openSlowly(browser: Browser, url: string) {
  const context = await browser.newContext({ viewport: { width: 360, height: 640 }, serviceWorkers: 'block' })
  try {
    const tab = await context.newPage()
    const tools = await context.newCDPSession(tab)
    await tools.send('Network.enable')
    await tools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: LINE.roundTripMs,
      downloadThroughput: LINE.bitsPerSecond / 8,
      uploadThroughput: LINE.bitsPerSecond / 8,
    })
    await tools.send('Emulation.setCPUThrottlingRate', { rate: LINE.slowerProcessor })
    let requests = 0
    tab.on('request', (request) => {
      if (request.url().startsWith('http')) requests++
    })
    await tab.goto(url)
    await tab.evaluate('document.fonts.ready.then(() => true)')
    const times = await tab.evaluate<{ asked: number; paint: number; complete: number }>(`({
      asked: performance.getEntriesByType('navigation')[0].requestStart,
      paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
      complete: Math.max(...performance.getEntriesByType('resource').map((each) => each.responseEnd)),
    })`)
    return {
      requests,
      hasButton: await tab.evaluate<boolean>(
        'document.querySelector(".go").getBoundingClientRect().bottom < 640',
      ),
      firstPaintMs: Math.round(times.paint - times.asked),
      completeMs: Math.round(times.complete - times.asked),
    }
  } finally {
    await context.close()
  }
}
