import { createInterface } from 'node:readline'
import type { RunningContainer } from './container.ts'

export interface WebAnswer {
  readonly error?: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Somebody in a namespace, who sends what the test tells. */
export class Peer {
  readonly #container: RunningContainer
  readonly #waiting = new Map<number, (answer: never) => void>()
  #asked = 0

  constructor(container: RunningContainer) {
    this.#container = container
    createInterface({ input: container.stdout }).on('line', (line) => {
      const { id, ...answer } = JSON.parse(line) as { id: number }
      this.#waiting.get(id)?.(answer as never)
      this.#waiting.delete(id)
    })
  }

  get(url: string, more: { ca?: string } = {}): Promise<WebAnswer> {
    return this.#ask({ kind: 'http', url, ...more })
  }

  udp(address: string, port: number, datagram: Buffer, tries = 8): Promise<{ hex?: string; error?: string }> {
    return this.#ask({ kind: 'udp', address, port, hex: datagram.toString('hex'), tries })
  }

  #ask<T>(question: object): Promise<T> {
    const id = this.#asked++
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#container.stdin.write(`${JSON.stringify({ id, ...question })}\n`)
    })
  }
}
