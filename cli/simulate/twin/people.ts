import { parseMac, type Mac } from '../../../core/domain/mac.ts'
import { drawPhone, type Phone } from '../phones/phone.ts'
import type { Random } from '../random.ts'

/** Somebody with one device. */
export interface Person {
  readonly id: number
  readonly phone: Phone
  /** Days between two made-up addresses of the device; null where it keeps the one it has. */
  readonly rotatesAfter: number | null
  /** Days since its last new address when the play begins. */
  readonly phase: number
}

/** Apple's phones take a new address on an open network about every fortnight, unless that is switched off. */
const ROTATING = { share: 0.85, days: 14 } as const
/** Most Androids make up one address for each network and keep it; few computers do. */
const MADE_UP = { Android: 0.9, Windows: 0.1 } as const

/** Tourists stay some days, regulars come all the time, and passers-by once. */
const TOURIST = { visitsADay: 0.6, leastDays: 1, mostDays: 7 } as const
const REGULAR = { visitsADay: 0.1 } as const
/** Shares of visits, so that a subscriber comes about 3.3 times in four months. */
const SHARES = { tourist: 0.29, regular: 0.58 } as const

/** The people of a city in which so many visits a day are made. */
export class People {
  readonly #random: Random
  readonly #regulars: Person[] = []
  readonly #tourists: { person: Person; until: number }[] = []
  readonly #wanted: { readonly regulars: number; readonly tourists: number }
  readonly #all: Person[] = []

  constructor(random: Random, visitsADay: number) {
    this.#random = random
    this.#wanted = {
      regulars: Math.max(1, Math.round((visitsADay * SHARES.regular) / REGULAR.visitsADay)),
      tourists: Math.max(1, Math.round((visitsADay * SHARES.tourist) / TOURIST.visitsADay)),
    }
    while (this.#regulars.length < this.#wanted.regulars) this.#regulars.push(this.newcomer())
  }

  /** Tourists whose days are over go home, and others come. */
  begin(day: number): void {
    const here = this.#tourists.filter(({ until }) => until > day)
    const { leastDays, mostDays } = TOURIST
    while (here.length < this.#wanted.tourists) {
      const days = leastDays + this.#random.below(mostDays - leastDays + 1)
      here.push({ person: this.newcomer(), until: day + days })
    }
    this.#tourists.splice(0, Infinity, ...here)
  }

  /** Whose visit it is; somebody who is not among `busy`. */
  draw(busy: ReadonlySet<Person>): Person {
    const kind = this.#random.unit()
    for (let tries = 0; tries < 20; tries++) {
      const person =
        kind < SHARES.tourist
          ? this.#random.pick(this.#tourists).person
          : kind < SHARES.tourist + SHARES.regular
            ? this.#random.pick(this.#regulars)
            : this.newcomer()
      if (!busy.has(person)) return person
    }
    return this.newcomer()
  }

  newcomer(): Person {
    const id = this.#all.length
    const own = this.#random.fork(`person ${id}`)
    const phone = drawPhone(own, id)
    const { os, maker } = phone.model
    const apple = os === 'iOS' || os === 'macOS'
    const madeUp = apple || own.chance(MADE_UP[os])
    const mac = macOf(own.bytes(6), madeUp ? null : maker)
    const rotates = apple && own.chance(ROTATING.share)
    const person = {
      id,
      phone: { ...phone, mac },
      rotatesAfter: rotates ? ROTATING.days : null,
      phase: own.below(ROTATING.days),
    }
    this.#all.push(person)
    return person
  }
}

/** The device of somebody as it is on a day, counted from the first. */
export function phoneOn({ phone, rotatesAfter, phase }: Person, day: number, random: Random): Phone {
  const turn = rotatesAfter === null ? 0 : Math.floor((day + phase) / rotatesAfter)
  if (turn === 0) return phone
  return { ...phone, mac: macOf(random.fork(`address ${phone.mac} ${turn}`).bytes(6), null) }
}

function macOf(octets: Buffer, maker: string | null): Mac {
  if (maker !== null) return parseMac(maker + octets.subarray(3).toString('hex'))!
  // Locally administered, not a group address (IEEE 802-2014 §8.4).
  octets[0] = (octets[0]! & 0xfc) | 0x02
  return parseMac(octets.toString('hex'))!
}
