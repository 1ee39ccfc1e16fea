import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A RADIUS packet that a capture is to hold, and for a response the number of the request it answers. */
export interface Captured {
  readonly datagram: Buffer
  readonly answers?: number
}

/** What radsniff makes of a packet: its attributes as it prints them, or why it refuses it. */
export interface Sniffed {
  readonly refused: string | null
  readonly lines: readonly string[]
}

/** Source ports of the requests: a port a packet says which one a line is about. */
const FIRST_PORT = 10_000
const SERVER_PORT = 1812

/**
 * Writes the packets as a capture file in `folder` and has radsniff read it, passwords revealed with `secret`.
 * One answer a packet, in order.
 */
export function sniff(folder: string, packets: readonly Captured[], secret: string): Sniffed[] {
  const file = join(folder, 'radius.pcap')
  writeFileSync(file, Buffer.concat([fileHeader(), ...packets.map(record)]))
  const { stdout, stderr } = spawnSync('radsniff', ['-xx', '-I', file, '-s', secret], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, TZ: 'UTC' },
  })
  const sniffed = packets.map(() => ({ refused: null as string | null, lines: [] as string[], seen: false }))
  for (const part of `${stdout}\n${stderr}`.split(/^(?=\S)/m)) {
    const [, number, said = ''] = /^[-\d]+ [:.\d]+ \((\d+)\) (.*)/.exec(part) ?? []
    const packet = sniffed[Number(number) - 1]
    // What it could not read it tells twice, the second time without the reason.
    if (packet === undefined || said.startsWith('** error **')) continue
    packet.seen = true
    if (!/^(\*\* \S+ \*\* )?\S+ Id \d+ /.test(said)) packet.refused ??= said.trim()
    const lines = part.split('\n').filter((line) => line.startsWith('\t'))
    packet.lines.push(
      ...lines.map((line) => line.trim()).filter((line) => !line.startsWith('Authenticator-Field')),
    )
  }
  const unseen = sniffed.findIndex(({ seen }) => !seen)
  if (unseen >= 0) throw new Error(`radsniff says nothing of ${packets[unseen]!.datagram.toString('hex')}`)
  return sniffed
}

/** Version 2.4, no time zone, packets up to 65,535 octets, of Ethernet. */
function fileHeader(): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(65_535, 16)
  header.writeUInt32LE(1, 20)
  return header
}

/** A packet in UDP, IPv4 and Ethernet, a millisecond behind the one before. */
function record({ datagram, answers }: Captured, index: number): Buffer {
  const [from, to] =
    answers === undefined ? [FIRST_PORT + index, SERVER_PORT] : [SERVER_PORT, FIRST_PORT + answers]
  const udp = Buffer.alloc(8)
  udp.writeUInt16BE(from, 0)
  udp.writeUInt16BE(to, 2)
  udp.writeUInt16BE(8 + datagram.length, 4)
  const ip = Buffer.alloc(20)
  ip.writeUInt16BE(0x4500, 0)
  ip.writeUInt16BE(28 + datagram.length, 2)
  ip.writeUInt16BE(0x4011, 8)
  const [nas, server] = [Buffer.of(127, 1, 0, 1), Buffer.of(127, 0, 0, 1)]
  const [source, target] = answers === undefined ? [nas, server] : [server, nas]
  source.copy(ip, 12)
  target.copy(ip, 16)
  const ethernet = Buffer.concat([Buffer.alloc(12), Buffer.of(8, 0)])
  const frame = Buffer.concat([ethernet, ip, udp, datagram])
  const header = Buffer.alloc(16)
  // Times late in a second radsniff cannot add up.
  header.writeUInt32LE(1_763_765_000 + Math.floor(index / 500), 0)
  header.writeUInt32LE((index % 500) * 1000, 4)
  header.writeUInt32LE(frame.length, 8)
  header.writeUInt32LE(frame.length, 12)
  return Buffer.concat([header, frame])
}
