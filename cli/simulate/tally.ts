import type { Mac } from '../../core/domain/mac.ts'
import type { GatewayObserver } from './gateways/gateway.ts'
import type { SessionEnd } from './gateways/session.ts'
import type { LabSite } from './lab.ts'
import { Latency, type Quantiles } from './latency.ts'
import type { Phone } from './phones/phone.ts'

/** What the simulation did, in numbers that the platform's own have to equal. Octets are those of confirmed sessions. */
export interface Counts {
  readonly arrivals: number
  readonly splashViews: number
  /** Visitors who sent a login form, by the button or with a code. */
  readonly taps: number
  readonly codes: number
  /** Visitors who read the splash and went away. */
  readonly gaveUp: number
  readonly accepts: number
  readonly rejects: number
  readonly sessionsStarted: number
  /** Sessions whose end the platform confirmed. */
  readonly sessionsEnded: number
  readonly interims: number
  readonly fromVisitorOctets: bigint
  readonly toVisitorOctets: bigint
  readonly uniqueDevices: number
  readonly sites: readonly SiteCounts[]
  readonly languages: Readonly<Record<string, number>>
  readonly devices: Readonly<Record<string, number>>
  /** Why gateways were told no. */
  readonly rejections: Readonly<Record<string, number>>
  /** Why confirmed sessions ended. */
  readonly causes: Readonly<Record<string, number>>
  readonly failures: readonly Failure[]
  readonly splashMilliseconds: Quantiles
  readonly splashOctets: Quantiles
  readonly radiusMilliseconds: Quantiles
  readonly retransmissions: number
  readonly duplicates: number
  readonly reordered: number
  readonly disconnects: { readonly ack: number; readonly nak: number }
}

export interface SiteCounts {
  readonly site: string
  readonly name: string
  readonly nas: string
  readonly gateway: string
  readonly sessions: number
  readonly fromVisitorOctets: bigint
  readonly toVisitorOctets: bigint
  readonly uniqueDevices: number
}

export interface Failure {
  readonly reason: string
  readonly count: number
  /** Where it happened first. */
  readonly site: string
}

interface SiteTally {
  readonly lab: LabSite
  sessions: number
  from: bigint
  to: bigint
  readonly devices: Set<Mac>
}

/** Adds up a simulation as it happens, in memory that grows with the number of devices alone. */
export class Tally implements GatewayObserver {
  arrivals = 0
  splashViews = 0
  #taps = 0
  #codes = 0
  gaveUp = 0
  started = 0
  ended = 0
  failed = 0
  #accepts = 0
  #rejects = 0
  #interims = 0
  #retransmissions = 0
  #duplicates = 0
  #reordered = 0
  readonly #disconnects = { ack: 0, nak: 0 }
  /** How many sessions each has had. */
  readonly #devices = new Map<Mac, number>()
  readonly #sites: ReadonlyMap<string, SiteTally>
  readonly #languages = new Map<string, number>()
  readonly #systems = new Map<string, number>()
  readonly #rejections = new Map<string, number>()
  readonly #causes = new Map<string, number>()
  readonly #failures = new Map<string, { count: number; site: string }>()
  readonly #splashTime = new Latency()
  readonly #splashSize = new Latency()
  readonly #radiusTime = new Latency()

  constructor(labs: readonly LabSite[]) {
    this.#sites = new Map(
      labs.map((lab) => [lab.site.id, { lab, sessions: 0, from: 0n, to: 0n, devices: new Set() }]),
    )
  }

  /** A phone's window opened on the portal. */
  arrived(phone: Phone): void {
    this.arrivals++
    more(this.#languages, phone.language)
    more(this.#systems, phone.model.os)
  }

  splash(milliseconds: number, octets: number): void {
    this.splashViews++
    this.#splashTime.add(milliseconds)
    this.#splashSize.add(octets)
  }

  tapped(by: 'button' | 'code'): void {
    this.#taps++
    if (by === 'code') this.#codes++
  }

  failure(site: string, reason: string): void {
    this.failed++
    const named = this.#failures.has(reason) || this.#failures.size < MOST_REASONS ? reason : 'other reasons'
    const known = this.#failures.get(named)
    if (known) known.count++
    else this.#failures.set(named, { count: 1, site })
  }

  fault(lab: LabSite, reason: string): void {
    this.failure(lab.site.id, reason)
  }
  accepted(): void {
    this.#accepts++
  }
  rejected(reason: string): void {
    this.#rejects++
    more(this.#rejections, reason)
  }
  sessionStarted(lab: LabSite, mac: Mac): void {
    const site = this.#sites.get(lab.site.id)!
    this.started++
    site.sessions++
    site.devices.add(mac)
    this.#devices.set(mac, this.sessionsOf(mac) + 1)
  }
  /** How many sessions a device has had so far. */
  sessionsOf(mac: Mac): number {
    return this.#devices.get(mac) ?? 0
  }
  sessionEnded(lab: LabSite, { reading, cause, confirmed }: SessionEnd): void {
    if (!confirmed) return
    const site = this.#sites.get(lab.site.id)!
    this.ended++
    site.from += reading.from
    site.to += reading.to
    more(this.#causes, cause)
  }
  interim(): void {
    this.#interims++
  }
  reordered(): void {
    this.#reordered++
  }
  disconnect(answer: 'ack' | 'nak'): void {
    this.#disconnects[answer]++
  }
  radiusAnswered(milliseconds: number): void {
    this.#radiusTime.add(milliseconds)
  }
  retransmitted(): void {
    this.#retransmissions++
  }
  duplicated(): void {
    this.#duplicates++
  }

  counts(): Counts {
    const sites = [...this.#sites.values()].map(({ lab, sessions, from, to, devices }) => ({
      site: lab.site.id,
      name: lab.site.name.vi,
      nas: lab.nas.id,
      gateway: lab.nas.gateway,
      sessions,
      fromVisitorOctets: from,
      toVisitorOctets: to,
      uniqueDevices: devices.size,
    }))
    return {
      arrivals: this.arrivals,
      splashViews: this.splashViews,
      taps: this.#taps,
      codes: this.#codes,
      gaveUp: this.gaveUp,
      accepts: this.#accepts,
      rejects: this.#rejects,
      sessionsStarted: this.started,
      sessionsEnded: this.ended,
      interims: this.#interims,
      fromVisitorOctets: sites.reduce((sum, site) => sum + site.fromVisitorOctets, 0n),
      toVisitorOctets: sites.reduce((sum, site) => sum + site.toVisitorOctets, 0n),
      uniqueDevices: this.#devices.size,
      sites,
      languages: ranked(this.#languages),
      devices: ranked(this.#systems),
      rejections: ranked(this.#rejections),
      causes: ranked(this.#causes),
      failures: [...this.#failures]
        .map(([reason, { count, site }]) => ({ reason, count, site }))
        .sort((a, b) => b.count - a.count),
      splashMilliseconds: this.#splashTime.summary(),
      splashOctets: this.#splashSize.summary(),
      radiusMilliseconds: this.#radiusTime.summary(),
      retransmissions: this.#retransmissions,
      duplicates: this.#duplicates,
      reordered: this.#reordered,
      disconnects: { ...this.#disconnects },
    }
  }
}

const MOST_REASONS = 50

const more = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

const ranked = (counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> =>
  Object.fromEntries([...counts].sort(([, a], [, b]) => b - a))
