import { isIP, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

/** True for an address or name that only this machine can reach. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** Splits `10.0.0.0/8`, `10.0.0.1` or `2001:db8::/32`; null when it is no CIDR block. */
export function parseCidr(text: string): { address: string; bits: number; family: 4 | 6 } | null {
  const [address = '', length, ...rest] = text.split('/')
  const family = isIP(address)
  if (rest.length > 0 || family === 0) return null
  const most = family === 4 ? 32 : 128
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : NaN
  return bits >= 0 && bits <= most ? { address, bits, family: family as 4 | 6 } : null
}

/** True when every address of the block is a loopback address. */
export function isLoopbackBlock(cidr: string): boolean {
  const block = parseCidr(cidr)
  if (!block) return false
  return block.family === 4
    ? block.bits >= 8 && block.address.startsWith('127.')
    : block.bits === 128 && block.address === '::1'
}

/** The addresses to bind for a list of hosts; a wildcard becomes every local address of its family. */
export function localAddresses(hosts: readonly string[]): string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  const expanded = hosts.flatMap((host) => {
    if (host === 'localhost') return ['127.0.0.1']
    if (host !== '0.0.0.0' && host !== '::') return [host]
    const family = isIPv6(host) ? 'IPv6' : 'IPv4'
    // A link-local address needs a zone and no NAS is configured by one (RFC 3162 §2.1).
    return all.filter((a) => a.family === family && !a.address.startsWith('fe80:')).map((a) => a.address)
  })
  return [...new Set(expanded)]
}
