import { randomBytes } from 'node:crypto'
import type { Team } from '../../core/process/shared.ts'
import type { Role } from './messages.ts'

/** What the team needs of a process. */
interface Teammate {
  readonly peerPort: number | null
  tellPeers(ports: readonly (number | null)[]): void
}

const ROLE: Role = 'radius-server'

/** The RADIUS processes of this run: who is which, and who is told where the others are. One alone has no team. */
export class RadiusTeam {
  /** Names of the processes, in the order of their index. */
  readonly names: readonly string[]
  readonly #addresses: readonly string[]
  readonly #token = randomBytes(32).toString('base64')
  readonly #there = new Map<string, Teammate>()

  constructor(size: number, addresses: readonly string[]) {
    this.names = Array.from({ length: size }, (_, i) => `${ROLE} ${i + 1}`)
    this.#addresses = addresses
  }

  /** What a process is to know at its start; null for one that is no part of a team. */
  placeOf(name: string): Team | null {
    const index = this.names.indexOf(name)
    const size = this.names.length
    return index < 0 || size < 2 ? null : { index, size, token: this.#token, addresses: this.#addresses }
  }

  /** It can be passed datagrams from now on. */
  came(name: string, process: Teammate): void {
    if (process.peerPort === null || this.#there.get(name) === process) return
    this.#there.set(name, process)
    this.#tell()
  }

  /** It has ended or does not answer: the others answer what was its own. */
  went(name: string, process: Teammate): void {
    if (this.#there.get(name) !== process) return
    this.#there.delete(name)
    this.#tell()
  }

  #tell(): void {
    const ports = this.names.map((name) => this.#there.get(name)?.peerPort ?? null)
    for (const each of this.#there.values()) each.tellPeers(ports)
  }
}
