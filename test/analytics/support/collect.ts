import type { PlatformEvent } from '../../../core/domain/event.ts'
import { shardOf } from '../../../core/domain/nas.ts'
import type { Records } from '../../../core/records/database.ts'
import { foldPeaks } from '../../../core/records/peaks.ts'
import { foldReach } from '../../../core/records/reach-totals.ts'
import { encodeEvent } from '../../../core/store/events.ts'
import { BatchWriter } from '../../../analytics/collector/batch-writer.ts'
import { STREAMS, type Entry } from '../../../analytics/collector/streams.ts'
import { testKeys } from '../../support/stores.ts'
import { chances } from './crowd.ts'

const A_BATCH_MS = 3_600_000

/**
 * Writes events as they come, in batches of many sizes, each to the stream of its NAS, by a clock that goes with them; then
 * the jobs have their turn at \`until\`.
 */
export async function collect(
  records: Records,
  events: readonly PlatformEvent[],
  { seed = 1, until }: { seed?: number; until: number },
): Promise<void> {
  let now = 0
  const writer = new BatchWriter({ records, keys: testKeys, now: () => now })
  const chance = chances(seed)
  const { rows } = await records.query<{ last: string }>(
    "SELECT max(split_part(last_id, '-', 1)::bigint) AS last FROM collector_positions",
  )
  let id = Number(rows[0]?.last)
  for (let at = 0; at < events.length;) {
    now = Math.max(now, events[at]!.at)
    // What came hours later came in another batch.
    const most = events.slice(at, at + 1 + Math.floor(chance() * 400))
    const later = most.findIndex((event) => event.at > now + A_BATCH_MS)
    const some = later < 0 ? most : most.slice(0, later)
    await writer.write(
      some.map((event): Entry => {
        const nas = event.kind === 'session' ? event.session.nas : event.nas
        return { stream: STREAMS[shardOf(nas)]!, id: `${++id}-0`, text: encodeEvent(event) }
      }),
    )
    at += some.length
  }
  await foldReach(records)
  await foldPeaks(records, until)
}
