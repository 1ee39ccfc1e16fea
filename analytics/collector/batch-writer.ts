import { cityDay } from '../../core/domain/day.ts'
import type { CoaEvent } from '../../core/domain/event.ts'
import { ASKED } from '../../core/domain/session-story.ts'
import type { Keys } from '../../core/process/keys.ts'
import { auditDisconnects } from '../../core/records/audit.ts'
import { inTransaction, type Records, type Transaction } from '../../core/records/database.ts'
import { growCounts, growDays } from '../../core/records/day-totals.ts'
import { growMinutes } from '../../core/records/peaks.ts'
import { keepPortalEvents, type PortalEvent } from '../../core/records/portal-events.ts'
import { lockPositions, movePositions, type Positions } from '../../core/records/positions.ts'
import { keepRejects, type Reject } from '../../core/records/rejects.ts'
import { keepChecks } from '../../core/records/session-checks.ts'
import { keepFacts } from '../../core/records/session-events.ts'
import { loggedSessions, logSessions } from '../../core/records/session-log.ts'
import { countDevices } from '../devices/device-days.ts'
import { SeenDays } from '../devices/seen-days.ts'
import { CampaignCounter } from '../privacy/campaign-counter.ts'
import { PseudonymKeys, Pseudonyms } from '../privacy/pseudonyms.ts'
import { ReachCounter } from '../privacy/reach-counter.ts'
import { readEvent } from './read-event.ts'
import { seenOfSessions } from './seen-of-sessions.ts'
import { factOf, type ReadEntry } from './session-facts.ts'
import { isAfter, placeOf, type Entry } from './streams.ts'
import { tally, type Tally } from './tally.ts'

/** What became of a batch. */
export interface Written {
  /** Up to where the records go now. */
  readonly positions: Positions
  /** True when another collector had written since our last batch. */
  readonly moved: boolean
  readonly rejects: readonly Reject[]
}

/**
 * Writes batches of entries to the records, each entry exactly once: what an entry changes and the position of its
 * stream are committed together, and an entry at or before the position changes nothing.
 */
export class BatchWriter {
  readonly #records: Records
  readonly #sealing: Keys
  readonly #now: () => number
  readonly #keys: PseudonymKeys
  readonly #reach = new ReachCounter()
  readonly #campaigns: CampaignCounter
  #known: Positions | null = null

  constructor({ records, keys, now }: { records: Records; keys: Keys; now: () => number }) {
    this.#records = records
    this.#sealing = keys
    this.#now = now
    this.#keys = new PseudonymKeys(keys, now)
    this.#campaigns = new CampaignCounter(this.#keys)
  }

  /**
   * Writes entries, which follow one another in each stream. An entry that cannot be written is found by halving and
   * kept as a reject.
   * @throws when the database is away; then nothing of the batch is written, or all of it.
   */
  async write(entries: readonly Entry[]): Promise<Written> {
    try {
      return await this.#commit(entries, null)
    } catch (error) {
      this.#forget()
      const refused = refusal(error)
      if (refused === null) throw error
      if (entries.length === 1) return this.#commit(entries, refused)
      const middle = entries.length >> 1
      const first = await this.write(entries.slice(0, middle))
      const second = await this.write(entries.slice(middle))
      return { ...second, moved: true, rejects: [...first.rejects, ...second.rejects] }
    }
  }

  /** Forgets the keys in memory whose time has come. */
  forgetOldKeys(): void {
    this.#keys.forgetOld()
  }

