/** One label of a realm: letters and digits of any script, hyphens inside alone. @see RFC 7542 §2.2 */
const LABEL = /^(?:[A-Za-z0-9]|[^\x00-\x7f])(?:(?:[A-Za-z0-9-]|[^\x00-\x7f])*(?:[A-Za-z0-9]|[^\x00-\x7f]))?$/u
/** A User-Name has 253 octets: a name of one and the `@` leave these. @see RFC 7542 §2.3 */
const MOST_OCTETS = 251

/** Why a name with a realm is nobody's. */
type NameRefused = { readonly refused: 'anonymous-name' | 'unknown-realm' }

/** True for what RFC 7542 §2.2 calls a realm: two labels at the least. */
export const isRealm = (text: string): boolean =>
  Buffer.byteLength(text) <= MOST_OCTETS &&
  text.includes('.') &&
  text.split('.').every((label) => LABEL.test(label))

/** The one spelling that realms are compared in: composed, without case. @see RFC 7542 §2.6.1, §3 */
export const comparedRealm = (text: string): string => text.normalize('NFC').toLowerCase()

/**
 * The name that a User-Name stands for in a city with these realms, as `comparedRealm` spells them: what is before the last
 * `@`, where what is behind it is ours. A city without realms reads every name as it is, and so is one without `@`
 * everywhere. Nothing before the `@` means anything to us: `other!name@ours` is no way to somewhere (§3.3.1).
 */
export function nameInRealms(userName: string, realms: ReadonlySet<string>): string | NameRefused {
  const at = realms.size === 0 ? -1 : userName.lastIndexOf('@')
  if (at < 0) return userName
  if (!realms.has(comparedRealm(userName.slice(at + 1)))) return { refused: 'unknown-realm' }
  return at === 0 ? { refused: 'anonymous-name' } : userName.slice(0, at)
}

/** What is before a User-Name's last `@`, whichever realm is behind it; all of it where there is none. */
export function withoutRealm(userName: string): string {
  const at = userName.lastIndexOf('@')
  return at < 0 ? userName : userName.slice(0, at)
}
