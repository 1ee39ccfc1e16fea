import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Embedded } from '../../core/process/embedded/embedded.ts'
import { startPostgres } from '../../core/process/embedded/postgres.ts'
import { startRedis } from '../../core/process/embedded/redis.ts'
import { SetupError } from '../../core/process/errors.ts'
import { localMasterKey } from '../../core/process/keys.ts'
import type { Settings } from '../../core/process/settings.ts'

/** The two stores and the key, as the command line and the processes use them. */
export interface Services {
  readonly redisUrl: string
  readonly databaseUrl: string
  readonly masterKey: string
  readonly describe: { readonly redis: string; readonly database: string }
  stop(): Promise<void>
}

const FILE = 'services.json'

/** Redis and PostgreSQL from the environment, or embedded ones in the data folder; what was started is stopped again. */
export async function startServices(settings: Settings, say: (line: string) => void): Promise<Services> {
  makeFolder(settings.dataFolder)
  const masterKey = masterKeyOf(settings)
  const started: Embedded[] = []
  const stop = async (): Promise<void> => {
    rmSync(join(settings.dataFolder, FILE), { force: true })
    await Promise.all(started.map((each) => each.stop()))
  }
  const log = { info: say, warn: say, error: say }
  const keep = async (starting: Promise<Embedded>): Promise<Embedded> => {
    const each = await starting
    started.push(each)
    return each
  }
  try {
    const install = process.env.HOTSPOT_NO_INSTALL !== '1'
    const { dataFolder } = settings
    const outcomes = await Promise.allSettled([
      settings.redisUrl ?? keep(startRedis({ dataFolder, log, install })),
      settings.databaseUrl ?? keep(startPostgres({ dataFolder, log })),
    ])
    const [redis, database] = outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    }) as [string | Embedded, string | Embedded]
    const services: Services = {
      redisUrl: typeof redis === 'string' ? redis : redis.url,
      databaseUrl: typeof database === 'string' ? database : database.url,
      masterKey,
      describe: {
        redis: typeof redis === 'string' ? 'REDIS_URL' : redis.describe,
        database: typeof database === 'string' ? 'DATABASE_URL' : database.describe,
      },
      stop,
    }
    writeByRename(join(dataFolder, FILE), { redisUrl: services.redisUrl, databaseUrl: services.databaseUrl })
    return services
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * The stores of a platform that runs, for a command beside it.
 * @throws SetupError when nothing runs in this data folder.
 */
export function runningServices(
  settings: Settings,
): Pick<Services, 'redisUrl' | 'databaseUrl' | 'masterKey'> {
  let written: { redisUrl: string; databaseUrl: string } | null = null
  try {
    written = JSON.parse(readFileSync(join(settings.dataFolder, FILE), 'utf8')) as {
      redisUrl: string
      databaseUrl: string
    }
  } catch {
    // No file: then the environment must say where the stores are.
  }
  const redisUrl = settings.redisUrl ?? written?.redisUrl
  const databaseUrl = settings.databaseUrl ?? written?.databaseUrl
  if (!redisUrl || !databaseUrl)
    throw new SetupError(
      'not-running',
      `Nothing runs in ${settings.dataFolder}: start the platform with npm start, or set HOTSPOT_DATA to the folder of the one that runs.`,
    )
  return { redisUrl, databaseUrl, masterKey: masterKeyOf(settings) }
}

/** Writes JSON that readers see whole or not at all, readable by its owner only. */
export function writeByRename(file: string, value: object): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

function masterKeyOf(settings: Settings): string {
  if (settings.key) return settings.key
  if (!settings.loopbackOnly)
    throw new SetupError(
      'no-key',
      'HOTSPOT_HOST goes beyond loopback, so HOTSPOT_KEY must be set: 32 bytes in base64, such as `head -c 32 /dev/urandom | base64` makes.',
    )
  return localMasterKey(settings.dataFolder)
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, '.writable'), '')
    rmSync(join(folder, '.writable'))
  } catch (cause) {
    throw new SetupError(
      'no-data-folder',
      `The data folder ${folder} cannot be written (${(cause as NodeJS.ErrnoException).code}): set HOTSPOT_DATA to a folder of yours.`,
      { cause },
    )
  }
}
