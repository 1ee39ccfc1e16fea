import type { TestLogin } from '../domain/test-login.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Store } from './redis.ts'

/** Notes how a test login in the name of a NAS ended. */
export async function noteTestLogin(
  store: Store,
  nas: string,
  { at, result }: Pick<TestLogin, 'at' | 'result'>,
): Promise<void> {
  const key = keys.testLogin(nas)
  const write = store.multi().hset(key, { at, result })
  if (result === 'passed') write.hset(key, 'passedAt', at)
  await write.expire(key, LIFETIME.testLogin).exec()
}

/** The last test login in the name of a NAS; null before the first. */
export async function lastTestLogin(store: Store, nas: string): Promise<TestLogin | null> {
  const { at, result, passedAt } = await store.hgetall(keys.testLogin(nas))
  if (!at || !result) return null
  return {
    at: Number(at),
    result: result as TestLogin['result'],
    passedAt: passedAt ? Number(passedAt) : null,
  }
}
