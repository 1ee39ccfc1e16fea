import { readCityFile } from '../../core/process/city-file.ts'
import { Browser, BrowserError, type Route } from './browser/browser.ts'
import { realClock, realMilliseconds, simulatedSeconds, type Clock, type Wait } from './clock.ts'
import type { Guest, VirtualGateway } from './gateways/gateway.ts'
import { createGateway } from './gateways/index.ts'
import type { OnlineSession } from './gateways/session.ts'
import { chooseLab, type LabSite } from './lab.ts'
import { arrivalOf, planVisitor, type PlannedVisit, type VisitorPlan } from './plan.ts'
import { requirePortal } from './portal-check.ts'
import { createRandom, type Random } from './random.ts'
import type { Mischief } from './radius/client.ts'
import { findPlatform, type Platform } from './run-file.ts'
import { Slots } from './slots.ts'
import { Tally, type Counts } from './tally.ts'
import { getOnline } from './visit.ts'

export interface SimulateOptions {
  /** Devices that come; one in ten comes twice if there is time. */
  readonly visitors: number
  readonly sites: number
  /** Simulated minutes until the last visitor has left. */
  readonly minutes: number
  /** Simulated seconds in a real one. */
  readonly speed: number
  readonly seed: number
  readonly dataFolder: string
  readonly configFile: string
  /** For secrets that the city file takes from the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** PORTAL_URL of the platform where it is not its address on loopback. */
  readonly portalUrl: string | null
  /** Share of visitors who read the splash and go away. */
  readonly giveUpShare: number
  /** Codes by site id; a visitor who likes codes takes the next. */
  readonly vouchers: ReadonlyMap<string, readonly string[]>
  readonly voucherShare: number
  readonly mischief: Mischief
  /** Visitors who get online at the same moment; the others wait their turn. */
  readonly concurrency: number
  /** Ends it early: nobody new comes, open sessions end, the report tells of what was. */
  readonly signal?: AbortSignal
}

export interface SimulationReport extends Counts {
  readonly seed: number
  readonly visitors: number
  readonly minutes: number
  readonly speed: number
  /** Epoch ms. */
  readonly startedAt: number
  readonly realSeconds: number
  readonly interrupted: boolean
}

/** How far a simulation is. */
export interface Progress {
  readonly simulatedMinutes: number
  readonly minutes: number
  readonly arrivals: number
  readonly visitors: number
  readonly online: number
  readonly failures: number
}

const PROGRESS_MS = 250

/**
 * Plays visitors and gateways against a running platform, over real HTTP and real UDP on loopback.
 * @returns what happened, once every session has ended and the platform has confirmed it.
 * @throws SetupError when no platform runs, the city file has too few sites to play, or an address is taken.
 */
export async function simulate(
  options: SimulateOptions,
  report: (progress: Progress) => void,
): Promise<SimulationReport> {
  const platform = findPlatform(options.dataFolder, options.portalUrl)
  const labs = chooseLab(readCityFile(options.configFile, options.environment), options.sites)
  await requirePortal(platform)
  const clock = realClock(options.speed)
  const random = createRandom(options.seed)
  const tally = new Tally(labs)
  const gateways = labs.map((lab) =>
    createGateway({
      lab,
      platform,
      clock,
      random: random.fork(`gateway ${lab.nas.id}`),
      mischief: options.mischief,
      observer: tally,
    }),
  )
  const startedAt = clock.now()
  const crowd = new Crowd(options, { platform, gateways, labs, clock, random, tally })
  const ticking = setInterval(() => report(crowd.progress()), PROGRESS_MS)
  try {
    await openAll(gateways)
    await crowd.live()
  } finally {
    clearInterval(ticking)
    await Promise.all(gateways.map((gateway) => gateway.endAll('NAS-Request')))
    await Promise.all(gateways.map((gateway) => gateway.close()))
  }
  report(crowd.progress())
  const { seed, visitors, minutes, speed, signal } = options
  return {
    seed,
    visitors,
    minutes,
    speed,
    startedAt,
    realSeconds: Math.round((clock.now() - startedAt) / 100) / 10,
    interrupted: signal?.aborted === true,
    ...tally.counts(),
  }
}

/** All of them, or none: a first failure is thrown when the others have settled, and the caller closes what did open. */
async function openAll(gateways: readonly VirtualGateway[]): Promise<void> {
  const opened = await Promise.allSettled(gateways.map((gateway) => gateway.open()))
  for (const each of opened) if (each.status === 'rejected') throw each.reason
}

interface Stage {
  readonly platform: Platform
  readonly gateways: readonly VirtualGateway[]
  readonly labs: readonly LabSite[]
  readonly clock: Clock
  readonly random: Random
  readonly tally: Tally
}

/** All visitors of one simulation. */
class Crowd {
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
        tap: () => void tally.taps++,
      },
    })
    if (outcome.kind === 'gave-up') tally.gaveUp++
    // Whom the platform turns away while all is being ended is nobody's failure.
    if (outcome.kind === 'failed' && !this.#isOver()) tally.failure(site, outcome.reason)
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
