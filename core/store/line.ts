import { createConnection, type Socket } from 'node:net'
import { StoreError } from '../process/errors.ts'
import type { Running } from '../process/lifecycle.ts'
import { Later } from './later.ts'
import { openClientCommands, type Argument, type Commands, type Reply } from './redis.ts'
import { CommandWriter, RedisRefusal, ReplyReader } from './resp.ts'

/** How long Redis may owe an answer before the line counts as dead. */
const ANSWER_MS = 2000
const RECONNECT_MS = 100
const CONNECT_MS = 5000
/** Commands that may wait for an answer: past that Redis does not keep up, and more would only wait longer. */
const MOST_WAITING = 65_536
/** Commands that are sent at once: Redis works on them while the rest of the turn goes on. */
const MOST_HELD = 32
/** How long a command that nobody waits for may be held back. */
const UNHURRIED_MS = 5
/** Octets that are read from the socket at once. */
const READ_OCTETS = 64 * 1024

/**
 * A line to one Redis for the RADIUS path and for pages, four times cheaper a command than ioredis: all commands of a turn
 * of the event loop leave in one write, answers come back in order, and nothing is retried, since a NAS asks again. Where
 * Redis is a Cluster, behind Sentinel or behind TLS, ioredis does the same work.
 */
export interface Line extends Commands, Running {}

/** Opens a line; a lost one comes back by itself. @throws StoreError or SetupError when nothing answers. */
export async function openLine(url: string): Promise<Line> {
  const to = addressOf(url)
  if (to === null) return openClientCommands(url)
  const line = new SocketLine(to)
  await line.connected()
  return line
}

interface Address {
  readonly at: { path: string } | { host: string; port: number }
  /** Said first on each connection. */
  readonly greeting: readonly (readonly string[])[]
}

