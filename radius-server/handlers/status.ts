import { Code } from '../packet/attributes.ts'
import { reply } from '../packet/encode.ts'
import type { Answer, Request } from './request.ts'

/** A watchdog asks once in six seconds or more (RFC 3539 §3.4.1), and a NAS has a few of them at most. */
const MOST_A_SECOND = 10

/** Answers Status-Server: this port works. Touches nothing else. @see RFC 5997 §4.2 */
export class StatusHandler {
  /** What each NAS asked within one second of the clock. */
  readonly #asked = new Map<string, { second: number; times: number }>()

  handle({ packet, nas, receivedAt }: Request, port: 'auth' | 'acct'): Answer {
    if (!nas.statusServer) return { kind: 'drop', reason: 'status-server-off' }
    if (this.#isTooOften(nas.id, Math.floor(receivedAt / 1000)))
      return { kind: 'drop', reason: 'status-server-rate' }
    const code = port === 'auth' ? Code.AccessAccept : Code.AccountingResponse
    return { kind: 'answer', result: 'ok', bytes: reply(packet, code, [], nas.shared) }
  }

  #isTooOften(nas: string, second: number): boolean {
    const asked = this.#asked.get(nas)
    if (asked?.second !== second) {
      this.#asked.set(nas, { second, times: 1 })
      return false
    }
    return ++asked.times > MOST_A_SECOND
  }
}
