import { join } from 'node:path'
import { freeUdpPort } from '../../../cli/run/free-port.ts'
import { startRedis } from '../../../core/process/embedded/redis.ts'
import { openStore, type Store } from '../../../core/store/redis.ts'
import { removeDataFolder } from '../../support/data-folder.ts'
import { gateways, type Visitor } from './city.ts'
import { eventsKey, passwordKey } from './freeradius-config.ts'
import { stepScript } from './freeradius.ts'
import { clearStore } from './ours.ts'

/** FreeRADIUS's own Redis: the same program with the same settings as ours, reached over TCP. */
export interface PeerRedis {
  readonly store: Store
  readonly port: number
  readonly pid: number
  /** How many events its steps appended. */
  events(): Promise<number>
  /** Forgets sessions and events; visitors and their passwords stay. */
  clear(): Promise<void>
  stop(): Promise<void>
}

export async function startPeerRedis(folder: string, visitors: readonly Visitor[]): Promise<PeerRedis> {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const dataFolder = join(folder, 'peer')
  const redis = await startRedis({ dataFolder, log: quiet, install: true })
  const store = await openStore(redis.url)
  // A port that UDP has free is nearly always free for TCP, too; Redis says so where it is not.
  const port = await freeUdpPort('127.0.0.1')
  await store.config('SET', 'bind', '127.0.0.1', 'port', port)
  await store.script('LOAD', stepScript())
  for (let i = 0; i < visitors.length; i += 1000)
    await Promise.all(
      visitors
        .slice(i, i + 1000)
        .map(({ grant, password }) => store.hset(passwordKey(grant.userName), 'password', password)),
    )
  return {
    store,
    port,
    pid: Number(/process_id:(\d+)/.exec(await store.info('server'))?.[1]),
    async events() {
      const lengths = await Promise.all(gateways.map(({ id }) => store.xlen(eventsKey(id))))
      return lengths.reduce((sum, length) => sum + length, 0)
    },
    clear: () => clearStore(store, (key) => !key.startsWith(passwordKey(''))),
    async stop() {
      store.disconnect()
      await redis.stop()
      removeDataFolder(dataFolder)
    },
  }
}
