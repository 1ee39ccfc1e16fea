import { inspect } from 'node:util'
import { PacketError } from './errors.ts'
import { hmacPads } from './hmac-md5.ts'
import type { HmacPads } from './hmac-md5.ts'

/** Longest secret in octets: room kept behind a packet where it is hashed. RFC 2865 names no limit; NASes stop far below. */
export const maxSecretOctets = 256

/**
 * What a NAS and we both know. Its bytes are copied in, its HMAC pads computed once, and it prints `[secret]` wherever
 * it is logged, joined into a string or turned into JSON. Whether it is long enough is for configuration to judge.
 *
 * Throws a `PacketError` on an empty secret (RFC 2865 §3: it MUST NOT be) or one longer than `maxSecretOctets`.
 */
export class SharedSecret {
  readonly #bytes: Buffer
  readonly #pads: HmacPads

  constructor(bytes: Uint8Array) {
    if (bytes.length === 0 || bytes.length > maxSecretOctets) {
      const message = `a shared secret has 1 to ${maxSecretOctets} octets, this one has ${bytes.length}: set another`
      throw new PacketError('secret-malformed', message)
    }
    this.#bytes = Buffer.alloc(bytes.length, bytes)
    this.#pads = hmacPads(bytes)
  }

  /** The secret itself: for hashing, never for a log or a message. */
  get bytes(): Buffer {
    return this.#bytes
  }

  /** The secret as the key of HMAC-MD5. */
  get pads(): HmacPads {
    return this.#pads
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
