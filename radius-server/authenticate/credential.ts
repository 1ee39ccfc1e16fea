import { AttributeType } from '../packet/attributes.ts'
import type { Packet } from '../packet/packet.ts'
import { checkChap, checkPap, revealPassword } from '../packet/passwords.ts'
import type { SharedSecret } from '../packet/secret.ts'

/** How an Access-Request proves its user. */
export type CredentialKind = 'pap' | 'chap' | 'none'

/** The credential of a request, or why it has no valid one. @see RFC 2865 §4.1, RFC 3579 §3.3 note 1 */
export function credentialOf(packet: Packet): CredentialKind | 'two-credentials' | 'eap' {
  const present = [
    AttributeType.UserPassword,
    AttributeType.ChapPassword,
    AttributeType.ArapPassword,
    AttributeType.EapMessage,
  ].filter((type) => packet.has(type))
  if (present.length > 1) return 'two-credentials'
  if (present[0] === AttributeType.UserPassword) return 'pap'
  if (present[0] === AttributeType.ChapPassword) return 'chap'
  return present[0] === AttributeType.EapMessage ? 'eap' : 'none'
}

/** Whether the request proves that it knows `password`. */
export function proves(
  packet: Packet,
  secret: SharedSecret,
  kind: CredentialKind,
  password: string,
): boolean {
  const expected = Buffer.from(password)
  if (kind === 'pap') return checkPap(packet, secret, expected)
  return kind === 'chap' && checkChap(packet, expected)
}

/** Whether a gateway's own login form sent no password: an empty User-Password, or none at all. */
export const sentNoPassword = (packet: Packet, secret: SharedSecret, kind: CredentialKind): boolean =>
  kind === 'none' || (kind === 'pap' && revealPassword(packet, secret)?.length === 0)
