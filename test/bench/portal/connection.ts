import { createConnection, type Socket } from 'node:net'

/** An answer of a web server, whole. */
export interface Answer {
  readonly status: number
  readonly head: string
  readonly body: Buffer
}

const END_OF_HEAD = '\r\n\r\n'
const NOTHING = Buffer.alloc(0)

/**
 * A phone's connection, one request at a time. It reads what our servers write, heads with Content-Length, and no more
 * of HTTP than that: what the load takes of the machine is lost to what it measures.
 */
export class Connection {
  readonly #socket: Socket
  #held: Buffer[] = []
  #holds = 0
  #head: string | null = null
  #wanted = 0
  #answered: ((answer: Answer | null) => void) | null = null

  constructor(port: number) {
    this.#socket = createConnection({ host: '127.0.0.1', port, noDelay: true })
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', () => this.#finish(null))
  }

  /** Sends a request; null in place of an answer when the connection breaks before it is whole. */
  ask(request: Buffer, answered: (answer: Answer | null) => void): void {
    if (this.#socket.destroyed) return answered(null)
    this.#answered = answered
    this.#socket.write(request)
  }

  get isClosed(): boolean {
    return this.#socket.destroyed
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    this.#held.push(chunk)
    this.#holds += chunk.length
    if (this.#head === null) this.#readHead()
    if (this.#head === null || this.#holds < this.#wanted) return
    const body = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held)
    const head = this.#head
    this.#finish({ status: Number(head.slice(9, 12)), head, body })
  }

  #readHead(): void {
    const all = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held)
    const end = all.indexOf(END_OF_HEAD)
    if (end < 0) return
    const head = all.toString('latin1', 0, end)
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
    this.#head = head
    // Without it nobody but the end of the connection could say where the answer ends.
    this.#wanted = length === undefined ? Infinity : Number(length)
    const rest = all.subarray(end + END_OF_HEAD.length)
    this.#held = rest.length > 0 ? [rest] : []
    this.#holds = rest.length
    if (this.#wanted === 0) this.#held = [NOTHING]
  }

  #finish(answer: Answer | null): void {
    const answered = this.#answered
    this.#answered = null
    this.#held = []
    this.#holds = 0
    this.#head = null
    answered?.(answer)
  }
}
