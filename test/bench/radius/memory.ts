import { join } from 'node:path'
import { cityDay } from '../../../core/domain/day.ts'
import { SHARDS } from '../../../core/domain/nas.ts'
import { keys } from '../../../core/store/keys.ts'
import type { Store } from '../../../core/store/redis.ts'
import { freshSeed, visitors, VISITORS_IN_A_ROW, type Visitor } from './city.ts'
import { figuresOf, type Bench, type Figures } from './contenders.ts'
import { badReplies, runLoad, type LoadReport } from './load.ts'
import { allKeys, removeAll, rewriteFile, type Ours } from './ours.ts'
import { residentOctets } from './process-figures.ts'
import { accountingAttributes, RequestFile } from './requests.ts'
import { median } from './rows.ts'

/** What so many open sessions cost. */
export interface SessionCost {
  readonly sessions: number
  /** Of Redis, a session: all that is there because it is open. */
  readonly octetsASession: number
  /** Of that, its record, and its place in the index of open ones, as Redis tells of a sample. */
  readonly recordOctets: number
  readonly indexOctets: number
  /** Of Redis, a visitor: what he has used that day and where his sessions are, which outlives them and is the same for all. */
  readonly visitorOctets: number
  /** Of all workers, the largest. */
  readonly workerOctets: number
  /** Of server and Redis, an Interim-Update of sessions all over those that are open, in a closed loop; the rounds' median. */
  readonly processorMicros: number
  /** The same beside the fewest sessions, each pair of rounds in turn: all ratios in order; none with the fewest. */
  readonly growth: readonly number[]
  readonly bad: number
}

export interface MemoryOptions {
  readonly sessions: readonly number[]
  readonly pairs: number
  readonly seconds: number
  readonly window: number
}

type Octets = Pick<SessionCost, 'octetsASession' | 'recordOctets' | 'indexOctets' | 'visitorOctets'>

/** Visits come and go with their sessions' beginning: few at once, or Redis's table of keys would grow for them. */
const PARTS = 20
const MOST_AT_ONCE = 10_000
/** Sessions that report in a round, spread over all that are open. */
const REPORTING = 50_000
const SAMPLE = 500
/** Room for what nobody waits for; the load stops at its count. */
const LONG_SECONDS = 600
/** Interim-Updates a second that nobody on such a machine reaches. */
const MOST_A_SECOND = 60_000
/** Reports before the clock starts, and sessions before Redis's own needs are looked at. */
const WARM = 2000

/**
 * Opens ever more sessions at one server, as many as each number says, all of which have reported once, and looks at their
 * cost, in turns with another server that has as many as the smallest number says: a machine that becomes slower meanwhile
 * is no cost of theirs.
 */
export async function measureMemory(
  servers: { readonly many: Ours; readonly few: Ours },
  bench: Bench,
  { sessions, pairs, seconds, window }: MemoryOptions,
  tell: (cost: SessionCost) => void,
): Promise<SessionCost[]> {
  const [fewest = 0, ...more] = [...new Set(sessions)].sort((a, b) => a - b)
  const few = new OpenSessions(servers.few, bench, window)
  const many = new OpenSessions(servers.many, bench, window)
  const costs: SessionCost[] = []
  for (const open of [few, many]) await open.begin()
  const least = await few.upTo(fewest)
  await many.upTo(fewest)
  // Not counted: the first reports are dear, while a server compiles itself.
  for (const open of [few, many]) await open.report(seconds)
  look(fewest, least, await rounds([few]))
  for (const count of more) {
    const octets = await many.upTo(count)
    look(count, octets, await rounds([few, many]))
  }
  return costs

  /** Reports of each in turn, another one first each time. */
  async function rounds(each: readonly OpenSessions[]): Promise<Figures[][]> {
    const figures: Figures[][] = []
    for (let round = 0; round < pairs; round++) {
      const inTurn = round % 2 === 0 ? each : [...each].reverse()
      const found = new Map<OpenSessions, Figures>()
      for (const open of inTurn) found.set(open, await open.report(seconds))
      figures.push(each.map((open) => found.get(open)!))
    }
    return figures
  }

  function look(count: number, octets: Octets, figures: readonly Figures[][]): void {
    const { ours } = count === fewest ? few : many
    const cost: SessionCost = {
      sessions: count,
      ...octets,
      workerOctets: Math.max(...ours.workers.map(residentOctets)),
      processorMicros: median(figures.map((each) => each.at(-1)!.processorMicros)),
      growth:
        count === fewest
          ? []
          : figures
              .map(([least, most]) => most!.processorMicros / least!.processorMicros)
              .sort((a, b) => a - b),
      bad: figures.flat().reduce((sum, { bad }) => sum + bad, 0),
    }
    costs.push(cost)
    tell(cost)
  }
}

/** Sessions that are open at one server, ever more of them. */
class OpenSessions {
  readonly ours: Ours
  readonly #bench: Bench
  readonly #window: number
  readonly #path: string
  readonly #seed = freshSeed()
  #open = 0
  #before = 0
  /** A session that reports again has moved since. */
  #interim = 2

  constructor(ours: Ours, bench: Bench, window: number) {
    this.ours = ours
    this.#bench = bench
    this.#window = window
    this.#path = join(bench.folder, 'memory.requests')
  }

  /** What Redis keeps for whoever uses it at all, its figures of each command above all, is no cost of a session. */
  async begin(): Promise<void> {
    const { ours } = this
    await ours.clear()
    await this.upTo(WARM)
    await ours.clear()
    this.#open = 0
    this.#before = (await octetsOf(ours.store)).dataset
  }