  async #commit(entries: readonly Entry[], refused: string | null): Promise<Written> {
    const written = await inTransaction(this.#records, async (transaction) => {
      const positions = await lockPositions(transaction)
      const moved = this.#known !== null && !same(this.#known, positions)
      if (moved) this.#clear()
      const fresh = entries.filter(({ stream, id }) => isAfter(id, positions.get(stream) ?? '0-0'))
      const { told, rejects } = read(fresh, refused)
      await this.#add(transaction, told)
      await keepRejects(transaction, this.#sealing, { rejects, at: this.#now() })
      const last = new Map(fresh.map(({ stream, id }) => [stream, id]))
      if (last.size > 0) await movePositions(transaction, last)
      return { positions: new Map([...positions, ...last]), moved, rejects }
    })
    this.#known = written.positions
    return written
  }

  async #add(transaction: Transaction, told: readonly ReadEntry[]): Promise<void> {
    const events = told.map(({ event }) => event)
    const ids = new Set(events.flatMap((event) => (event.kind === 'session' ? [event.session.id] : [])))
    const logged = await loggedSessions(transaction, [...ids])
    const sums = tally(events, logged)
    await logSessions(transaction, this.#sealing, sums.sessions)
    await keepChecks(transaction, seenOfSessions(sums.changes.keys(), logged, this.#sealing.subject))
    await keepFacts(
      transaction,
      told.flatMap((each) => factOf(each, sums.changes) ?? []),
    )
    await keepPortalEvents(transaction, told.flatMap(portalEvent))
    await growDays(transaction, sums.days)
    await growCounts(transaction, sums.counts)
    await growMinutes(transaction, sums.minutes)
    await this.#countDevices(transaction, sums)
    await this.#campaigns.count(transaction, sums)
    await auditDisconnects(transaction, events.filter(isAnswer))
  }

  async #countDevices(transaction: Transaction, { touches, online }: Tally): Promise<void> {
    const pseudonyms = new Pseudonyms(this.#keys)
    const began = online.map(({ site, mac, startedAt }) => ({ site, mac, day: cityDay(startedAt) }))
    const seen = await SeenDays.read(transaction, began, { pseudonyms, today: cityDay(this.#now()) })
    await seen.note(transaction, began, pseudonyms)
    const came = await countDevices(transaction, touches, { pseudonyms, seen })
    const reached = began.map((each) => ({ ...each, returning: seen.before(each.mac, each.day) }))
    const after = came.flatMap(({ mac, day, sites }) =>
      sites.map((site) => ({ site, mac, day, returning: true })),
    )
    await this.#reach.count(transaction, [...reached, ...after], pseudonyms)
  }

  /** What a failed transaction left in memory is not in the records. */
  #forget(): void {
    this.#known = null
    this.#clear()
  }

  #clear(): void {
    this.#reach.clear()
    this.#keys.clear()
  }
}

function read(entries: readonly Entry[], refused: string | null) {
  const told: ReadEntry[] = []
  const rejects: Reject[] = []
  for (const entry of entries) {
    const { stream, id, text } = entry
    const found = refused === null ? readEvent(text) : { kind: 'reject' as const, reason: refused }
    if (found.kind === 'event') told.push({ entry, event: found.event })
    else rejects.push({ stream, entryId: id, reason: found.reason, payload: text ?? '' })
  }
  return { told, rejects }
}

/** A step or a refusal as it is kept, without its device. */
function portalEvent({ entry, event }: ReadEntry): PortalEvent[] {
  if (event.kind !== 'funnel' && event.kind !== 'refusal') return []
  const { kind, site, at } = event
  const value = kind === 'funnel' ? event.step : event.reason
  return [{ knownAt: placeOf(entry).at, day: cityDay(at), site, kind, value }]
}

const isAnswer = (event: ReadEntry['event']): event is CoaEvent =>
  event.kind === 'coa' && event.result !== ASKED

/** Why trying again will not help, or null when it may. SQLSTATE classes 22 and 23: wrong data, broken constraints. */
function refusal(error: unknown): string | null {
  if (error instanceof TypeError || error instanceof RangeError) return `cannot be counted (${error.name})`
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' && /^2[23][0-9A-Z]{3}$/.test(code)
    ? `refused by the database (${code})`
    : null
}

const same = (a: Positions, b: Positions): boolean =>
  a.size === b.size && [...a].every(([stream, id]) => b.get(stream) === id)
