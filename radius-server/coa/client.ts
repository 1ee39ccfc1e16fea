import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { accept, responses } from '../packet/accept.ts'
import { AttributeType, Code } from '../packet/attributes.ts'
import { verifyResponse } from '../packet/authenticators.ts'
import { encodeRequest } from '../packet/encode.ts'
import type { Packet } from '../packet/packet.ts'
import type { SharedSecret } from '../packet/secret.ts'
import { integer, type Attribute } from '../packet/values.ts'

/** What a NAS said to a Disconnect-Request. `cause` is its Error-Cause (RFC 5176 §3.5). */
export type CoaResult = { kind: 'ack' } | { kind: 'nak'; cause: number | null } | { kind: 'timeout' }

/** RFC 5080 §2.2.1, shortened: a visitor who taps "Disconnect" waits for it. */
export interface Timers {
  readonly firstMs: number
  readonly mostMs: number
  readonly tries: number
}

export const CoaTimers: Timers = { firstMs: 2000, mostMs: 16_000, tries: 5 }

/**
 * Sends a Disconnect-Request to a NAS and waits for a proved answer; what does not verify is passed over and does not
 * touch the timers. The same bytes go again on each try. @see RFC 5176 §2.3, RFC 5080 §2.2.1
 */
export async function sendDisconnect(
  to: { address: string; port: number },
  attributes: readonly Attribute[],
  secret: SharedSecret,
  options: { now: () => number; random: () => number; timers?: Timers },
): Promise<CoaResult> {
  const request = encodeRequest({
    code: Code.DisconnectRequest,
    identifier: Math.floor(options.random() * 256),
    // RFC 5176 §6.3: a time, so that an old request cannot be played again.
    attributes: [...attributes, integer(AttributeType.EventTimestamp, Math.floor(options.now() / 1000))],
    secret,
    messageAuthenticator: false,
  })
  const socket = createSocket(isIPv6(to.address) ? 'udp6' : 'udp4')
  try {
    return await exchange(socket, to, request, secret, options)
  } finally {
    socket.close()
  }
}

function exchange(
  socket: Socket,
  to: { address: string; port: number },
  request: Buffer,
  secret: SharedSecret,
  { random, timers = CoaTimers }: { random: () => number; timers?: Timers },
): Promise<CoaResult> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout
    const finish = (result: CoaResult): void => {
      clearTimeout(timer)
      resolve(result)
    }
    let left = timers.tries
    const attempt = (waitMs: number): void => {
      if (left-- === 0) return finish({ kind: 'timeout' })
      socket.send(request, to.port, to.address)
      // RAND ±10 %, doubling up to the most.
      timer = setTimeout(() => attempt(Math.min(waitMs * 2, timers.mostMs)), waitMs * (0.9 + random() * 0.2))
    }
    socket.on('error', () => finish({ kind: 'timeout' }))
    socket.on('message', (datagram) => {
      const answer = accept(datagram, responses)
      if (typeof answer !== 'string' && verifyResponse(answer, request, secret) === 'proved')
        finish(resultOf(answer))
    })
    attempt(timers.firstMs)
  })
}

function resultOf(answer: Packet): CoaResult {
  if (answer.code === Code.DisconnectAck) return { kind: 'ack' }
  return { kind: 'nak', cause: answer.integer(AttributeType.ErrorCause) ?? null }
}
