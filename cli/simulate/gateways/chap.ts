import { createHash } from 'node:crypto'

const md5 = (...parts: readonly (string | Buffer)[]): Buffer =>
  parts.reduce<ReturnType<typeof createHash>>((sum, part) => sum.update(part), createHash('md5')).digest()

/** What a CHAP password proves: MD5 of identifier, password and challenge. @see RFC 1994 §4.1, RFC 2865 §5.3 */
export const chapResponse = (identifier: number, password: string, challenge: Buffer): Buffer =>
  md5(Buffer.from([identifier]), password, challenge)

/** CHAP-Password: the identifier and the 16 octets of the response. @see RFC 2865 §5.3 */
export const chapPassword = (identifier: number, response: Buffer): Buffer =>
  Buffer.concat([Buffer.from([identifier]), response])

/** The challenge that CoovaChilli really uses: what it showed, hashed with the secret it shares with the portal. */
export const uamChallenge = (challenge: Buffer, uamSecret: string | null): Buffer =>
  uamSecret === null ? challenge : md5(challenge, uamSecret)

/** The password in `/logon?password=`: hex of it XOR the challenge, repeated; zeros at its end are padding. */
export function uamPassword(hex: string, challenge: Buffer): string {
  const octets = Buffer.from(hex, 'hex').map((octet, i) => octet ^ challenge[i % challenge.length]!)
  const end = octets.indexOf(0)
  return Buffer.from(end < 0 ? octets : octets.subarray(0, end)).toString('utf8')
}

/** A URL with CoovaChilli's `md` behind it: MD5 of all that stands before, and the UAM secret. */
export const signedUrl = (url: string, uamSecret: string | null): string =>
  uamSecret === null ? url : `${url}&md=${md5(url, uamSecret).toString('hex').toUpperCase()}`
