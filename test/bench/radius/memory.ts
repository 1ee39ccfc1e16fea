import { join } from 'node:path'
import { cityDay } from '../../../core/domain/day.ts'
import { SHARDS } from '../../../core/domain/nas.ts'
import { keys } from '../../../core/store/keys.ts'
import type { Store } from '../../../core/store/redis.ts'
import { freshSeed, visitors, VISITORS_IN_A_ROW, type Visitor } from './city.ts'
import { figuresOf, type Bench, type Figures } from './contenders.ts'
import { badReplies, runLoad } from './load.ts'
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
  /** Interim-Updates spread over all open sessions, in a closed loop. */
  readonly interims: Figures
}

/** Visits come and go with their sessions' beginning: few at once, or Redis's table of keys would grow for them. */
const AT_ONCE = 10_000
/** Sessions that report in a round, spread over all that are open. */
const REPORTING = 50_000
const SAMPLE = 500
/** Room for what nobody waits for; the load stops at its count. */
const LONG_SECONDS = 600

/** Opens ever more sessions, as many as each number says, all of which have reported once, and looks at their cost. */
export async function measureMemory(
  ours: Ours,
  bench: Bench,
  given: { sessions: readonly number[]; seconds: number; window: number },
  tell: (cost: SessionCost) => void,
): Promise<SessionCost[]> {
  const seed = freshSeed()
  const path = join(bench.folder, 'memory.requests')
  const crowd = (from: number, count: number): Visitor[] =>
    visitors(ours.keys, { seed, from, count, now: Date.now() })
  await ours.clear()
  const before = await usedOctets(ours.store)
  const costs: SessionCost[] = []
  let open = 0
  /** A session that reports again has moved since. */
  let interim = 2
  for (const sessions of [...given.sessions].sort((a, b) => a - b)) {
    let ofVisitors = 0
    let counted = 0
    while (open < sessions) {
      const count = Math.min(AT_ONCE, sessions - open)
      const phones = crowd(open, count)
      await openSessions(phones)
      ofVisitors += await forgetAllButSessions(ours.store, phones)
      counted += count
      open += count
    }
    await rewriteFile(ours.store)
    // Not counted: the first reports are dear, while the server compiles itself.
    if (costs.length === 0) await report(sessions)
    const octets = (await usedOctets(ours.store)) - before
    const interims = await report(sessions)
    const cost: SessionCost = {
      sessions,
      octetsASession: Math.round(octets / sessions),
      ...(await shares(ours.store, sessions)),
      visitorOctets: Math.round(ofVisitors / Math.max(1, counted)),
      workerOctets: Math.max(...ours.workers.map(residentOctets)),
      interims,
    }
    costs.push(cost)
    tell(cost)
  }
  return costs

  async function openSessions(phones: readonly Visitor[]): Promise<void> {
    await ours.admit(phones)
    const file = new RequestFile(path)
    for (const report of [{ kind: 'start' }, { kind: 'interim', number: 1 }] as const)
      for (const phone of phones) file.add('accounting', phone, accountingAttributes(phone, report))
    file.close()
    const asked = await runLoad(bench.program, {
      ...{ file: path, port: ours.acctPort, loop: { window: given.window }, warm: 0, count: file.count },
      ...{ seconds: LONG_SECONDS, pids: [] },
    })
    if (asked.answered !== file.count || badReplies(asked) > 0)
      throw new Error(`${phones.length} sessions should have begun: ${JSON.stringify(asked)}`)
  }

  /** Interim-Updates of sessions all over those that are open, each with larger totals than the one before. */
  async function report(sessions: number): Promise<Figures> {
    const rows = Math.ceil(sessions / VISITORS_IN_A_ROW)
    const reporting = Math.min(rows, REPORTING / VISITORS_IN_A_ROW)
    const apart = Math.floor(rows / reporting)
    // Not the same place of each stretch: that would be the same gateway.
    const phones = Array.from({ length: reporting }, (_, i) => i * apart + (i % apart)).flatMap((row) =>
      crowd(row * VISITORS_IN_A_ROW, Math.min(VISITORS_IN_A_ROW, sessions - row * VISITORS_IN_A_ROW)),
    )
    const most = given.seconds * 60_000
    const file = new RequestFile(path)
    for (; file.count < most; interim++)
      for (const phone of phones)
        file.add('accounting', phone, accountingAttributes(phone, { kind: 'interim', number: interim }))
    file.close()
    const asked = await runLoad(bench.program, {
      file: path,
      port: ours.acctPort,
      loop: { window: given.window },
      warm: 2000,
      count: most - 2000,
      seconds: given.seconds,
      pids: [...ours.workers, ours.redisPid],
    })
    const figures = figuresOf(asked, ours.workers, ours.redisPid)
    await forgetAllButSessions(ours.store, phones)
    return figures
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

/** What Redis says that records and indexes take, a session. */
async function shares(
  store: Store,
  sessions: number,
): Promise<{ recordOctets: number; indexOctets: number }> {
  const records: number[] = []
  let index = 0
  for (const key of await allKeys(store)) {
    if (key.includes(':open:')) index += (await store.memory('USAGE', key, 'SAMPLES', 0)) ?? 0
    else if (key.includes(':s:') && records.length < SAMPLE)
      records.push((await store.memory('USAGE', key)) ?? 0)
  }
  return { recordOctets: Math.round(median(records)), indexOctets: Math.round(index / sessions) }
}

const usedOctets = async (store: Store): Promise<number> =>
  Number(/used_memory:(\d+)/.exec(await store.info('memory'))?.[1])
