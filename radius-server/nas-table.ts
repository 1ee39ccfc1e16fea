import { BlockList, isIP } from 'node:net'
import type { Nas } from '../core/domain/nas.ts'
import { parseCidr } from '../core/process/addresses.ts'
import { SharedSecret } from './packet/secret.ts'

/** A NAS as the server uses it: its record with the secret ready for hashing. */
export interface KnownNas extends Nas {
  readonly shared: SharedSecret
}

/** NASes by the source address of their packets, the longest prefix first (RFC 3579 §4.3.7: never by attribute). */
export interface NasTable {
  find(address: string): KnownNas | undefined
}

/**
 * Builds the look-up; single addresses cost one Map read whatever the number of NASes. A NAS whose secret cannot be used
 * is told to `unusable` and left out: one bad record must not silence the others.
 */
export function nasTable(
  all: Iterable<Nas>,
  unusable: (nas: Nas, error: unknown) => void = () => undefined,
): NasTable {
  const single = new Map<string, KnownNas>()
  const blocks: { bits: number; family: 'ipv4' | 'ipv6'; list: BlockList; nas: KnownNas }[] = []
  for (const record of all) {
    let nas: KnownNas
    try {
      nas = { ...record, shared: new SharedSecret(Buffer.from(record.secret.reveal())) }
    } catch (error) {
      unusable(record, error)
      continue
    }
    for (const address of record.addresses) {
      const block = parseCidr(address)
      if (!block) continue
      if (block.bits === (block.family === 4 ? 32 : 128)) {
        single.set(canonical(block.address), nas)
        continue
      }
      const list = new BlockList()
      const family = block.family === 4 ? 'ipv4' : 'ipv6'
      list.addSubnet(block.address, block.bits, family)
      blocks.push({ bits: block.bits, family, list, nas })
    }
  }
  blocks.sort((a, b) => b.bits - a.bits)
  return {
    find(source) {
      const address = canonical(source)
      const exact = single.get(address)
      if (exact || blocks.length === 0) return exact
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
      // A BlockList takes IPv4 for `::ffff:…`, so that `::/0` would hold every IPv4 address too.
      return blocks.find((block) => block.family === family && block.list.check(address, family))?.nas
    },
  }
}

/** IPv4 seen through an IPv6 socket is IPv4; IPv6 in one spelling. */
function canonical(address: string): string {
  if (!address.includes(':')) return address
  const plain = address.split('%')[0]!.toLowerCase()
  if (plain.startsWith('::ffff:') && plain.includes('.')) return plain.slice(7)
  return new URL(`http://[${plain}]`).hostname.slice(1, -1)
}
