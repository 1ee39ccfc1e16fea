import { timingSafeEqual } from 'node:crypto'
import { AttributeType } from './attributes.ts'
import { PacketError } from './errors.ts'
import { Md5 } from './md5.ts'
import { sameOctets } from './octets.ts'
import type { Packet } from './packet.ts'
import { maxSecretOctets } from './secret.ts'
import type { SharedSecret } from './secret.ts'

/** Longest password in octets, for PAP as the RFC says and for CHAP likewise. @see RFC 2865 §5.2 */
const maxPasswordOctets = 128

/**
 * Whether the request's User-Password is `expected`. An empty expected password, one longer than 128 octets or ending in
 * NUL (which PAP cannot carry) is never right. All 128 octets are compared, in a time that does not tell where they differ.
 * @see RFC 2865 §5.2
 */
export const checkPap = (packet: Packet, secret: SharedSecret, expected: Buffer): boolean => {
  const octets = revealInto(packet, secret)
  if (octets === 0) return false
  const length = isPossible(expected) ? expected.length : 0
  for (let at = 0; at < length; at++) wanted[at] = expected[at] as number
  const same = sameOctets(revealed, 0, wanted, 0, maxPasswordOctets)
  wipe(wanted, length)
  wipe(revealed, octets)
  return same && length > 0
}

/**
 * Whether the request's CHAP-Password is the answer of someone who knows `expected`, to CHAP-Challenge or, without one, to
 * the Request Authenticator. An empty expected password, or one longer than 128 octets, is never right.
 * @see RFC 2865 §5.3, §5.40
 */
export const checkChap = (packet: Packet, expected: Buffer): boolean => {
  const response = packet.first(AttributeType.ChapPassword)
  if (response === undefined || response.length !== 17) return false
  const challenge = packet.first(AttributeType.ChapChallenge) ?? packet.authenticator
  // RFC 2865 §5.40: five octets or more. A challenge of none would let one answer be replayed for ever.
  if (challenge.length < 5) return false
  if (expected.length === 0 || expected.length > maxPasswordOctets) return false
  chapInto(response[0] as number, expected, challenge)
  return timingSafeEqual(digest, response.subarray(1))
}

/**
 * The password in a request's User-Password, its padding of NULs taken off; `undefined` if there is none, or it is not 16
 * to 128 octets in whole blocks. A wrong secret gives octets without meaning. A copy: the caller decides how long it lives.
 * @see RFC 2865 §5.2
 */
export const revealPassword = (packet: Packet, secret: SharedSecret): Buffer | undefined => {
  const octets = revealInto(packet, secret)
  if (octets === 0) return undefined
  let length = maxPasswordOctets
  while (length > 0 && revealed[length - 1] === 0) length--
  const password = Buffer.alloc(length)
  revealed.copy(password, 0, 0, length)
  wipe(revealed, octets)
  return password
}

/**
 * The value of User-Password for a request with this Request Authenticator: 16 to 128 octets.
 * Throws a `PacketError` for a password longer than 128 octets. @see RFC 2865 §5.2
 */
export const hidePassword = (
  password: Uint8Array,
  authenticator: Uint8Array,
  secret: SharedSecret,
): Buffer => {
  if (password.length > maxPasswordOctets) {
    const message = `PAP carries up to ${maxPasswordOctets} octets, this password has ${password.length}: choose a shorter one`
    throw new PacketError('password-malformed', message)
  }
  const hidden = Buffer.alloc(Math.max(blockOctets, (password.length + blockOctets - 1) & -blockOctets), 0)
  hidden.set(password)
  for (let at = 0; at < hidden.length; at += blockOctets) {
    if (at === 0) maskInto(secret, authenticator, 0)
    else maskInto(secret, hidden, at - blockOctets)
    for (let index = 0; index < blockOctets; index++) {
      hidden[at + index] = (hidden[at + index] as number) ^ (digest[index] as number)
    }
  }
  return hidden
}

/** The value of CHAP-Password: the CHAP identifier, one octet, and MD5(identifier + password + challenge). @see RFC 2865 §5.3 */
export const answerChap = (identifier: number, password: Uint8Array, challenge: Uint8Array): Buffer => {
  if (password.length > maxPasswordOctets || challenge.length > 253) {
    const message = `CHAP is for a password up to ${maxPasswordOctets} octets and a challenge up to 253: they have ${password.length} and ${challenge.length}`
    throw new PacketError('password-malformed', message)
  }
  chapInto(identifier, password, challenge)
  const value = Buffer.alloc(1 + digest.length)
  value[0] = identifier
  value.set(digest, 1)
  return value
}

const blockOctets = 16

/** All hold nothing between two calls, and passwords in clear are wiped before one returns. */
const md5 = new Md5(Math.max(maxSecretOctets + blockOctets, 1 + maxPasswordOctets + 253))
const digest = Buffer.alloc(blockOctets)
const revealed = Buffer.alloc(maxPasswordOctets)
const wanted = Buffer.alloc(maxPasswordOctets)

const isPossible = (expected: Buffer): boolean =>
  expected.length > 0 && expected.length <= maxPasswordOctets && expected[expected.length - 1] !== 0

/** A loop: for so few octets a call of fill() costs more. */
const wipe = (octets: Buffer, length: number): void => {
  for (let at = 0; at < length; at++) octets[at] = 0
}

/** Write the password and its padding to `revealed`, which holds nothing else; how many octets, 0 if there is no such attribute. */
const revealInto = (packet: Packet, secret: SharedSecret): number => {
  const { datagram } = packet
  const place = packet.place(AttributeType.UserPassword)
  const length = place === 0 ? 0 : (datagram[place + 1] as number) - 2
  if (length === 0 || length % blockOctets !== 0 || length > maxPasswordOctets) return 0
  const hidden = place + 2
  for (let at = 0; at < length; at += blockOctets) {
    maskInto(secret, datagram, at === 0 ? 4 : hidden + at - blockOctets)
    for (let index = 0; index < blockOctets; index++) {
      revealed[at + index] = (datagram[hidden + at + index] as number) ^ (digest[index] as number)
    }
  }
  return length
}

/** MD5(secret + sixteen octets of `source` from `from`), what one block is XORed with. */
const maskInto = (secret: SharedSecret, source: Uint8Array, from: number): void => {
  const { bytes } = secret
  const { message } = md5
  for (let index = 0; index < bytes.length; index++) message[index] = bytes[index] as number
  for (let index = 0; index < blockOctets; index++)
    message[bytes.length + index] = source[from + index] as number
  md5.digest(bytes.length + blockOctets, digest)
}

const chapInto = (identifier: number, password: Uint8Array, challenge: Uint8Array): void => {
  const { message } = md5
  message[0] = identifier
  message.set(password, 1)
  message.set(challenge, 1 + password.length)
  md5.digest(1 + password.length + challenge.length, digest)
  message.fill(0, 0, 1 + password.length)
}
