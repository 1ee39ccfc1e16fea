import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../../core/process/embedded/postgres.ts'
import { startRedis } from '../../core/process/embedded/redis.ts'
import { keysOf } from '../../core/process/keys.ts'
import { createLog } from '../../core/process/log.ts'
import { openRecords, type Records } from '../../core/records/database.ts'
import { openStore, type Store } from '../../core/store/redis.ts'
import { removeDataFolder } from './data-folder.ts'

/** What of tap these helpers need. */
export interface Test {
  teardown(work: () => unknown): void
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

export const testKeys = keysOf(Buffer.alloc(32, 7).toString('base64'))
export const silentLog = createLog('silent', 'test')

/** A folder that goes with the test. */
export function testFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-test-'))
  // PostgreSQL runs as another user than root; a closed folder would send its data to /var/lib.
  chmodSync(folder, 0o755)
  t.teardown(() => removeDataFolder(folder))
  return folder
}

export interface TestRedis {
  readonly url: string
  readonly folder: string
  /** Ends it, data on disk. */
  stop(): Promise<void>
  /** Starts it again on the same data. */
  start(): Promise<void>
}

export async function testRedis(t: Test): Promise<TestRedis> {
  const folder = testFolder(t)
  const start = () => startRedis({ dataFolder: folder, log: quiet, install: true })
  let running: Awaited<ReturnType<typeof start>> | null = await start()
  const redis = {
    url: running.url,
    folder,
    async stop() {
      await running?.stop()
      running = null
    },
    async start() {
      running ??= await start()
    },
  }
  t.teardown(() => redis.stop())
  return redis
}

export interface TestPostgres {
  /** An empty database of its own. */
  newDatabase(): Promise<string>
  stop(): Promise<void>
  start(): Promise<void>
}

export async function testPostgres(t: Test): Promise<TestPostgres> {
  const folder = testFolder(t)
  const start = () => startPostgres({ dataFolder: folder, log: quiet })
  let running: Awaited<ReturnType<typeof start>> | null = await start()
  const { url } = running
  let made = 0
  const postgres = {
    async newDatabase() {
      const name = `test_${++made}`
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(`CREATE DATABASE ${name}`)
      await client.end()
      return url.replace('/hotspot?', `/${name}?`)
    },
    async stop() {
      await running?.stop()
      running = null
    },
    async start() {
      running ??= await start()
    },
  }
  t.teardown(() => postgres.stop())
  return postgres
}

export async function testStore(t: Test, redis: TestRedis): Promise<Store> {
  const store = await openStore(redis.url)
  await store.flushall()
  t.teardown(() => store.disconnect())
  return store
}

export async function testRecords(t: Test, postgres: TestPostgres): Promise<Records> {
  const records = await openRecords(await postgres.newDatabase())
  t.teardown(() => records.end())
  return records
}

/** Waits until `holds` is true, looking often; fails after half a minute. */
export async function until(holds: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come true in half a minute`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
