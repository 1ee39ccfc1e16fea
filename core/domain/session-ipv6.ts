import type { Outcome } from './accounting.ts'

/** So many IPv6 addresses and prefixes of a session are kept: one that has as many may have had more. */
export const MOST_IPV6 = 16

/** What sessions without IPv6 have, all the same list. */
export const NO_IPV6: readonly string[] = []

/**
 * All addresses that are known of a session, in the order in which they were told: a phone changes its own (RFC 8981),
 * and what it used once stays. The same list where nothing is new. Past the bound the first ones stay, which is noted.
 */
export function allIpv6(
  known: readonly string[],
  told: readonly string[] = NO_IPV6,
  notes?: Outcome[],
): readonly string[] {
  // Nearly every report repeats what was told before, or tells nothing.
  if (told.length === 0) return known
  const fresh = told.filter((address, i) => !known.includes(address) && told.indexOf(address) === i)
  if (fresh.length === 0) return known
  const room = MOST_IPV6 - known.length
  if (fresh.length > room) notes?.push('too-many-ipv6')
  return room === 0 ? known : [...known, ...fresh.slice(0, room)]
}
