import type { Mac } from '../domain/mac.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Store } from './redis.ts'

/** Wrong codes that a device may type in a minute. */
const MOST = 5

/** True when a device at a NAS has typed too many wrong codes within the minute. */
export const tooManyTries = async (store: Store, nas: string, mac: Mac): Promise<boolean> =>
  Number((await store.get(keys.tries(nas, mac))) ?? 0) >= MOST

/** Counts a wrong code. */
export async function countTry(store: Store, nas: string, mac: Mac): Promise<void> {
  const key = keys.tries(nas, mac)
  await store.multi().incr(key).expire(key, LIFETIME.tries).exec()
}

/** True the first time a NAS uses a nonce; a replay is false for ten minutes, longer than a signature's time is believed. */
export const firstUse = async (store: Store, nas: string, nonce: string): Promise<boolean> =>
  (await store.set(keys.nonce(nas, nonce), '1', 'EX', LIFETIME.nonce, 'NX')) === 'OK'
