import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '../core/process/log.ts'
import { isProbe } from './device.ts'

/** Work that waits until a page has left: what never reached a browser is not counted, and nobody waits for the counting. */
export class AfterReply {
  readonly #log: Logger
  readonly #underWay = new Set<Promise<void>>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** Runs `work` once the page has left whole, with 200, for a browser with a person behind it. */
  add(request: FastifyRequest, reply: FastifyReply, work: () => Promise<void>): void {
    if (request.method === 'HEAD' || isProbe(request.headers['user-agent'])) return
    reply.raw.once('finish', () => {
      if (reply.raw.statusCode !== 200) return
      const running = work().catch((error: unknown) =>
        this.#log.warn({ err: error }, 'a page was not counted'),
      )
      this.#underWay.add(running)
      void running.finally(() => this.#underWay.delete(running))
    })
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay)
  }
}
