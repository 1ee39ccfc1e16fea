import { maxPacketOctets } from './accept.ts'
import { hmacMd5 } from './hmac-md5.ts'
import { Md5 } from './md5.ts'
import { maxSecretOctets } from './secret.ts'
import type { SharedSecret } from './secret.ts'

/** Octets of every authenticator, and of an MD5. */
export const digestOctets = 16

/**
 * The digests of a packet: lay it down, blank or replace the sixteen octets that were not there when it was signed, then
 * take one or both. One sheet serves all packets, one after another: the digest returned holds until the next is taken.
 */
export class PacketDigests {
  readonly #md5 = new Md5(maxPacketOctets + maxSecretOctets)
  readonly #digest = Buffer.alloc(digestOctets)
  #length = 0

  /** Lay down the first `length` octets of a packet. */
  lay(packet: Buffer, length: number): void {
    this.#md5.message.set(packet)
    this.#length = length
  }

  /** Sixteen zero octets at `at`. */
  blank(at: number): void {
    const message = this.#md5.message
    for (let index = 0; index < digestOctets; index++) message[at + index] = 0
  }

  /** The sixteen octets of `source` from `from` on, at `at`. */
  place(at: number, source: Buffer, from: number): void {
    const message = this.#md5.message
    for (let index = 0; index < digestOctets; index++) message[at + index] = source[from + index] as number
  }

  /** The Message-Authenticator at `at`, where sixteen zero octets were, here and in the packet itself. @see RFC 3579 §3.2 */
  sign(packet: Buffer, at: number, secret: SharedSecret): void {
    this.place(at, this.messageAuthenticator(secret), 0)
    copyDigest(this.#digest, packet, at)
  }

  /** MD5 of the packet and the secret behind it, at `at` of the packet itself. @see RFC 2865 §3, RFC 2866 §3 */
  authenticate(packet: Buffer, at: number, secret: SharedSecret): void {
    copyDigest(this.authenticator(secret), packet, at)
  }

  /** MD5 of the packet and the secret behind it: a Request or Response Authenticator. @see RFC 2865 §3, RFC 2866 §3 */
  authenticator(secret: SharedSecret): Buffer {
    const { bytes } = secret
    const message = this.#md5.message
    for (let index = 0; index < bytes.length; index++) message[this.#length + index] = bytes[index] as number
    this.#md5.digest(this.#length + bytes.length, this.#digest)
    return this.#digest
  }

  /** HMAC-MD5 of the packet: a Message-Authenticator. @see RFC 3579 §3.2 */
  messageAuthenticator(secret: SharedSecret): Buffer {
    hmacMd5(this.#md5, this.#length, secret.pads, this.#digest)
    return this.#digest
  }
}

/** Sixteen octets: a call of set() costs more. */
const copyDigest = (digest: Buffer, into: Buffer, at: number): void => {
  for (let index = 0; index < digestOctets; index++) into[at + index] = digest[index] as number
}
