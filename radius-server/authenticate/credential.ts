import { AttributeType } from '../packet/attributes.ts'
import { checkMsChapV2, hasMsChapV1, hasMsChapV2 } from '../packet/ms-chap-v2.ts'
import type { Packet } from '../packet/packet.ts'
import { checkChap, checkPap, revealPassword } from '../packet/passwords.ts'
import type { SharedSecret } from '../packet/secret.ts'
import type { Attribute } from '../packet/values.ts'

/** How an Access-Request proves its user; `unsupported` (ARAP, MS-CHAP of version 1) proves nothing to us. */
export type CredentialKind = 'pap' | 'chap' | 'ms-chap-v2' | 'unsupported' | 'none'

/** The credential of a request, or why it has no valid one. @see RFC 2865 §4.1, RFC 3579 §3.3 note 1, RFC 2548 §2.1 */
export function credentialOf(packet: Packet): CredentialKind | 'two-credentials' | 'eap' {
  let found: CredentialKind | 'eap' = 'none'
  for (const [isCarried, kind] of CARRIED) {
    if (!isCarried(packet)) continue
    if (found !== 'none') return 'two-credentials'
    found = kind
  }
  return found
}

/**
 * What an Access-Accept adds so that the visitor's side knows that we know the password, too: nothing for PAP and CHAP.
 * Null where the request does not prove that it knows `password`.
 */
export function proved(
  packet: Packet,
  secret: SharedSecret,
  kind: CredentialKind,
  password: string | Buffer,
): readonly Attribute[] | null {
  if (kind === 'ms-chap-v2') {
    const success = checkMsChapV2(packet, password.toString())
    return success === undefined ? null : [success]
  }
  const expected = typeof password === 'string' ? Buffer.from(password) : password
  const isRight =
    kind === 'pap' ? checkPap(packet, secret, expected) : kind === 'chap' && checkChap(packet, expected)
  return isRight ? [] : null
}

/** Whether a gateway's own login form sent no password: an empty User-Password, or none at all. */
export const sentNoPassword = (packet: Packet, secret: SharedSecret, kind: CredentialKind): boolean =>
  kind === 'none' || (kind === 'pap' && revealPassword(packet, secret)?.length === 0)

/** What may carry a credential, and the kind it is of. */
const CARRIED: readonly (readonly [(packet: Packet) => boolean, CredentialKind | 'eap'])[] = [
  [(packet) => packet.has(AttributeType.UserPassword), 'pap'],
  [(packet) => packet.has(AttributeType.ChapPassword), 'chap'],
  [hasMsChapV2, 'ms-chap-v2'],
  [(packet) => packet.has(AttributeType.EapMessage), 'eap'],
  [(packet) => packet.has(AttributeType.ArapPassword), 'unsupported'],
  [hasMsChapV1, 'unsupported'],
]
