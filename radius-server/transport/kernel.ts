import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { endianness } from 'node:os'
import { Counter, Gauge, type Registry } from '../../core/process/metrics.ts'
import { parseAddress } from '../packet/address.ts'
import { RECEIVE_BUFFER } from './socket.ts'

/** Where a socket of ours is bound. */
export interface Bound {
  readonly address: string
  readonly port: number
}

const TABLES = { 4: '/proc/net/udp', 6: '/proc/net/udp6' } as const

/** What to do about a receive buffer (octets, as the kernel counts them) of less than half of what was asked for, or null. */
export function bufferAdvice(receiveBuffer: number): string | null {
  // Linux tells twice what it gave, its own bookkeeping included (socket(7)).
  if (receiveBuffer >= RECEIVE_BUFFER) return null
  return (
    `the kernel gives RADIUS sockets ${receiveBuffer} octets to receive into, so a burst may be lost: ` +
    `set net.core.rmem_max to ${RECEIVE_BUFFER} (sysctl -w net.core.rmem_max=${RECEIVE_BUFFER}, as root on the host)`
  )
}

/** A gauge of the smallest receive buffer. */
export function measureReceiveBuffer(
  registry: Registry,
  sockets: readonly { receiveBuffer: number }[],
): void {
  const gauge = new Gauge({
    name: 'hotspot_radius_receive_buffer_bytes',
    help: 'Receive buffer of a RADIUS socket as the kernel counts it (twice what net.core.rmem_max allowed)',
    registers: [registry],
  })
  gauge.set(Math.min(...sockets.map((socket) => socket.receiveBuffer)))
}

/** A counter of what the kernel dropped at sockets; none where the kernel does not tell. */
export function measureKernelDrops(registry: Registry, sockets: readonly Bound[]): void {
  if (!existsSync(TABLES[4])) return
  const counter: Counter = new Counter({
    name: 'hotspot_radius_kernel_dropped_total',
    help: 'RADIUS datagrams that the kernel dropped before the server could read them: the receive buffer was full',
    registers: [registry],
    async collect() {
      const dropped = await kernelDrops(sockets)
      counter.reset()
      counter.inc(dropped)
    },
  })
}

/** Datagrams that the kernel dropped at these sockets since they were bound. */
async function kernelDrops(sockets: readonly Bound[]): Promise<number> {
  const families = ([4, 6] as const).filter((family) =>
    sockets.some(({ address }) => isIPv6(address) === (family === 6)),
  )
  // A table that cannot be read tells of no drops: the other figures must not go with it.
  const tables = await Promise.all(
    families.map((family) => readFile(TABLES[family], 'latin1').catch(() => '')),
  )
  const ours = new Set(sockets.map(inKernelTable))
  let dropped = 0
  for (const line of tables.join('\n').split('\n')) {
    // The second column is where the socket is bound, the last one counts drops (proc_net_udp(5)).
    const columns = line.trim().split(/\s+/)
    if (ours.has(columns[1] ?? '')) dropped += Number(columns.at(-1))
  }
  return dropped
}

/** As the kernel's table writes it: words of four octets in the machine's own order, then the port, in hex. */
export function inKernelTable({ address, port }: Bound): string {
  const octets = [...(parseAddress(address.split('%')[0]!) ?? [])]
  let text = ''
  for (let at = 0; at < octets.length; at += 4) {
    const word = octets.slice(at, at + 4)
    if (endianness() === 'LE') word.reverse()
    text += Buffer.from(word).toString('hex')
  }
  return `${text}:${port.toString(16).padStart(4, '0')}`.toUpperCase()
}
