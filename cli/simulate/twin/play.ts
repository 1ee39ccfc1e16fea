import { cityTime } from '../../../core/domain/city-time.ts'
import { addDays, dayBegins } from '../../../core/domain/day.ts'
import { realClock } from '../clock.ts'
import type { GatewayObserver, Guest, VirtualGateway } from '../gateways/gateway.ts'
import { createGateway } from '../gateways/index.ts'
import type { LabSite } from '../lab.ts'
import type { Random } from '../random.ts'
import type { Platform } from '../run-file.ts'
import { getOnline } from '../visit.ts'
import { IDLE_SECONDS, INTERIM_SECONDS, ITEMS } from './city.ts'
import { Heart } from './heart.ts'
import { phoneOn } from './people.ts'
import { goneBy, isOff, MINUTE, visitOf, type Outage, type TwinPlan, type TwinVisit } from './plan.ts'
import type { TwinPlatform } from './platform.ts'
import { StepClock } from './step-clock.ts'
import type { Truth } from './truth.ts'

/** How often the platform does what is due: as often as it may look at its sites without missing a slot. */
const WORK_MS = 5 * MINUTE
const BEAT_MS = INTERIM_SECONDS * 1000
const LAST_HOUR_MS = 21 * 60 * MINUTE
/** Whom no item moves may go to an item's place all the same. */
const ANYWAY_SHARE = 0.05
/** How much faster than the world visitors follow a page that asks them to wait. */
const WIRE_SPEED = 20

interface Stage {
  readonly plan: TwinPlan
  readonly labs: readonly LabSite[]
  readonly platform: TwinPlatform
  readonly addresses: Platform
  readonly random: Random
  readonly truth: Truth
  /** At the last minute of each day, when all that happened is in the records. */
  dayOver(day: number): Promise<void>
}

/** Plays a plan minute by minute; nothing of the next happens before the platform has answered all of the last. */
export class Play {
  readonly #stage: Stage
  readonly #gateways: readonly VirtualGateway[]
  readonly #hearts: readonly Heart[]
  readonly #clock: StepClock
  readonly #wire = realClock(WIRE_SPEED)
  readonly #agenda = new Map<number, TwinVisit[]>()
  readonly #online = new Map<Guest, { place: number; ap: number }>()
  #open = 0
  #logins = 0
  #settled: (() => void) | null = null

