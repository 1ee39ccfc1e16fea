import type { Nas } from '../core/domain/nas.ts'
import { parseCidr } from '../core/process/addresses.ts'
import { parseAddress } from './packet/address.ts'
import { SharedSecret } from './packet/secret.ts'

/** A NAS as the server uses it: its record with the secret ready for hashing. */
export interface KnownNas extends Nas {
  readonly shared: SharedSecret
}

/** NASes by the source address of their packets, the longest prefix first (RFC 3579 §4.3.7: never by attribute). */
export interface NasTable {
  find(address: string): KnownNas | undefined
  /** By its id: for what the platform itself asks in its name. */
  named(id: string): KnownNas | undefined
}

/**
 * Builds the look-up; single addresses cost one Map read whatever the number of NASes. A NAS whose secret cannot be used
 * is told to `unusable` and left out: one bad record must not silence the others.
 */
export function nasTable(
  all: Iterable<Nas>,
  unusable: (nas: Nas, error: unknown) => void = () => undefined,
): NasTable {
  const byId = new Map<string, KnownNas>()
  const single = new Map<string, KnownNas>()
  const blocks = { 4: new Blocks(), 6: new Blocks() }
  for (const record of all) {
    let nas: KnownNas
    try {
      nas = { ...record, shared: new SharedSecret(Buffer.from(record.secret.reveal())) }
    } catch (error) {
      unusable(record, error)
      continue
    }
    byId.set(nas.id, nas)
    for (const address of record.addresses) {
      const block = parseCidr(address)
      if (!block) continue
      if (block.bits === (block.family === 4 ? 32 : 128)) single.set(canonical(block.address), nas)
      else blocks[block.family].add(parseAddress(block.address)!, block.bits, nas)
    }
  }
  return {
    named: (id) => byId.get(id),
    find(source) {
      const address = canonical(source)
      const exact = single.get(address)
      if (exact) return exact
      const ofFamily = blocks[address.includes(':') ? 6 : 4]
      const octets = ofFamily.isEmpty ? undefined : parseAddress(address)
      return octets && ofFamily.find(octets)
    },
  }
}

/** Blocks by how many bits they fix: a stranger costs one look-up for each length there is, not for each block. */
class Blocks {
  readonly #byBits: { readonly bits: number; readonly nas: Map<string, KnownNas> }[] = []

  get isEmpty(): boolean {
    return this.#byBits.length === 0
  }

  add(address: Buffer, bits: number, nas: KnownNas): void {
    let ofLength = this.#byBits.find((each) => each.bits === bits)
    if (!ofLength) {
      ofLength = { bits, nas: new Map() }
      this.#byBits.push(ofLength)
      this.#byBits.sort((a, b) => b.bits - a.bits)
    }
    ofLength.nas.set(prefixOf(address, bits), nas)
  }

  find(address: Buffer): KnownNas | undefined {
    for (const { bits, nas } of this.#byBits) {
      const found = nas.get(prefixOf(address, bits))
      if (found) return found
    }
    return undefined
  }
}

/** The first bits of an address as text; the others as if they were 0. */
function prefixOf(address: Buffer, bits: number): string {
  const whole = bits >> 3
  const prefix = address.toString('latin1', 0, whole)
  const rest = bits & 7
  return rest === 0 ? prefix : prefix + String.fromCharCode(address[whole]! & (0xff << (8 - rest)))
}

/** IPv4 seen through an IPv6 socket is IPv4; IPv6 in one spelling. */
function canonical(address: string): string {
  if (!address.includes(':')) return address
  const plain = address.split('%')[0]!.toLowerCase()
  if (plain.startsWith('::ffff:') && plain.includes('.')) return plain.slice(7)
  return new URL(`http://[${plain}]`).hostname.slice(1, -1)
}
