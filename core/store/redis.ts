import { readFileSync } from 'node:fs'
import { Cluster, Redis } from 'ioredis'
import { SetupError } from '../process/errors.ts'

/** The live store. A Cluster answers the same commands as long as each step's keys share a hash tag. */
export type Store = Redis

const CONNECT_MS = 5000

/**
 * Connects to `redis://`, `rediss://`, a Unix socket path, `redis+cluster://host,host` or
 * `redis+sentinel://host,host/master-name` and waits until it answers.
 * @throws SetupError when nothing answers within five seconds.
 */
export async function openStore(url: string): Promise<Store> {
  const client = connect(url)
  let last: Error | undefined
  const remember = (error: Error): void => {
    last = error
  }
  client.on('error', remember)
  try {
    await Promise.race([client.connect().then(() => client.ping()), late(CONNECT_MS)])
  } catch (cause) {
    client.disconnect()
    const why = last?.message ?? (cause as Error).message
    throw new SetupError(
      'no-redis',
      `Redis at ${withoutPassword(url)} does not answer (${why}): start it, or set REDIS_URL to one that runs.`,
      { cause },
    )
  }
  return client
}

function connect(url: string): Redis {
  const shared = {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    enableAutoPipelining: true,
    connectTimeout: CONNECT_MS,
  } as const
  const match = /^redis\+(cluster|sentinel):\/\/(?:([^@]*)@)?([^/]+)(?:\/(.*))?$/.exec(url)
  if (!match) {
    if (!url.startsWith('/') && !/^(rediss?|unix):\/\//.test(url))
      throw new SetupError(
        'bad-environment',
        'REDIS_URL takes redis://, rediss://, redis+cluster:// or redis+sentinel://.',
      )
    return new Redis(url, shared)
  }
  const nodes = match[3]!.split(',').map((node) => {
    const [host = '', port] = node.split(':')
    return { host, port: Number(port ?? (match[1] === 'cluster' ? 6379 : 26379)) }
  })
  const password = match[2] ? { password: decodeURIComponent(match[2].replace(/^[^:]*:/, '')) } : {}
  if (match[1] === 'sentinel')
    return new Redis({ ...shared, ...password, sentinels: nodes, name: match[4] || 'mymaster' })
  // Cluster and Redis share every command that this folder uses.
  return new Cluster(nodes, {
    lazyConnect: true,
    redisOptions: { ...shared, ...password },
  }) as unknown as Redis
}

/** A Lua script of `lua/`, run by its digest, sent whole when the server does not know it. */
export function script(store: Store, name: string, keys: number) {
  const lua = readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8')
  const command = `hotspot_${name.replaceAll('-', '_')}`
  store.defineCommand(command, { numberOfKeys: keys, lua })
  const run = (store as unknown as Record<string, (...args: (string | number)[]) => Promise<unknown>>)[
    command
  ]!
  return (...args: (string | number)[]): Promise<unknown> => run.apply(store, args)
}

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//[secret]@')

const late = (ms: number): Promise<never> =>
  new Promise((_, reject) => setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms).unref())
