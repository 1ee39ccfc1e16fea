import { keys, LIFETIME } from './keys.ts'
import type { Store } from './redis.ts'

/** openNDS takes this many clients a poll and reads only 1024 characters of the answer. */
const A_POLL = 4

/** Queues a client that authmon shall let in; `line` is what openNDS reads. */
export async function queueAuth(store: Store, nas: string, rhid: string, line: string): Promise<void> {
  const key = keys.openndsAuth(nas)
  await store.multi().hset(key, rhid, line).expire(key, LIFETIME.openndsAuth).exec()
}

/** The next clients to let in, at most four. */
export async function nextAuths(store: Store, nas: string): Promise<string[]> {
  return Object.values(await store.hgetall(keys.openndsAuth(nas))).slice(0, A_POLL)
}

/** Forgets clients that the gateway says it has let in; whoever still waits is queued again by his waiting page. */
export async function forgetAuths(store: Store, nas: string, rhids: readonly string[]): Promise<void> {
  if (rhids.length > 0) await store.hdel(keys.openndsAuth(nas), ...rhids)
}
