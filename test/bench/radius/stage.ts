import { join } from 'node:path'
import { freshSeed, visitors } from './city.ts'
import { OurServer, type Bench } from './contenders.ts'
import type { PeerKind } from './freeradius-config.ts'
import { startOurs, type Ours } from './ours.ts'
import { startPeerRedis, type PeerRedis } from './peer-redis.ts'
import { PeerServer, type Effort } from './peer-server.ts'

export interface StageOptions {
  readonly workers: number
  /** Words for Node before our program. */
  readonly nodeWords: readonly string[]
}

/** The servers of the bench, started when they are first asked for, all ended together. */
export class Stage {
  readonly bench: Bench
  readonly #options: StageOptions
  readonly #ours = new Map<string, Promise<Ours>>()
  readonly #peers = new Map<string, PeerServer>()
  #peerRedis: Promise<PeerRedis> | null = null
  #crowd: ReturnType<typeof visitors> | null = null

  constructor(bench: Bench, options: StageOptions) {
    this.bench = bench
    this.#options = options
  }

  /** Our server with so many workers. */
  ours(workers = this.#options.workers): Promise<Ours> {
    return this.#kept(`ours-${workers}`, workers, this.#options.nodeWords)
  }

  /** Our server with its collector telling what it does, apart from the one that is timed. */
  tracedOurs(): Promise<Ours> {
    return this.#kept('ours-traced', this.#options.workers, ['--trace-gc'])
  }

  /** Another one of the same kind, for what both are asked in turns. */
  otherOurs(): Promise<Ours> {
    return this.#kept('ours-other', this.#options.workers, this.#options.nodeWords)
  }

  async ourServer(name = 'ours', workers?: number): Promise<OurServer> {
    return new OurServer(await this.ours(workers), this.bench, name)
  }

  /** FreeRADIUS of a kind, at the thread count that is its best for an effort. */
  async peer(kind: PeerKind, effort: Effort): Promise<PeerServer> {
    const { keys } = await this.ours()
    this.#crowd ??= visitors(keys, {
      seed: freshSeed(),
      from: 0,
      count: this.bench.visitors,
      now: Date.now(),
    })
    const redis = await this.peerRedis()
    const name = `${kind} ${effort}`
    const parts = { kind, bench: this.bench, redis, keys, crowd: this.#crowd }
    const peer = this.#peers.get(name) ?? new PeerServer(effort, parts)
    this.#peers.set(name, peer)
    return peer
  }

  peerRedis(): Promise<PeerRedis> {
    if (this.#crowd === null) throw new Error('the peer’s Redis is wanted before its visitors are known')
    this.#peerRedis ??= startPeerRedis(this.bench.folder, this.#crowd)
    return this.#peerRedis
  }

  /** The thread counts that the peers were found to be best with. */
  get threads(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#peers].flatMap(([name, { threads }]) => (threads === null ? [] : [[name, threads]])),
    )
  }

  async stopPeers(): Promise<void> {
    await Promise.all([...this.#peers.values()].map((peer) => peer.stop()))
  }

  async stopOurs(): Promise<void> {
    const all = [...this.#ours.values()]
    this.#ours.clear()
    for (const each of await Promise.allSettled(all)) if (each.status === 'fulfilled') await each.value.stop()
  }

  async close(): Promise<void> {
    await this.stopPeers()
    await this.stopOurs()
    await this.#peerRedis?.then(
      (redis) => redis.stop(),
      () => undefined,
    )
  }

  #kept(name: string, workers: number, nodeWords: readonly string[]): Promise<Ours> {
    const known = this.#ours.get(name)
    if (known) return known
    const starting = startOurs({ folder: join(this.bench.folder, name), workers, nodeWords })
    this.#ours.set(name, starting)
    return starting
  }
}
