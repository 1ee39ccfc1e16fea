import type { Running } from '../../core/process/lifecycle.ts'
import { openStore } from '../../core/store/redis.ts'
import { timePasser } from '../../core/store/time.ts'
import type { Child } from './child.ts'

/** The clock of a platform whose days are played: all its processes and Redis go by it. */
export interface PlayedClock extends Running {
  readonly now: () => number
  /** @throws Error when a process did not follow. */
  set(at: number, work: boolean): Promise<void>
}

/** A clock that stands at a moment (epoch ms) until it is set. */
export async function playedClock(
  at: number,
  redisUrl: string,
  children: ReadonlyMap<string, Child>,
): Promise<PlayedClock> {
  const store = await openStore(redisUrl)
  const pass = timePasser(store)
  await pass(at, 0)
  let now = at
  let aged = at
  return {
    now: () => now,
    async set(to, work) {
      now = to
      // What ends a lifetime is looked for with the work alone: it costs a look at every key.
      await pass(to, work ? to - aged : 0)
      if (work) aged = to
      const followed = await Promise.all([...children.values()].map((child) => child.setClock(to, work)))
      if (followed.includes(false)) throw new Error('a process did not follow the clock')
    },
    stop: async () => store.disconnect(),
  }
}
