import { createHmac, timingSafeEqual } from 'node:crypto'
import { Code } from '../packet/attributes.ts'
import type { Packet } from '../packet/packet.ts'

/** Reserved for implementations, never sent by a gateway in good faith. @see RFC 2865 §5 */
export const TEST_LOGIN = 224

/** How long a test login may be on its way, within one machine or one team of them. */
const FRESH_SECONDS = 30
const TIME_OCTETS = 4
const DIGEST_OCTETS = 32

/** What shows that a request with this authenticator is our own test login in the name of a NAS. `now` is epoch ms. */
export function testLoginProof(key: Buffer, nas: string, authenticator: Buffer, now: number): Buffer {
  const time = Buffer.alloc(TIME_OCTETS)
  time.writeUInt32BE(Math.floor(now / 1000))
  const named = Buffer.concat([time, Buffer.from(nas)])
  return Buffer.concat([digest(key, authenticator, named), named])
}

/**
 * The NAS in whose name a request was sent by ourselves just now, or null: then it is a request like any other. The proof
 * is an HMAC over the request's authenticator, the time and the NAS, under a key that never leaves the platform.
 */
export function testedNas(key: Buffer, packet: Packet, now: number): string | null {
  if (packet.code !== Code.AccessRequest) return null
  const proof = packet.first(TEST_LOGIN)
  if (proof === undefined || proof.length <= DIGEST_OCTETS + TIME_OCTETS) return null
  const named = proof.subarray(DIGEST_OCTETS)
  const expected = digest(key, packet.authenticator, named)
  if (!timingSafeEqual(expected, proof.subarray(0, DIGEST_OCTETS))) return null
  const isFresh = Math.abs(now / 1000 - named.readUInt32BE()) <= FRESH_SECONDS
  return isFresh ? named.toString('utf8', TIME_OCTETS) : null
}

const digest = (key: Buffer, authenticator: Buffer, named: Buffer): Buffer =>
  createHmac('sha256', key).update(authenticator).update(named).digest()