  constructor(stage: Stage) {
    this.#stage = stage
    const { plan, labs, addresses, random } = stage
    this.#clock = new StepClock(dayBegins(plan.days[0]!.day), () => this.#look())
    const mischief = { loss: 0, duplicates: 0, reorder: 0 }
    this.#gateways = labs.map((lab) =>
      createGateway({
        lab,
        platform: addresses,
        clock: this.#clock,
        wire: this.#wire,
        random: random.fork(`gateway ${lab.nas.id}`),
        mischief,
        observer: this.#observer,
      }),
    )
    this.#hearts = labs.map(({ nas }) => new Heart(nas, addresses.portal))
    for (const visit of plan.visits) this.#add(visit)
  }

  /** @throws Error when the platform does not keep up. */
  async run(): Promise<void> {
    const { plan, platform, dayOver } = this.#stage
    await Promise.all(this.#gateways.map((gateway) => gateway.open()))
    try {
      for (const [day, { day: date }] of plan.days.entries()) {
        const end = dayBegins(addDays(date, 1)) - MINUTE
        for (let at = dayBegins(date); at < end; at += MINUTE) await this.#minute(at)
        await this.#minute(end, true)
        await platform.drained()
        await dayOver(day)
      }
    } finally {
      await Promise.all(this.#gateways.map((gateway) => gateway.fail()))
      await Promise.all(this.#gateways.map((gateway) => gateway.close()))
    }
  }

  async #minute(at: number, always = false): Promise<void> {
    const { plan, platform } = this.#stage
    const work = always || at % WORK_MS === 0
    const visits = this.#agenda.get(at) ?? []
    const begin = plan.outages.filter(({ from }) => from === at)
    if (!work && visits.length === 0 && begin.length === 0 && !this.#clock.isDue(at)) return
    await platform.setClock(at, work)
    // What fails at a minute fails before anybody speaks in it.
    this.#clock.reach(at)
    for (const outage of begin) await this.#fail(outage)
    this.#clock.advance(at)
    if (at % BEAT_MS === 0)
      await Promise.all(this.#hearts.map((heart, place) => this.#beat(heart, place, at)))
    this.#agenda.delete(at)
    await Promise.all(visits.map((visit) => this.#visit(visit)))
    if (!this.#isSettled()) await new Promise<void>((resolve) => (this.#settled = resolve))
  }

  #add(visit: TwinVisit): void {
    const there = this.#agenda.get(visit.at)
    if (there) there.push(visit)
    else this.#agenda.set(visit.at, [visit])
  }

  /** Of a gateway that fails nobody hears; where an access point does, its gateway tells who is gone. */
  async #fail({ kind, place, ap }: Outage): Promise<void> {
    const gateway = this.#gateways[place]!
    if (kind !== 'access-point') return gateway.fail()
    const gone = [...this.#online].flatMap(([guest, at]) =>
      at.place === place && at.ap === ap ? [guest] : [],
    )
    await Promise.all(gone.flatMap((guest) => gateway.session(guest)?.end('Lost-Carrier') ?? []))
  }

  async #beat(heart: Heart, place: number, at: number): Promise<void> {
    const { plan, labs, truth } = this.#stage
    if (plan.outages.some((each) => isGone(each, place, at))) return
    const alive = labs[place]!.site.accessPoints.filter((_, ap) => !this.#isOut(place, ap, at))
    const fault = await heart.beat(
      alive.map(({ mac }) => mac),
      at,
    )
    if (fault !== null) truth.failures.push(`heartbeat: ${fault}`)
  }

  #isOut(place: number, ap: number, at: number): boolean {
    return this.#stage.plan.outages.some(
      (each) => each.kind === 'access-point' && each.place === place && each.ap === ap && isNow(each, at),
    )
  }

  async #visit(visit: TwinVisit): Promise<void> {
    const { labs, random, truth, addresses } = this.#stage
    const { place, day, person, at, stay } = visit
    const lab = labs[place]!
    const gateway = this.#gateways[place]!
    const aps = lab.site.accessPoints.flatMap((_, ap) => (this.#isOut(place, ap, at) ? [] : [ap]))
    const ap = visit.random.pick(aps)
    const phone = phoneOn(person, day, random)
    const guest: Guest = { phone, ap: lab.site.accessPoints[ap]!.mac, stay, random: visit.random }
    let items: string[] = []
    let tapped = false
    gateway.join(guest)
    this.#logins++
    const outcome = await getOnline({
      phone,
      route: {
        phone: phone.ip,
        outside: lab.address,
        gateway: gateway.web,
        portal: addresses.portal,
        portalOrigins: [new URL(addresses.portalUrl).origin],
      },
      clock: this.#wire,
      givesUp: visit.givesUp,
      voucher: null,
      isOver: () => false,
      observer: {
        arrival: () => {},
        splash: (_milliseconds, _octets, html) => {
          items = ITEMS.flatMap(({ id }) => (html.includes(`/kham-pha/${id}?`) ? [id] : []))
        },
        tap: () => {
          tapped = true
        },
      },
    })
    const { mac } = phone
    if (outcome.kind === 'failed')
      truth.failures.push(
        `${cityTime(at)} ${lab.site.id}, day ${day}, person ${person.id}: ${outcome.reason}`,
      )
    const session = outcome.kind === 'online' ? gateway.session(guest) : null
    const free = session ? this.#moved(visit, items) : []
    truth.arrivals.push({ day, place, mac, at, tapped, items, free })
    this.#logins--
    if (session) {
      this.#online.set(guest, { place, ap })
      void session.over.then(({ reading, cause, confirmed }) => {
        this.#online.delete(guest)
        gateway.leave(guest)
        const endedAt = confirmed ? this.#clock.now() : at + reading.seconds * 1000
        const idleSeconds = confirmed && cause === 'Idle-Timeout' ? IDLE_SECONDS : 0
        const { from, to } = reading
        truth.sessions.push({ day, place, person, mac, startedAt: at, endedAt, from, to, idleSeconds })
      })
    } else gateway.leave(guest)
    this.#look()
  }

  /** Sends somebody on, of his own or because of what the page showed him; the items that could have sent him. */
  #moved({ person, day, place, at, random }: TwinVisit, items: readonly string[]): string[] {
    const { plan, labs } = this.#stage
    const own = random.fork('moved')
    const evening = dayBegins(plan.days[day]!.day) + LAST_HOUR_MS
    const free: string[] = []
    // Drawn for each item whatever the others did, so that nothing but the item itself tells its two groups apart.
    for (const { id, site, effect } of ITEMS) {
      const to = labs.findIndex((lab) => lab.site.id === site)
      const goes = own.chance(ANYWAY_SHARE + (items.includes(id) ? effect : 0))
      const then = goneBy(at) + (5 + own.below(20)) * MINUTE
      if (to === place || then > evening || isOff(plan.outages, to, then)) continue
      if (this.#sentOn.has(`${day} ${person.id}`)) continue
      free.push(id)
      if (!goes) continue
      this.#sentOn.add(`${day} ${person.id}`)
      this.#add(visitOf(own, { at: then, day, place: to, person }))
    }
    return free
  }

  /** Who has been sent on today: twice a day is enough for anybody's quota. */
  readonly #sentOn = new Set<string>()

  readonly #observer: GatewayObserver = {
    accepted: () => {},
    rejected: (reason) => void this.#stage.truth.failures.push(`rejected: ${reason}`),
    sessionStarted: () => {
      this.#open++
    },
    sessionEnded: () => {
      this.#open--
      this.#look()
    },
    interim: () => {},
    reordered: () => {},
    disconnect: () => {},
    radiusAnswered: () => {},
    retransmitted: () => {},
    duplicated: () => {},
    fault: (lab, reason) => void this.#stage.truth.failures.push(`${lab.site.id}: ${reason}`),
  }

  /** All have said what they had to say, and wait for another minute. */
  #isSettled(): boolean {
    return this.#logins === 0 && this.#clock.waiting === this.#open
  }

  #look(): void {
    if (this.#settled === null || !this.#isSettled()) return
    this.#settled()
    this.#settled = null
  }
}

const isNow = ({ from, until }: Outage, at: number): boolean => at >= from && at < until

const isGone = (outage: Outage, place: number, at: number): boolean =>
  outage.kind !== 'access-point' && outage.place === place && isNow(outage, at)
