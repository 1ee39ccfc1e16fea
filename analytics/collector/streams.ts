import { SHARDS } from '../../core/domain/nas.ts'
import { keys } from '../../core/store/keys.ts'
import type { Store } from '../../core/store/redis.ts'

/** The event streams, one a shard. */
export const STREAMS: readonly string[] = Array.from({ length: SHARDS }, (_, shard) => keys.events(shard))

/** One entry of a stream; `text` is null when it carries no event. */
export interface Entry {
  readonly stream: string
  readonly id: string
  readonly text: string | null
}

/** Per stream, the last entry that was dealt with. */
type Positions = ReadonlyMap<string, string>

const START = '0-0'
/** How many leftovers one command removes. */
const A_SWEEP = 1000

/** True when an entry's id (`ms-seq`) comes after another's. */
export function isAfter(id: string, other: string): boolean {
  const [ms, seq] = parts(id)
  const [otherMs, otherSeq] = parts(other)
  return ms === otherMs ? seq > otherSeq : ms > otherMs
}

/** Which stream an entry stands in, when it came there (epoch ms) and its place within that millisecond. */
export function placeOf({ stream, id }: Entry): { stream: number; at: number; seq: number } {
  const [ms, seq] = parts(id)
  return { stream: STREAMS.indexOf(stream), at: Number(ms), seq: Number(seq) }
}

/**
 * The next entries behind the positions, in order within each stream, up to `most` of each. One command a stream, as
 * a Cluster reads only one slot at a time; all of them leave in one write.
 */
export async function readAfter(store: Store, positions: Positions, most: number): Promise<Entry[]> {
  const replies = await Promise.all(
    STREAMS.map((stream) =>
      store.xread('COUNT', most, 'STREAMS', stream, positions.get(stream) ?? START),
    ) as Promise<Reply>[],
  )
  return replies.flatMap((reply, shard) =>
    (reply?.[0]?.[1] ?? []).map(([id, fields]) => ({
      stream: STREAMS[shard]!,
      id,
      text: fields[0] === 'e' ? (fields[1] ?? null) : null,
    })),
  )
}

/** Removes entries that the records hold. */
export async function removeEntries(store: Store, entries: readonly Entry[]): Promise<void> {
  const ids = new Map<string, string[]>()
  for (const { stream, id } of entries) {
    const of = ids.get(stream) ?? []
    ids.set(stream, of)
    of.push(id)
  }
  await Promise.all([...ids].map(([stream, each]) => store.xdel(stream, ...each)))
}

/** Removes what a collector committed and did not live to remove. */
export async function sweepStreams(store: Store, positions: Positions): Promise<void> {
  await Promise.all(STREAMS.map((stream) => sweep(store, stream, positions.get(stream) ?? START)))
}

async function sweep(store: Store, stream: string, position: string): Promise<void> {
  for (;;) {
    const done = (await store.xrange(stream, '-', position, 'COUNT', A_SWEEP)).map(([id]) => id)
    if (done.length > 0) await store.xdel(stream, ...done)
    if (done.length < A_SWEEP) return
  }
}

/**
 * Makes every id that a stream gives from now on greater than its position, so that nothing new is taken for old when
 * the live store came back with less than it had. True when that had happened.
 */
export async function raiseStreams(store: Store, positions: Positions): Promise<boolean> {
  const raised = STREAMS.map((stream) => raise(store, stream, positions.get(stream) ?? START))
  return (await Promise.all(raised)).includes(true)
}

async function raise(store: Store, stream: string, position: string): Promise<boolean> {
  if (position === START || !isAfter(position, await lastGiven(store, stream))) return false
  // An entry of that very id and its removal leave nothing but the stream's memory of it.
  await store.multi().xadd(stream, position, 'e', '').xdel(stream, position).exec()
  return true
}

async function lastGiven(store: Store, stream: string): Promise<string> {
  if ((await store.exists(stream)) === 0) return START
  const facts = (await store.xinfo('STREAM', stream)) as unknown[]
  return String(facts[facts.indexOf('last-generated-id') + 1])
}

/** How many entries wait, and when the oldest of them came (epoch ms; null when none waits). */
export async function readBacklog(
  store: Store,
  positions: Positions,
): Promise<{ waiting: number; oldestAt: number | null }> {
  const [next, lengths] = await Promise.all([
    readAfter(store, positions, 1),
    Promise.all(STREAMS.map((stream) => store.xlen(stream))),
  ])
  const times = next.map(({ id }) => Number(parts(id)[0]))
  return {
    waiting: next.length === 0 ? 0 : lengths.reduce((sum, length) => sum + length, 0),
    oldestAt: times.length === 0 ? null : Math.min(...times),
  }
}

type Reply = [stream: string, entries: [id: string, fields: string[]][]][] | null

function parts(id: string): [ms: bigint, seq: bigint] {
  const [ms = '0', seq = '0'] = id.split('-')
  return [BigInt(ms), BigInt(seq)]
}
