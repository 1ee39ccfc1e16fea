import type { Attribute } from '../radius/package.ts'
import type { Octets, Quota } from '../phones/traffic.ts'

const OCTETS_A_PACKET = 900n

/** Totals in the direction of RFC 2866 §5.3: Input is what came from the visitor. Gigawords as RFC 2869 §5.1. */
export const nasView = ({ from, to }: Octets): Attribute[] => [
  ...counted('Input', from),
  ...counted('Output', to),
]

/** The other way round: Input is what the visitor received, as CoovaChilli counts by default. */
export const clientView = ({ from, to }: Octets): Attribute[] => nasView({ from: to, to: from })

function counted(direction: 'Input' | 'Output', octets: bigint): Attribute[] {
  return [
    [`Acct-${direction}-Octets`, Number(octets & 0xffff_ffffn)],
    [`Acct-${direction}-Gigawords`, Number(octets >> 32n)],
    [`Acct-${direction}-Packets`, Number((octets / OCTETS_A_PACKET) & 0xffff_ffffn)],
  ]
}

/** A quota for both directions in 32 bits and Gigawords, or undefined where none was set. */
export const totalQuota = (low: number | undefined, gigawords: number | undefined): Quota | undefined =>
  low === undefined && gigawords === undefined
    ? undefined
    : { both: (BigInt(gigawords ?? 0) << 32n) | BigInt(low ?? 0) }
