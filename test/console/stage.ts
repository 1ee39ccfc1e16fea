import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import type { FastifyInstance } from 'fastify'
import { createConsole, type ConsoleParts } from '../../console/app.ts'
import { createFigures } from '../../console/figures/figures.ts'
import type { Role } from '../../core/records/people.ts'
import { StaffStore } from '../../core/store/staff.ts'
import { Browser } from './browser.ts'
import { startPostgres } from '../../core/process/embedded/postgres.ts'
import { startRedis } from '../../core/process/embedded/redis.ts'
import { keysOf, type Keys } from '../../core/process/keys.ts'
import { readSettings } from '../../core/process/settings.ts'
import { openRecords, type Records } from '../../core/records/database.ts'
import { openStore, type Store } from '../../core/store/redis.ts'
import { followTables, publishTables, type LiveTables } from '../../core/store/tables.ts'
import type { Nas } from '../../core/domain/nas.ts'
import { createPreview } from '../../portal/preview.ts'
import type { Site } from '../../core/domain/site.ts'
import { removeDataFolder } from '../support/data-folder.ts'

/** A console with a Redis and a PostgreSQL of its own, on a clock that tests set. */
export interface Stage {
  readonly app: FastifyInstance
  readonly store: Store
  readonly records: Records
  readonly keys: Keys
  readonly redisUrl: string
  readonly databaseUrl: string
  /** What the console wrote to its log. */
  readonly logged: string[]
  now: number
  publish(sites: readonly Site[], nas: readonly Nas[]): Promise<void>
  /** Another console on the same stores, with some parts of it replaced. */
  console(parts: Partial<ConsoleParts>): Promise<FastifyInstance>
  /** Adds somebody whose password and second factor no test needs, and hands out a browser that is signed in as him. */
  enter(role: Role, sites?: readonly string[], headers?: Readonly<Record<string, string>>): Promise<Browser>
  /** Everything gone: sessions, counters, records. */
  clear(): Promise<void>
  stop(): Promise<void>
}

const preview = createPreview()
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** Thursday, 12 March 2026, 14:05 in Hà Nội. */
export const THURSDAY = Date.parse('2026-03-12T07:05:00Z')

export async function startStage({ trustedProxies = [] as readonly string[] } = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'console-'))
  // PostgreSQL runs as another user than root; a closed folder would send its data to /var/lib.
  chmodSync(folder, 0o755)
  const [redis, postgres] = await Promise.all([
    startRedis({ dataFolder: folder, log: quiet, install: true }),
    startPostgres({ dataFolder: folder, log: quiet }),
  ])
  const store = await openStore(redis.url)
  const records = await openRecords(postgres.url)
  const keys = keysOf(randomBytes(32).toString('base64'))
  const logged: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) })
  let tables: LiveTables = await followTables(store, keys, { failed: () => undefined })
  const stage = {
    store,
    records,
    keys,
    redisUrl: redis.url,
    databaseUrl: postgres.url,
    logged,
    now: THURSDAY,
    async publish(sites: readonly Site[], nas: readonly Nas[]) {
      await publishTables(store, keys, { sites, nas })
      await tables.stop()
      tables = await followTables(store, keys, { failed: () => undefined })
    },
    async clear() {
      await store.flushall()
      await records.query(
        'TRUNCATE people, tokens, audit, site_days, site_totals, site_day_counts, site_total_counts, device_counts, reach_sketches, reach_totals',
      )
      logged.length = 0
      stage.now = THURSDAY
      await stage.publish([], [])
    },
  }
  const another = (parts: Partial<ConsoleParts> = {}): Promise<FastifyInstance> =>
    createConsole({
      store,
      records,
      figures: createFigures(records, store),
      tables: () => tables.current,
      keys,
      log,
      now: () => stage.now,
      trustedProxies,
      alertsToken: null,
      reach: 'network',
      notReady: () => Promise.resolve(null),
      preview,
      setup: readSettings({}),
      portalUrl: 'http://wifi.hanoi.example',
      ...parts,
    })
  const app = await another()
  return Object.assign(stage, {
    app,
    console: another,
    async enter(role: Role, sites: readonly string[] = [], headers: Readonly<Record<string, string>> = {}) {
      await records.query(
        "INSERT INTO people (id, name, role, sites, password_hash, totp_sealed) VALUES ('p1', 'linh', $1, $2, 'none', 'none')",
        [role, sites],
      )
      const browser = new Browser(app, headers)
      browser.cookies.set('hotspot-staff', (await new StaffStore(store).open('p1', stage.now)).id)
      return browser
    },
    async stop() {
      await app.close()
      await tables.stop()
      await Promise.all([store.quit(), records.end()])
      await Promise.all([redis.stop(), postgres.stop()])
      removeDataFolder(folder)
    },
  })
}
