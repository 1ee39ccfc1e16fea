import { Code } from '../packet/attributes.ts'
import { reply } from '../packet/encode.ts'
import type { Answer, Request } from './request.ts'

/** Says that this port works, and touches nothing else. @see RFC 5997 §4.2 */
export function handleStatus({ packet, nas }: Request, port: 'auth' | 'acct'): Answer {
  const code = port === 'auth' ? Code.AccessAccept : Code.AccountingResponse
  return { kind: 'answer', result: 'ok', bytes: reply(packet, code, [], nas.shared) }
}
