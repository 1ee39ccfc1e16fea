import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { inKernelTable, type Bound } from './kernel.ts'

/** What Linux can do with many datagrams at once, and Node cannot. */
export interface Libc {
  /** Where octets are in memory: only of Buffers that are kept for as long as the kernel is told of them. */
  addressOf(octets: Buffer): bigint
  /** recvmmsg(2): how many messages of a list were read; -1 where there is none, or an error. Never waits. */
  receive(descriptor: number, messages: Buffer, count: number): number
  /** sendmmsg(2): how many messages of a list, from its beginning, were sent; -1 where the first was not. Never waits. */
  send(descriptor: number, messages: Buffer, count: number): number
}

const MSG_DONTWAIT = 0x40

/** Not named where the compiler would look for it: the platform is built and runs without it, too. */
const PACKAGE: string = 'koffi'

/** What of it is used here. */
interface Koffi {
  load(library: null): { func(definition: string): (...values: unknown[]) => number }
  address(octets: Buffer): bigint
}

/**
 * The C library of this process, called as it is: no compiler is needed. Null where the structures that `Batches` writes are
 * others, or the package that makes the calls is not installed: then datagrams are read and sent one by one.
 */
export async function openLibc(): Promise<Libc | null> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return null
  const koffi = await import(PACKAGE).then(
    (module: { default: Koffi }) => module.default,
    () => null,
  )
  if (koffi === null) return null
  const own = koffi.load(null)
  const receive = own.func('int recvmmsg(int, void *, unsigned int, int, void *)')
  const send = own.func('int sendmmsg(int, void *, unsigned int, int)')
  return {
    addressOf: (octets) => koffi.address(octets),
    receive: (descriptor, messages, count) => receive(descriptor, messages, count, MSG_DONTWAIT, null),
    send: (descriptor, messages, count) => send(descriptor, messages, count, MSG_DONTWAIT),
  }
}

/** The descriptor of a UDP socket of this process, as the kernel tells it; null where it does not. */
export function descriptorOf(bound: Bound): number | null {
  try {
    const place = inKernelTable(bound)
    const inodes = readFileSync('/proc/net/udp', 'latin1')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .flatMap((columns) => (columns[1] === place ? [`socket:[${columns[9]}]`] : []))
    const own = readdirSync('/proc/self/fd').find((name) => inodes.includes(linkOf(name)))
    return own === undefined ? null : Number(own)
  } catch {
    // No /proc: what it would tell is only about speed.
    return null
  }
}

/** What is open under a descriptor; nothing for the one that listed them. */
function linkOf(name: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${name}`)
  } catch {
    return ''
  }
}