/** Where a plain Redis is; null for what only ioredis can reach. */
function addressOf(url: string): Address | null {
  if (url.startsWith('/')) return { at: { path: url }, greeting: [] }
  if (!/^(redis|unix):\/\//.test(url)) return null
  const { protocol, hostname, port, pathname, username, password } = new URL(url)
  const auth = password
    ? [['AUTH', ...(username ? [decodeURIComponent(username)] : []), decodeURIComponent(password)]]
    : []
  if (protocol === 'unix:') return { at: { path: decodeURIComponent(pathname) }, greeting: auth }
  const database = pathname.slice(1)
  return {
    at: { host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1', port: Number(port || 6379) },
    greeting: database ? [...auth, ['SELECT', database]] : auth,
  }
}

class SocketLine implements Line {
  readonly #to: Address
  #socket: Socket | null = null
  #ready = false
  #waiting: (Later<unknown> | undefined)[] = []
  /** Where the oldest command stands in `#waiting`; the slots before it are empty. */
  #oldest = 0
  /** When Redis last answered, or began to owe an answer (epoch ms). */
  #heardAt = 0
  readonly #unsent = new CommandWriter()
  /** How many commands were sent and are not answered. */
  #sent = 0
  /** Whether somebody waits for what is not sent yet. */
  #isUrgent = false
  #later: NodeJS.Timeout | undefined
  #wanted = false
  #again: NodeJS.Timeout | undefined
  readonly #watch: NodeJS.Timeout

  constructor(to: Address) {
    this.#to = to
    this.#watch = setInterval(() => this.#dropWhenMute(), ANSWER_MS / 4).unref()
  }

  call(command: string, ...args: Argument[]): Promise<Reply> {
    return this.ask<Reply>(command, args, asIs).then()
  }

  ask<T>(
    command: string,
    args: readonly Argument[],
    read: (reply: Reply) => T | Later<T>,
    isUrgent = true,
  ): Later<T> {
    const asked = new Later(read)
    if (!this.#ready) asked.failed(new StoreError('Redis is away'))
    else if (this.#waiting.length - this.#oldest >= MOST_WAITING)
      asked.failed(new StoreError('Redis does not keep up'))
    else this.#say(command, args, asked, isUrgent)
    return asked
  }

  async connected(): Promise<void> {
    await this.#connect()
    this.#wanted = true
  }

  /** Ends the line once all that was asked has been answered, or Redis is found not to answer; what is asked now is refused. */
  async stop(): Promise<void> {
    this.#wanted = false
    this.#ready = false
    this.#hurry()
    while (this.#waiting.length > 0) await new Promise((resume) => setTimeout(resume, 5))
    clearTimeout(this.#again)
    clearTimeout(this.#later)
    clearInterval(this.#watch)
    this.#fail('the line was closed')
  }

  #say(command: string, args: readonly Argument[], asked: Later<unknown>, isUrgent: boolean): void {
    this.#unsent.add(command, args)
    if (this.#waiting.length === 0) this.#heardAt = Date.now()
    this.#waiting.push(asked)
    if (this.#unsent.count === MOST_HELD) this.#hurry()
    else if (!isUrgent) this.#later ??= setTimeout(this.#hurryLate, UNHURRIED_MS)
    else if (!this.#isUrgent) {
      this.#isUrgent = true
      setImmediate(this.#send)
    }
  }

  #hurry(): void {
    if (this.#unsent.count === 0) return
    this.#isUrgent = true
    this.#send()
  }

  readonly #hurryLate = (): void => {
    this.#later = undefined
    this.#hurry()
  }

  /**
   * Sends what a turn of the event loop has asked for, in one write, or in a few of 32 commands. While Redis works on what
   * it was sent, fewer are held back until it has answered: the busier both are, the fewer and larger the writes.
   */
  readonly #send = (): void => {
    const { count } = this.#unsent
    if (count === 0 || !this.#isUrgent || (this.#sent > 0 && count < MOST_HELD)) return
    this.#sent += count
    this.#isUrgent = false
    const octets = this.#unsent.take()
    this.#socket?.write(octets, () => this.#unsent.giveBack(octets))
  }

  #answer(reply: Reply | RedisRefusal): void {
    const waiting = this.#waiting[this.#oldest]
    // An emptied slot lets go of its callbacks: what a long list keeps alive costs the collector most.
    this.#waiting[this.#oldest++] = undefined
    if (this.#oldest === this.#waiting.length) {
      this.#waiting.length = 0
      this.#oldest = 0
    } else if (this.#oldest > 4096) {
      this.#waiting = this.#waiting.slice(this.#oldest)
      this.#oldest = 0
    }
    if (--this.#sent === 0) setImmediate(this.#send)
    if (reply instanceof RedisRefusal) waiting?.failed(reply)
    else waiting?.heard(reply)
  }

  #connect(): Promise<void> {
    const reader = new ReplyReader((reply) => this.#answer(reply))
    // One buffer for all that comes: a stream would make one each time.
    const socket = createConnection({
      ...this.#to.at,
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_OCTETS),
        callback: (octets, buffer) => {
          this.#heardAt = Date.now()
          try {
            reader.push(buffer.subarray(0, octets) as Buffer)
          } catch (error) {
            socket.destroy(error as Error)
          }
          return true
        },
      },
    })
    let why = 'it closed the line'
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error(`no answer in ${CONNECT_MS} ms`)))
    socket.on('error', (error) => (why = error.message))
    return new Promise((resolve, reject) => {
      socket.once('connect', () => {
        Promise.all(this.#to.greeting.map((words) => this.#greet(words)))
          .then(() => {
            socket.setTimeout(0)
            this.#ready = true
            resolve()
          })
          .catch((error: Error) => socket.destroy(error))
      })
      socket.once('close', () => {
        this.#fail(`Redis is away (${why})`)
        reject(new StoreError(`Redis is away (${why})`))
        if (this.#wanted) this.#again = setTimeout(() => this.#tryAgain(), RECONNECT_MS)
      })
    })
  }

  #greet([command = '', ...args]: readonly string[]): PromiseLike<Reply> {
    const asked = new Later<Reply>()
    this.#say(command, args, asked, true)
    return asked
  }

  #tryAgain(): void {
    // Its closing asks for the next try.
    this.#connect().catch(() => undefined)
  }

  /** What was asked and not answered may or may not have been done: its callers are told that it failed. */
  #fail(why: string): void {
    this.#ready = false
    this.#unsent.giveBack(this.#unsent.take())
    this.#sent = 0
    this.#isUrgent = false
    const waiting = this.#waiting.slice(this.#oldest)
    this.#waiting = []
    this.#oldest = 0
    this.#socket?.destroy()
    for (const each of waiting) each?.failed(new StoreError(why))
  }

  /** A process that stood still itself finds answers that came meanwhile: those are read before Redis is judged. */
  #dropWhenMute(): void {
    if (!this.#isMute()) return
    setImmediate(() => {
      if (this.#isMute()) this.#fail('Redis does not answer')
    })
  }

  #isMute(): boolean {
    return this.#waiting.length > 0 && Date.now() - this.#heardAt > ANSWER_MS
  }
}

const asIs = (reply: Reply): Reply => reply
