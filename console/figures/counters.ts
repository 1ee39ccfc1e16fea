import type { FastifyBaseLogger } from 'fastify'
import type { Records } from '../../core/records/database.ts'
import { listPeople, type Person } from '../../core/records/people.ts'
import { lastDays } from '../../core/records/today.ts'
import type { StaffStore } from '../../core/store/staff.ts'
import type { Tables } from '../../core/store/tables.ts'
import { NOTHING } from './figures.ts'
import type { Live } from './live.ts'

const EVERY_MS = 5000
/** Each is a connection that stays: of all people, and of one. */
const LISTENERS_MOST = 100
const HIS_MOST = 4

/** What moves on a page: devices online at this moment, and today's visitors. */
export interface Counts {
  readonly online: number
  readonly visitors: number
}

/** A page that follows counts of a site, or (null) of the whole city. */
export interface Listener {
  readonly site: string | null
  readonly session: string
  readonly person: string
  /** Whether he, as he is now, may still hear them. */
  mayHear(person: Person): boolean
  tell(counts: Counts, person: Person): void
  end(): void
}

interface CounterParts {
  readonly staff: StaffStore
  readonly records: Records
  readonly live: Pick<Live, 'online'>
  readonly tables: () => Tables
  readonly now: () => number
  readonly log: FastifyBaseLogger
  readonly everyMs?: number | undefined
}

/** Reads counts once for all who follow them, while anybody does, and lets go whose session or right has ended. */
export class Counters {
  readonly #parts: CounterParts
  readonly #listeners = new Set<Listener>()
  #timer: NodeJS.Timeout | null = null
  #isReading = false
  #isStopped = false

  constructor(parts: CounterParts) {
    this.#parts = parts
  }

  /** Adds a listener: how to leave, or why there is no place: taken by all, or by himself. */
  listen(listener: Listener): (() => void) | 'full' | 'enough' {
    if (this.#isStopped || this.#listeners.size >= LISTENERS_MOST) return 'full'
    const his = [...this.#listeners].filter(({ person }) => person === listener.person)
    if (his.length >= HIS_MOST) return 'enough'
    this.#listeners.add(listener)
    this.#wait(0)
    return () => void this.#listeners.delete(listener)
  }

  /** Ends every stream, and takes no other. */
  stop(): void {
    this.#isStopped = true
    if (this.#timer) clearTimeout(this.#timer)
    for (const listener of this.#listeners) listener.end()
    this.#listeners.clear()
  }

  #wait(ms: number): void {
    if (this.#timer !== null || this.#isReading || this.#isStopped || this.#listeners.size === 0) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#isReading = true
      this.#read()
        // The next reading may find Redis and PostgreSQL again.
        .catch((error: unknown) => this.#parts.log.warn({ err: error }, 'cannot read the counts'))
        .finally(() => {
          this.#isReading = false
          this.#wait(this.#parts.everyMs ?? EVERY_MS)
        })
    }, ms)
  }

  async #read(): Promise<void> {
    const { staff, records, live, tables, now } = this.#parts
    const at = now()
    const asked = [...this.#listeners]
    const scopes = new Set(asked.map(({ site }) => site))
    const wanted = scopes.has(null) ? [...tables().sites.keys()] : [...scopes].filter((site) => site !== null)
    const [open, people, online, visitors] = await Promise.all([
      staff.stillOpen([...new Set(asked.map(({ session }) => session))], at),
      listPeople(records),
      live.online(new Set(wanted)),
      Promise.all(
        [...scopes].map(async (site) => {
          const [today] = await lastDays(records, { site, days: 1, now: at })
          return [site, (today ?? NOTHING).visitors.count] as const
        }),
      ),
    ])
    const byId = new Map(people.map((person) => [person.id, person]))
    const counted = new Map(visitors)
    const all = [...online.values()].reduce((sum, count) => sum + count, 0)
    for (const each of asked) {
      const person = open.has(each.session) ? byId.get(each.person) : undefined
      if (!person || !each.mayHear(person)) {
        this.#listeners.delete(each)
        each.end()
      } else if (this.#listeners.has(each)) {
        const { site } = each
        each.tell(
          { online: site === null ? all : (online.get(site) ?? 0), visitors: counted.get(site) ?? 0 },
          person,
        )
      }
    }
  }
}
