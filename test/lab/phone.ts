import type { Browser as Chromium, BrowserContext, Page as Tab } from 'playwright-core'
import { Browser } from '../../cli/simulate/browser/browser.ts'
import type { Guest, VirtualGateway } from '../../cli/simulate/gateways/gateway.ts'
import { drawPhone, drawStay } from '../../cli/simulate/phones/phone.ts'
import { createRandom } from '../../cli/simulate/random.ts'
import { parseMac } from '../../core/domain/mac.ts'
import type { LabCity } from './city.ts'
import type { Probe, Profile } from './profiles.ts'
import { openWay, type Way } from './way.ts'

/** A device of the laboratory, joined to the network of a gateway. */
export interface LabPhone {
  readonly way: Way
  /** Where each probe is sent, in the system's order; null for one that got through. */
  probes(): Promise<(string | null)[]>
  isOnline(): Promise<boolean>
  /** Opens the system's window, or another one once that is lost: with what storage survives. */
  window(): Promise<Tab>
  /** True while its gateway lets it through. */
  hasSession(): boolean
  leave(): Promise<void>
}

const BLOCKED_STORAGE = `for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
  Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })`

export async function joinPhone(
  city: LabCity,
  chromium: Chromium,
  profile: Profile,
  { gateway, number }: { gateway: VirtualGateway; number: number },
): Promise<LabPhone> {
  const random = createRandom(number)
  const mac = parseMac((0x02_1a_b0_00_00_00 + number).toString(16).padStart(12, '0'))!
  const phone = { ...drawPhone(random, 70_000 + number), mac, acceptLanguage: 'vi-VN,vi;q=0.9' }
  const guest: Guest = { phone, ap: null, stay: drawStay(random, 600, 60), random }
  gateway.join(guest)
  const route = city.routeOf(gateway, phone.ip)
  const system = new Browser(route, profile.agent, phone.acceptLanguage)
  const way = await openWay(route, { cookies: profile.storage !== 'refused' })
  let context: BrowserContext | null = null

  const ask = async ({ url, agent, online }: Probe): Promise<string | null> => {
    const { status, location, body } = await system.probe(url, agent)
    if (online === 204 ? status === 204 : status === 200 && body.includes(online)) return null
    if (location === null) throw new Error(`${url}: neither the world nor a redirect, but ${status}`)
    if (profile.probeFollows) await system.probe(location, agent)
    return location
  }
  return {
    way,
    async probes() {
      const found = []
      for (const probe of profile.probes) found.push(await ask(probe))
      return found
    },
    isOnline: async () => (await ask(profile.probes[0]!)) === null,
    async window() {
      if (profile.storage !== 'kept' || context === null) {
        // The one before goes with the browser: Chromium may never be done closing what is still loading.
        context = await chromium.newContext({
          userAgent: profile.agent,
          viewport: profile.viewport,
          locale: 'vi-VN',
          javaScriptEnabled: profile.script,
          reducedMotion: 'reduce',
          // Chromium takes loopback for its own otherwise.
          proxy: { server: way.url, bypass: '<-loopback>' },
        })
        if (profile.storage === 'refused') await context.addInitScript(BLOCKED_STORAGE)
      }
      const tab = await context.newPage()
      await tab.goto(profile.opens)
      return tab
    },
    hasSession: () => gateway.session(guest) !== null,
    async leave() {
      system.close()
      await way.close()
      await gateway.session(guest)?.end('Lost-Carrier')
      gateway.leave(guest)
    },
  }
}
