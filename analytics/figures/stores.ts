import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Records } from '../../core/records/database.ts'
import type { Store } from '../../core/store/redis.ts'

/** Which of the two stores answer. */
export interface StoresThere {
  readonly redis: boolean
  readonly postgresql: boolean
}

/** A store that takes longer than this to say that it is there is not. */
const PATIENCE_MS = 2000

/** Asks both stores; within two seconds, whatever they do. */
export async function storesThere(store: Store, records: Records): Promise<StoresThere> {
  const [redis, postgresql] = await Promise.all([
    answers(() => store.ping()),
    answers(() => records.query('SELECT 1')),
  ])
  return { redis, postgresql }
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  // A process that stood still reads what came meanwhile before it says that nothing did.
  const late = sleep(PATIENCE_MS, undefined, { ref: false }).then(() => nextTurn(false))
  const answered = ask().then(
    () => true,
    () => false,
  )
  return Promise.race([answered, late])
}
