import { AttributeType, Code } from '../packet/attributes.ts'
import { encodeRequest } from '../packet/encode.ts'
import type { Packet } from '../packet/packet.ts'
import type { SharedSecret } from '../packet/secret.ts'
import { integer, type Attribute } from '../packet/values.ts'
import { ask } from '../transport/ask.ts'
import { sourceAddress } from './source-address.ts'

/**
 * What a NAS said to a Disconnect-Request. `cause` is its Error-Cause (RFC 5176 §3.5). `unsent`: this machine has no such
 * address, or no way there.
 */
export type CoaResult =
  | { kind: 'ack' }
  | { kind: 'nak'; cause: number | null }
  | { kind: 'timeout' }
  | { kind: 'unsent'; error: unknown }

/** IRT, MRT, MRC and MRD of RFC 5080 §2.2.1. */
export interface Timers {
  readonly firstMs: number
  readonly mostMs: number
  readonly tries: number
  readonly allMs: number
}

export const CoaTimers: Timers = { firstMs: 2000, mostMs: 16_000, tries: 5, allMs: 30_000 }

interface Options {
  readonly now: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** The addresses that we are known by, as they are configured: a request leaves from one of them. */
  readonly from?: readonly string[] | undefined
  readonly timers?: Timers | undefined
}

/**
 * Sends a Disconnect-Request to a NAS and waits for a proved answer from there. What does not verify is passed over and
 * does not touch the timers. The same bytes go again on each try. @see RFC 5176 §2.3, RFC 5080 §2.2.1
 */
export async function sendDisconnect(
  to: { address: string; port: number },
  attributes: readonly Attribute[],
  secret: SharedSecret,
  { now, random, from = [], timers = CoaTimers }: Options,
): Promise<CoaResult> {
  const request = encodeRequest({
    code: Code.DisconnectRequest,
    identifier: Math.floor(random() * 256),
    // RFC 5176 §6.3: a time, so that an old request cannot be played again.
    attributes: [...attributes, integer(AttributeType.EventTimestamp, Math.floor(now() / 1000))],
    secret,
    messageAuthenticator: false,
  })
  try {
    const answer = await ask(
      { ...to, from: sourceAddress(to.address, from) },
      { request, secret, waits: waitsOf(timers, random) },
    )
    return answer ? resultOf(answer) : { kind: 'timeout' }
  } catch (error) {
    return { kind: 'unsent', error }
  }
}

/**
 * How long each try waits for its answer, in ms: doubling, up to the most, ±10 % each, all of them together no longer than
 * the exchange may last. @see RFC 5080 §2.2.1
 */
export function waitsOf({ firstMs, mostMs, tries, allMs }: Timers, random: () => number): number[] {
  const waits: number[] = []
  let wait = 0
  for (let left = allMs; left > 0 && waits.length < tries; left -= wait) {
    const chance = random() * 0.2 - 0.1
    const doubled = wait === 0 ? firstMs * (1 + chance) : wait * (2 + chance)
    wait = doubled > mostMs ? mostMs * (1 + chance) : doubled
    waits.push(Math.min(wait, left))
  }
  return waits
}

function resultOf(answer: Packet): CoaResult {
  if (answer.code === Code.DisconnectAck) return { kind: 'ack' }
  return { kind: 'nak', cause: answer.integer(AttributeType.ErrorCause) ?? null }
}
