import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Cluster, Redis } from 'ioredis'
import { SetupError } from '../process/errors.ts'
import type { Running } from '../process/lifecycle.ts'
import { Later } from './later.ts'

/** The live store. A Cluster answers the same commands as long as each step's keys share a hash tag. */
export type Store = Redis

/** What Redis answers: text, a number, nothing, or a list of these. */
export type Reply = string | number | null | Reply[]

export type Argument = string | number

/** One command at a time to the live store: what ioredis and the RADIUS path's own line both can. */
export interface Commands {
  /** @throws what Redis says against it, or StoreError when it is away. */
  call(command: string, ...args: Argument[]): Promise<unknown>
  /**
   * The same without promises, where there is a way: `read` makes of the reply what is told. What is not urgent goes along
   * with the next command that is, or alone some milliseconds later.
   */
  ask?<T>(
    command: string,
    args: readonly Argument[],
    read: (reply: Reply) => T | Later<T>,
    isUrgent?: boolean,
  ): Later<T>
}

/** Asks without promises where that can be. */
export const asked = <T>(
  store: Commands,
  command: string,
  args: readonly Argument[],
  read: (reply: Reply) => T | Later<T>,
  isUrgent = true,
): Later<T> =>
  store.ask
    ? store.ask(command, args, read, isUrgent)
    : Later.from(store.call(command, ...args) as Promise<Reply>).map(read)

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

/** The same commands through a client of their own, and how to end it. @throws SetupError as `openStore`. */
export async function openClientCommands(url: string): Promise<Commands & Running> {
  const client = await openStore(url)
  return {
    call: (command, ...args) => client.call(command, ...args),
    stop: async () => client.disconnect(),
  }
}

/** A Lua script of `lua/`, run by its digest, sent whole when the server does not know it. */
export function script(store: Commands, name: string, keys: number) {
  const lua = readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8')
  const digest = createHash('sha1').update(lua).digest('hex')
  return (...args: Argument[]): Later<Reply> => {
    args.unshift(digest, keys)
    return asked(store, 'EVALSHA', args, asIs).recover((error) => {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error
      return asked(store, 'EVAL', [lua, ...args.slice(1)], asIs)
    })
  }
}

const asIs = (reply: Reply): Reply => reply

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//[secret]@')

const late = (ms: number): Promise<never> =>
  new Promise((_, reject) => setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms).unref())
