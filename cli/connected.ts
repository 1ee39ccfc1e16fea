import { keysOf, type Keys } from '../core/process/keys.ts'
import { readSettings, type Settings } from '../core/process/settings.ts'
import { openRecords, type Records } from '../core/records/database.ts'
import { openStore, type Store } from '../core/store/redis.ts'
import { runningServices } from './run/services.ts'

/** The stores of the platform that runs. */
export interface Connected {
  readonly settings: Settings
  readonly keys: Keys
  readonly records: Records
  readonly store: Store
  /** Epoch ms; beside a platform whose clock stands, HOTSPOT_CLOCK says when it is. */
  readonly now: () => number
}

/** Who the audit says it was, for what is done on the command line. */
export const ON_COMMAND_LINE = 'command line'

/**
 * Connects to the stores of the running platform for one piece of work.
 * @throws SetupError when nothing runs.
 */
export async function connected<T>(work: (to: Connected) => Promise<T>): Promise<T> {
  const settings = readSettings(process.env)
  const { redisUrl, databaseUrl, masterKey } = runningServices(settings)
  const records = await openRecords(databaseUrl, 2)
  try {
    const store = await openStore(redisUrl)
    try {
      const now = (): number => settings.clock ?? Date.now()
      return await work({ settings, keys: keysOf(masterKey), records, store, now })
    } finally {
      store.disconnect()
    }
  } finally {
    await records.end()
  }
}
