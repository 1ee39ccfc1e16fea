import { Browser, BrowserError, type Page, type Route } from './browser/browser.ts'
import { forms, headline, links, type Form } from './browser/html.ts'
import type { Clock } from './clock.ts'
import { isWorld } from './gateways/web-server.ts'
import type { Phone } from './phones/phone.ts'

/** What became of a visitor's try to get online. */
export type Outcome =
  | { readonly kind: 'online' }
  | { readonly kind: 'gave-up' }
  /** `reason` tells the step and what was there instead. */
  | { readonly kind: 'failed'; readonly reason: string }

export interface VisitObserver {
  arrival(): void
  splash(milliseconds: number, octets: number, html: string): void
  tap(by: 'button' | 'code'): void
}

export interface VisitSetup {
  readonly phone: Phone
  readonly route: Route
  readonly clock: Clock
  readonly observer: VisitObserver
  /** True for somebody who reads the splash and goes away. */
  readonly givesUp: boolean
  /** A code to type instead of tapping. */
  readonly voucher: string | null
  /** True once the simulation is to end: nobody waits any longer. */
  isOver(): boolean
}

const MOST_STEPS = 12
const MOST_REFRESH_SECONDS = 10

/**
 * A visitor gets online: the system's probe is caught, the window opens on the splash, the visitor taps or types a
 * code, and goes where the pages lead until the probe comes through.
 */
export async function getOnline(setup: VisitSetup): Promise<Outcome> {
  const { phone, route } = setup
  const browser = new Browser(route, phone.model.agent, phone.acceptLanguage)
  try {
    return await walk(browser, setup)
  } catch (error) {
    if (!(error instanceof BrowserError)) throw error
    return { kind: 'failed', reason: error.message }
  } finally {
    browser.close()
  }
}

async function walk(browser: Browser, setup: VisitSetup): Promise<Outcome> {
  const { phone, observer, givesUp, voucher } = setup
  const { probe, probeFollows } = phone.model
  const caught = await browser.probe(probe.url, probe.agent)
  if (isWorld(caught.status, caught.body)) return { kind: 'online' }
  if (caught.location === null) return { kind: 'failed', reason: `probe: ${caught.status}, no redirect` }
  // Its own agent looks at the portal first; that is no view of the splash.
  if (probeFollows) await browser.probe(caught.location, probe.agent)

  observer.arrival()
  const splash = await browser.open(probe.url)
  const form = loginForm(splash, 'click-through') ?? loginForm(splash, 'voucher')
  if (splash.status !== 200 || !form) return { kind: 'failed', reason: `splash: ${told(splash)}` }
  observer.splash(splash.milliseconds, splash.octets, splash.html)
  if (givesUp) return { kind: 'gave-up' }

  const answer =
    voucher === null
      ? await tap(browser, splash, observer)
      : await typeCode(browser, splash, voucher, observer)
  if (answer === null)
    return { kind: 'failed', reason: `splash: no form for ${voucher === null ? 'a tap' : 'a code'}` }
  return follow(browser, answer, setup)
}

async function tap(browser: Browser, splash: Page, observer: VisitObserver): Promise<Page | null> {
  const form = loginForm(splash, 'click-through')
  if (!form) return null
  observer.tap('button')
  return browser.submit(form, splash.url)
}

/** The code field is on the splash, or one link away. */
async function typeCode(
  browser: Browser,
  splash: Page,
  code: string,
  observer: VisitObserver,
): Promise<Page | null> {
  const elsewhere = links(splash.html, splash.url).find((url) => /\/(?:ma|code|voucher)(?:[/?]|$)/.test(url))
  let page = splash
  if (!loginForm(page, 'voucher') && elsewhere) page = await browser.open(elsewhere)
  const form = loginForm(page, 'voucher')
  const field = form?.fields.find(({ type }) => !['hidden', 'submit'].includes(type))
  if (!form || !field) return null
  observer.tap('code')
  return browser.submit(form, page.url, { [field.name]: code })
}

/** Goes on as the pages say (hand-off form, refresh) until the gateway lets the phone through. */
async function follow(browser: Browser, first: Page, setup: VisitSetup): Promise<Outcome> {
  const { phone, route, clock, isOver } = setup
  const { probe } = phone.model
  let page = first
  for (let step = 0; step < MOST_STEPS; step++) {
    const now = await browser.probe(probe.url, probe.agent)
    if (isWorld(now.status, now.body)) return { kind: 'online' }
    const handOff = forms(page.html, page.url).find(
      ({ action }) => new URL(action).hostname === route.gateway.host,
    )
    if (handOff) page = await browser.submit(handOff, page.url)
    else if (page.refresh && page.status < 500 && !isOver()) {
      await clock.wait(Math.min(page.refresh.seconds, MOST_REFRESH_SECONDS) * 1000).done
      page = await browser.open(page.refresh.url)
    } else return { kind: 'failed', reason: `after the tap: ${told(page)}` }
  }
  return { kind: 'failed', reason: `after the tap: still waiting, ${told(page)}` }
}

function loginForm(page: Page, method: string): Form | undefined {
  return forms(page.html, page.url).find(
    (form) => form.method === 'POST' && new URL(form.action).pathname.startsWith(`/login/${method}`),
  )
}

const told = ({ status, html, url }: Page): string =>
  `${status} ${new URL(url).pathname.replace(/\/[A-Za-z0-9_-]{16,}/g, '/…')} "${headline(html)}"`
