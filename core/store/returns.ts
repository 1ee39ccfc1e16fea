import type { Mac } from '../domain/mac.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Store } from './redis.ts'

/**
 * Counts that a device at a NAS was sent to the portal: how often within this minute, this time included. What comes
 * `granted`, after the visitor was already let in, is counted apart from what comes `asked`, before.
 */
export async function countReturn(
  store: Store,
  nas: string,
  mac: Mac,
  since: 'asked' | 'granted',
): Promise<number> {
  const key = keys.returns(nas, mac, since)
  const replies = await store.multi().set(key, 0, 'EX', LIFETIME.returns, 'NX').incr(key).exec()
  return Number(replies?.[1]?.[1] ?? 0)
}
