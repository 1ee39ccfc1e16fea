import { Browser, BrowserError, type Route } from './browser/browser.ts'
import { realMilliseconds, simulatedSeconds, type Clock, type Wait } from './clock.ts'
import type { Guest, VirtualGateway } from './gateways/gateway.ts'
import type { OnlineSession } from './gateways/session.ts'
import type { LabSite } from './lab.ts'
import { arrivalOf, planVisitor, type PlannedVisit, type VisitorPlan } from './plan.ts'
import type { Random } from './random.ts'
import type { Platform } from './run-file.ts'
import type { Progress, SimulateOptions } from './simulation.ts'
import { Slots } from './slots.ts'
import type { Tally } from './tally.ts'
import { getOnline } from './visit.ts'

/** Where a crowd plays. */
export interface Stage {
  readonly platform: Platform
  readonly gateways: readonly VirtualGateway[]
  readonly labs: readonly LabSite[]
  readonly clock: Clock
  readonly random: Random
  readonly tally: Tally
}

/** All visitors of one simulation. */
export class Crowd {
  readonly #options: SimulateOptions
  readonly #stage: Stage
  readonly #span: number
  readonly #slots: Slots
  readonly #codes: ReadonlyMap<string, string[]>
  readonly #waits = new Set<Wait>()
  #startedAt: number

  constructor(options: SimulateOptions, stage: Stage) {
    this.#options = options
    this.#stage = stage
    this.#span = options.minutes * 60
    this.#slots = new Slots(options.concurrency)
    this.#codes = new Map([...options.vouchers].map(([site, codes]) => [site, [...codes]]))
    this.#startedAt = stage.clock.now()
  }

  progress(): Progress {
    const { tally, clock } = this.#stage
    const { minutes, visitors } = this.#options
    return {
      simulatedMinutes: Math.min(minutes, Math.floor(simulatedSeconds(clock, this.#startedAt) / 60)),
      minutes,
      arrivals: tally.arrivals,
      visitors,
      online: tally.started - tally.ended,
      failures: tally.failed,
    }
  }

  /** Settles when the last visitor has left. */
  async live(): Promise<void> {
    const { signal, visitors, giveUpShare, voucherShare } = this.#options
    const { clock, random, labs, gateways } = this.#stage
    this.#startedAt = clock.now()
    const stop = (): void => {
      for (const wait of this.#waits) wait.cut()
      for (const gateway of gateways) void gateway.endAll('NAS-Request')
    }
    signal?.addEventListener('abort', stop)
    try {
      const order = Array.from({ length: visitors }, (_, index) => ({
        index,
        at: arrivalOf(random, index, this.#span),
      })).sort((a, b) => a.at - b.at)
      const present = new Set<Promise<void>>()
      for (const { index, at } of order) {
        await this.#until(at)
        if (this.#isOver()) break
        const plan = planVisitor(random, index, { labs, span: this.#span, giveUpShare, voucherShare })
        const visitor = this.#visitor(plan).finally(() => present.delete(visitor))
        present.add(visitor)
      }
      await Promise.all(present)
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  async #visitor({ phone, visits }: VisitorPlan): Promise<void> {
    for (const visit of visits) {
      await this.#until(visit.at)
      if (this.#isOver()) return
      const gateway = this.#stage.gateways[visit.site]!
      const { accessPoints } = gateway.lab.site
      const guest: Guest = {
        phone,
        ap: accessPoints[visit.ap]?.mac ?? null,
        stay: visit.stay,
        random: visit.random,
      }
      const route = this.#route(gateway, guest)
      gateway.join(guest)
      const session = await this.#slots.run(() => this.#login(guest, visit, gateway, route))
      if (session) await this.#stay(guest, session, gateway, route)
      gateway.leave(guest)
    }
  }

  async #login(
    guest: Guest,
    visit: PlannedVisit,
    gateway: VirtualGateway,
    route: Route,
  ): Promise<OnlineSession | null> {
    if (this.#isOver()) return null
    const { clock, tally } = this.#stage
    const { phone } = guest
    const site = gateway.lab.site.id
    const before = tally.sessionsOf(phone.mac)
    const outcome = await getOnline({
      phone,
      route,
      clock,
      givesUp: visit.givesUp,
      voucher: visit.likesVouchers ? (this.#codes.get(site)?.shift() ?? null) : null,
      isOver: () => this.#isOver(),
      observer: {
        arrival: () => tally.arrived(phone),
        splash: (milliseconds, octets) => tally.splash(milliseconds, octets),
        tap: (by) => tally.tapped(by),
      },
    })
    if (outcome.kind === 'gave-up') tally.gaveUp++
    // He was online: on a busy machine, or at a high speed, a short stay is over before its page has come.
    const wasOnline = tally.sessionsOf(phone.mac) > before
    // Whom the platform turns away while all is being ended is nobody's failure.
    if (outcome.kind === 'failed' && !wasOnline && !this.#isOver()) tally.failure(site, outcome.reason)
    return outcome.kind === 'online' ? gateway.session(guest) : null
  }

  /** Until the session is over, by itself or by the visitor's hand. */
  async #stay(guest: Guest, session: OnlineSession, gateway: VirtualGateway, route: Route): Promise<void> {
    if (this.#isOver()) void session.end('NAS-Request')
    if (guest.stay.leaves === 'logs-off' && gateway.logoffUrl !== null) {
      const { clock, tally } = this.#stage
      const wait = clock.wait(realMilliseconds(clock, guest.stay.seconds))
      void session.over.then(wait.cut)
      await wait.done
      if (gateway.session(guest) === session && !this.#isOver()) {
        const left = await logOff(guest, route, gateway.logoffUrl)
        if (left !== null) tally.failure(gateway.lab.site.id, `logout: ${left}`)
      }
    }
    await session.over
  }

  #route(gateway: VirtualGateway, guest: Guest): Route {
    const { portal, portalUrl } = this.#stage.platform
    return {
      phone: guest.phone.ip,
      outside: gateway.lab.address,
      gateway: gateway.web,
      portal,
      portalOrigins: [new URL(portalUrl).origin, `http://${portal.host}:${portal.port}`],
    }
  }

  async #until(second: number): Promise<void> {
    const { clock } = this.#stage
    const left = this.#startedAt + realMilliseconds(clock, second) - clock.now()
    if (left <= 0 || this.#isOver()) return
    const wait = clock.wait(left)
    this.#waits.add(wait)
    await wait.done
    this.#waits.delete(wait)
  }

  readonly #isOver = (): boolean => this.#options.signal?.aborted === true
}

/** Opens the gateway's logout page; null when that went well. */
async function logOff(guest: Guest, route: Route, url: string): Promise<string | null> {
  const browser = new Browser(route, guest.phone.model.agent, guest.phone.acceptLanguage)
  try {
    const page = await browser.open(url)
    return page.status < 400 ? null : `${page.status} ${new URL(page.url).pathname}`
  } catch (error) {
    if (!(error instanceof BrowserError)) throw error
    return error.message
  } finally {
    browser.close()
  }
}
