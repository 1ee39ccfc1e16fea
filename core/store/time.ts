import { SHARDS } from '../domain/nas.ts'
import { keys } from './keys.ts'
import { script, type Store } from './redis.ts'

/**
 * Lets time pass in a store of our own that is played with: from then on the event streams count from `to` (epoch ms), and
 * every lifetime is shorter by `by` milliseconds. Looks at each key, so it is for no store that others use.
 */
export function timePasser(store: Store): (to: number, by: number) => Promise<void> {
  const streams = Array.from({ length: SHARDS }, (_, shard) => keys.events(shard))
  const pass = script(store, 'time-pass', streams.length)
  return async (to, by) => {
    await pass(...streams, to, by)
  }
}
