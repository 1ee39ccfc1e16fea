import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { AttributeType } from './attributes.ts'
import { desEncrypt } from './des.ts'
import { md4 } from './md4.ts'
import type { Packet } from './packet.ts'
import type { Attribute } from './values.ts'

/** Microsoft's enterprise number and its attributes for MS-CHAP. @see RFC 2548 §2 */
const microsoft = 311
const msChapResponse = 1
const msChapError = 2
const msChapChallenge = 11
const msChap2Response = 25
const msChap2Success = 26

/** Whether the request carries the response of MS-CHAP, of version 1 or 2. @see RFC 2548 §2.1.3, §2.3.2 */
export const hasMsChapV1 = (packet: Packet): boolean => packet.vendor(microsoft, msChapResponse) !== undefined
export const hasMsChapV2 = (packet: Packet): boolean =>
  packet.vendor(microsoft, msChap2Response) !== undefined

/**
 * The MS-CHAP2-Success for someone who knows `password`: it shows the other side that we know it, too. `undefined` where
 * the request's MS-CHAP2-Response is another's, malformed, or without a challenge of 16 octets. An empty password, or one
 * of more than 256 characters, is never right.
 *
 * Ident, Flags and Reserved are not judged: CoovaChilli (redir.c) sends what happens to lie in its memory.
 * @see RFC 2759 §8, RFC 2548 §2.3.2
 */
export const checkMsChapV2 = (packet: Packet, password: string): Attribute | undefined => {
  const response = packet.vendor(microsoft, msChap2Response)
  const authenticatorChallenge = packet.vendor(microsoft, msChapChallenge)
  if (response?.length !== responseOctets || authenticatorChallenge?.length !== challengeOctets)
    return undefined
  if (password === '' || password.length > maxPasswordUnits) return undefined
  const given = response.subarray(26)
  const hash = passwordHash(password)
  for (const name of typedNames(packet)) {
    const challenge = challengeHash(response.subarray(2, 18), authenticatorChallenge, name)
    const wanted = Buffer.concat([0, 7, 14].map((at) => desEncrypt(challenge, hash.subarray(at, at + 7))))
    const success = Buffer.concat([response.subarray(0, 1), authenticatorResponse(hash, given, challenge)])
    if (timingSafeEqual(given, wanted)) return { vendor: microsoft, type: msChap2Success, value: success }
  }
  return undefined
}

/**
 * What an Access-Reject adds for MS-CHAPv2: failed, do not try again, and nothing of the reason. `C=` has to be there and
 * is not used where no retry is allowed; it is random, so that nothing of a request is echoed. @see RFC 2548 §2.1.5, RFC 2759 §6
 */
export const failMsChapV2 = (packet: Packet): Attribute => {
  const ident = packet.vendor(microsoft, msChap2Response)?.[0] ?? 0
  const words = `E=691 R=0 C=${hex(randomBytes(challengeOctets))} V=3 M=Access refused`
  return {
    vendor: microsoft,
    type: msChapError,
    value: Buffer.concat([Buffer.of(ident), Buffer.from(words)]),
  }
}

/** Ident, Flags, Peer-Challenge 16, Reserved 8, Response 24. */
const responseOctets = 50
const challengeOctets = 16
const maxPasswordUnits = 256

const serverToClient = Buffer.from('Magic server to client signing constant')
const moreThanOnce = Buffer.from('Pad to make it do more than one iteration')

const sha1 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const hex = (octets: Buffer): string => octets.toString('hex').toUpperCase()

/** MD4 of the password in UTF-16, with zeros up to 21 octets: three keys of DES. @see RFC 2759 §8.3, §8.5 */
const passwordHash = (password: string): Buffer => {
  const clear = Buffer.from(password, 'utf16le')
  const hash = Buffer.alloc(21)
  md4(clear).copy(hash)
  clear.fill(0)
  return hash
}

/** Eight octets of both challenges and the name as it was typed. @see RFC 2759 §8.2 */
const challengeHash = (peerChallenge: Buffer, authenticatorChallenge: Buffer, name: Buffer): Buffer =>
  sha1(peerChallenge, authenticatorChallenge, name).subarray(0, 8)

/** What may have been typed for the name: all but a Windows domain before it, and that without a realm the NAS put behind. */
const typedNames = (packet: Packet): readonly Buffer[] => {
  const name = packet.first(AttributeType.UserName) ?? Buffer.alloc(0)
  const withoutDomain = name.subarray(name.lastIndexOf('\\') + 1)
  const at = withoutDomain.lastIndexOf('@')
  return at < 0 ? [withoutDomain] : [withoutDomain, withoutDomain.subarray(0, at)]
}

/** `S=` and forty hex digits. @see RFC 2759 §8.7 */
const authenticatorResponse = (hash: Buffer, response: Buffer, challenge: Buffer): Buffer => {
  const digest = sha1(md4(hash.subarray(0, 16)), response, serverToClient)
  return Buffer.from(`S=${hex(sha1(digest, challenge, moreThanOnce))}`)
}
