import type { Mac } from '../domain/mac.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Store } from './redis.ts'

const GATEWAY = 'gateway'
const WRONG_CLOCK = 'wrong-clock'

/** Notes that a gateway spoke, and which access point it named. */
export async function noteHeard(store: Store, nas: string, ap: Mac | null, at: number): Promise<void> {
  const key = keys.heard(nas)
  const write = store.multi().hset(key, GATEWAY, at)
  if (ap) write.hset(key, ap, at)
  await write.expire(key, LIFETIME.heard).exec()
}

/** Notes that what a gateway signed bears a time that cannot be. */
export async function noteWrongClock(store: Store, nas: string, at: number): Promise<void> {
  const key = keys.heard(nas)
  await store.multi().hset(key, WRONG_CLOCK, at).expire(key, LIFETIME.heard).exec()
}

/** When a gateway and each of its access points were last heard, and when its clock was last seen to be wrong, epoch ms. */
export async function lastHeard(
  store: Store,
  nas: string,
): Promise<{
  gateway: number | null
  wrongClockAt: number | null
  accessPoints: ReadonlyMap<string, number>
}> {
  const { [GATEWAY]: gateway, [WRONG_CLOCK]: wrongClock, ...rest } = await store.hgetall(keys.heard(nas))
  return {
    gateway: gateway ? Number(gateway) : null,
    wrongClockAt: wrongClock ? Number(wrongClock) : null,
    accessPoints: new Map(Object.entries(rest).map(([ap, at]) => [ap, Number(at)])),
  }
}