  /** Opens sessions until there are so many, and says what Redis holds because they are open. */
  async upTo(sessions: number): Promise<Octets> {
    const atOnce = Math.min(MOST_AT_ONCE, Math.ceil(sessions / PARTS))
    let ofVisitors = 0
    const before = this.#open
    while (this.#open < sessions) {
      const count = Math.min(atOnce, sessions - this.#open)
      const phones = this.#crowd(this.#open, count)
      await this.#begun(phones)
      ofVisitors += await forgetAllButSessions(this.ours.store, phones)
      this.#open += count
    }
    await rewriteFile(this.ours.store)
    return { ...(await this.#shares()), visitorOctets: Math.round(ofVisitors / (sessions - before)) }
  }

  /** Interim-Updates of sessions all over those that are open, each with larger totals than the one before. */
  async report(seconds: number): Promise<Figures> {
    const { workers, redisPid, store } = this.ours
    const rows = Math.ceil(this.#open / VISITORS_IN_A_ROW)
    const reporting = Math.min(rows, REPORTING / VISITORS_IN_A_ROW)
    const apart = Math.floor(rows / reporting)
    // Not the same place of each stretch: that would be the same gateway.
    const phones = Array.from({ length: reporting }, (_, i) => i * apart + (i % apart)).flatMap((row) =>
      this.#crowd(row * VISITORS_IN_A_ROW, Math.min(VISITORS_IN_A_ROW, this.#open - row * VISITORS_IN_A_ROW)),
    )
    const most = seconds * MOST_A_SECOND
    const file = new RequestFile(this.#path)
    for (; file.count < most; this.#interim++)
      for (const phone of phones)
        file.add('accounting', phone, accountingAttributes(phone, { kind: 'interim', number: this.#interim }))
    file.close()
    const asked = await this.#ask({
      warm: WARM,
      count: most - WARM,
      seconds,
      pids: [...workers, redisPid],
    })
    const figures = figuresOf(asked, workers, redisPid)
    await forgetAllButSessions(store, phones)
    return figures
  }

  async #shares(): Promise<Omit<Octets, 'visitorOctets'>> {
    const { store } = this.ours
    const { dataset, tables } = await octetsOf(store)
    const octets = dataset + tables - this.#before
    const records: number[] = []
    let index = 0
    for (const key of await allKeys(store)) {
      if (key.includes(':open:')) index += (await store.memory('USAGE', key, 'SAMPLES', 0)) ?? 0
      else if (key.includes(':s:') && records.length < SAMPLE)
        records.push((await store.memory('USAGE', key)) ?? 0)
    }
    return {
      octetsASession: Math.round(octets / this.#open),
      recordOctets: Math.round(median(records)),
      indexOctets: Math.round(index / this.#open),
    }
  }

  async #begun(phones: readonly Visitor[]): Promise<void> {
    await this.ours.admit(phones)
    const file = new RequestFile(this.#path)
    for (const report of [{ kind: 'start' }, { kind: 'interim', number: 1 }] as const)
      for (const phone of phones) file.add('accounting', phone, accountingAttributes(phone, report))
    file.close()
    const asked = await this.#ask({ warm: 0, count: file.count, seconds: LONG_SECONDS, pids: [] })
    if (asked.answered !== file.count || badReplies(asked) > 0)
      throw new Error(`${phones.length} sessions should have begun: ${JSON.stringify(asked)}`)
  }

  #ask(work: { warm: number; count: number; seconds: number; pids: readonly number[] }): Promise<LoadReport> {
    const { program } = this.#bench
    const loop = { window: this.#window }
    return runLoad(program, { file: this.#path, port: this.ours.acctPort, loop, ...work })
  }

  #crowd(from: number, count: number): Visitor[] {
    return visitors(this.ours.keys, { seed: this.#seed, from, count, now: Date.now() })
  }
}

/** Removes what these visitors left beside their sessions; octets that was kept of the visitors themselves. */
async function forgetAllButSessions(store: Store, phones: readonly Visitor[]): Promise<number> {
  const visits = phones.flatMap(({ visit: { id, nas, mac } }) => [keys.visit(id), keys.resume(nas, mac)])
  const events = Array.from({ length: SHARDS }, (_, shard) => keys.events(shard))
  await removeAll(store, [...visits, ...events])
  const withVisitors = await usedOctets(store)
  const day = cityDay(Date.now())
  await removeAll(
    store,
    phones.flatMap(({ grant: { subject } }) => [keys.usage(subject, day), keys.sessionsOf(subject)]),
  )
  return withVisitors - (await usedOctets(store))
}

/** What is kept, and the tables that find it; without what Redis needs for its clients, its file and its scripts. */
async function octetsOf(store: Store): Promise<{ dataset: number; tables: number }> {
  const found = figuresIn((await store.call('MEMORY', 'STATS')) as unknown[])
  const tables = figuresIn((found.get('db.0') ?? []) as unknown[])
  return {
    dataset: Number(found.get('dataset.bytes')),
    tables: [...tables.values()].reduce<number>((sum, each) => sum + Number(each), 0),
  }
}

/** All of it together. */
async function usedOctets(store: Store): Promise<number> {
  const { dataset, tables } = await octetsOf(store)
  return dataset + tables
}

/** Names and figures by turns. */
const figuresIn = (list: readonly unknown[]): Map<string, unknown> =>
  new Map(Array.from({ length: list.length / 2 }, (_, i) => [String(list[2 * i]), list[2 * i + 1]]))
