import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { SetupError } from '../process/errors.ts'

/** The records: a pool of PostgreSQL connections. Dates come as `YYYY-MM-DD`, bigints as strings. */
export type Records = pg.Pool

/** One connection with a transaction open. */
export type Transaction = pg.PoolClient

const DATE = 1082
/** Any number that nobody else uses: it keeps two processes from migrating at once. */
const MIGRATION_LOCK = 7_202_611

/**
 * Connects and brings the schema up to date.
 * @throws SetupError when the database does not answer.
 */
export async function openRecords(url: string, most = 8): Promise<Records> {
  const pool = new pg.Pool({
    connectionString: url,
    max: most,
    connectionTimeoutMillis: 5000,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === DATE
          ? (text: string) => text
          : (pg.types.getTypeParser as (oid: number, format?: string) => unknown)(oid, format),
    },
  })
  // A broken connection is replaced by the pool, and the next query tells if the database is gone. Without listeners of
  // their own, idle ones and those with a transaction open would end the whole process.
  pool.on('error', () => undefined)
  pool.on('connect', (connection) => connection.on('error', () => undefined))
  try {
    await migrate(pool)
  } catch (cause) {
    await pool.end()
    const shown = url.replace(/\/\/[^@/]*@/, '//[secret]@')
    throw new SetupError(
      'no-database',
      `PostgreSQL at ${shown} cannot be used (${(cause as Error).message}): start it, or set DATABASE_URL to one that runs.`,
      { cause },
    )
  }
  return pool
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(
  records: Records,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const client = await records.connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    // A connection in an unknown state is not returned to the pool.
    await client.query('ROLLBACK').then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    )
    throw error
  }
}

async function migrate(records: Records): Promise<void> {
  const folder = new URL('./migrations/', import.meta.url)
  const files = readdirSync(folder)
    .filter((file) => /^\d{4}-.*\.sql$/.test(file))
    .sort()
  await inTransaction(records, async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await transaction.query(
      'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
    )
    const { rows } = await transaction.query<{ name: string }>('SELECT name FROM migrations')
    const done = new Set(rows.map((row) => row.name))
    for (const file of files.filter((name) => !done.has(name))) {
      await transaction.query(readFileSync(new URL(file, folder), 'utf8'))
      await transaction.query('INSERT INTO migrations (name) VALUES ($1)', [file])
    }
  })
}
