import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '../core/process/log.ts'
import type { Later } from '../core/store/later.ts'
import { isProbe } from './device.ts'

/** Whether what is sent is seen by a person. */
export const isSeen = ({ method, headers }: FastifyRequest): boolean =>
  method !== 'HEAD' && !isProbe(headers['user-agent'])

/** Work that waits until a page has left: what never reached a browser is not counted, and nobody waits for the counting. */
export class AfterReply {
  readonly #log: Logger
  #underWay = 0
  #settled: (() => void)[] = []

  constructor(log: Logger) {
    this.#log = log
  }

  /** Runs `work` once the page has left whole, with 200, for a browser with a person behind it. */
  add(request: FastifyRequest, reply: FastifyReply, work: () => Later<unknown>): void {
    if (!isSeen(request)) return
    reply.raw.once('finish', () => {
      if (reply.raw.statusCode === 200) this.run(work)
    })
  }

  /** Runs `work` at once: such a page has just left. */
  run(work: () => Later<unknown>): void {
    this.#underWay++
    let under: Later<unknown>
    try {
      under = work()
    } catch (error) {
      return this.#ended.failed(error)
    }
    under.hear(this.#ended)
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#settled.push(resolve))
  }

  readonly #ended = {
    heard: (): void => {
      if (--this.#underWay > 0) return
      for (const tell of this.#settled.splice(0)) tell()
    },
    failed: (error: unknown): void => {
      this.#log.warn({ err: error }, 'a page was not counted')
      this.#ended.heard()
    },
  }
}
