// A collector in a process of its own that stops at a point of its work, says so and waits to be killed:
// `collector-child.ts REDIS_URL DATABASE_URL POINT`.
import { openRecords, type Records } from '../../../core/records/database.ts'
import { openStore, type Store } from '../../../core/store/redis.ts'
import { startCollector } from '../../../analytics/collector/collector.ts'
import { silentLog, testKeys } from '../../support/stores.ts'

const [redisUrl = '', databaseUrl = '', point = ''] = process.argv.slice(2)

const stay = (): Promise<never> => {
  process.send?.(point)
  return new Promise<never>(() => undefined)
}

const opened = await openStore(redisUrl)
const store: Store = new Proxy(opened, {
  get: (target, name): unknown =>
    name === 'xdel' && point === 'after the commit' ? stay : Reflect.get(target, name, target),
})

const pool = await openRecords(databaseUrl)
const records: Records = new Proxy(pool, {
  // The pool's own `query` must not meet our `connect`.
  get: (target, name): unknown =>
    name === 'connect'
      ? connect
      : name === 'query'
        ? pool.query.bind(pool)
        : Reflect.get(target, name, target),
})

async function connect() {
  if (point === 'before the transaction') return stay()
  const client = await pool.connect()
  return new Proxy(client, {
    get(target, name): unknown {
      if (name !== 'query') return Reflect.get(target, name, target)
      return (text: string, values: unknown[]) =>
        point === 'in the transaction' && text.startsWith('UPDATE collector_positions')
          ? stay()
          : target.query(text, values)
    },
  })
}

startCollector({ store, records, keys: testKeys, log: silentLog, now: Date.now })
