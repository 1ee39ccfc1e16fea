import type { BigPacketCost } from './big-packet.ts'
import type { SessionCost } from './memory.ts'
import { grouped, limitRow, megabytes, MOST_WORKER_OCTETS, type Row } from './rows.ts'
import type { Scavenges } from './scavenge.ts'

const MOST_OCTETS_A_SESSION = 450
/** A report may cost this much more with the most sessions open than with the fewest: index depth and caches, no more. */
const MOST_GROWTH = 1.5
const MOST_BIG_PACKET_MICROS = 20
const MOST_SCAVENGE_MS = 1

/** Lines of what has a limit and no peer. */
export function limitRows(found: {
  memory: readonly SessionCost[]
  packets: readonly BigPacketCost[]
  scavenges: Scavenges | null
}): Row[] {
  const { memory, packets, scavenges } = found
  return [...memoryRows(memory), ...packetRows(packets), ...(scavenges ? scavengeRows(scavenges) : [])]
}

function memoryRows(costs: readonly SessionCost[]): Row[] {
  const [least, most] = [costs[0], costs.at(-1)]
  if (!least || !most) return []
  const rows = costs.flatMap((cost) => {
    const { sessions, octetsASession, recordOctets, indexOctets, visitorOctets } = cost
    const { workerOctets, interims } = cost
    const at = `at ${grouped(sessions)} open sessions`
    // With few sessions the server's own buffers outweigh them.
    const isMany = sessions >= 10_000
    const limit = isMany ? `at most ${MOST_OCTETS_A_SESSION}` : ''
    return [
      limitRow(
        'memory',
        `octets of Redis a session, ${at}`,
        octetsASession.toFixed(0),
        limit,
        isMany ? octetsASession <= MOST_OCTETS_A_SESSION : null,
      ),
      limitRow('memory', `its record and its index, ${at}`, `${recordOctets} + ${indexOctets}`, '', null),
      limitRow('memory', `octets of its visitor and his day, ${at}`, visitorOctets.toFixed(0), '', null),
      limitRow('memory', `CPU a report, µs, ${at}`, interims.processorMicros.toFixed(1), '', null),
      limitRow(
        'memory',
        `worker, MB, ${at}`,
        megabytes(workerOctets),
        'at most 150',
        workerOctets <= MOST_WORKER_OCTETS,
      ),
    ]
  })
  if (costs.length === 1) return rows
  const growth = most.interims.processorMicros / least.interims.processorMicros
  const figure = `CPU a report, ${grouped(most.sessions)} to ${grouped(least.sessions)} open`
  return [
    ...rows,
    limitRow('memory', figure, growth.toFixed(2), `at most ${MOST_GROWTH}`, growth <= MOST_GROWTH),
  ]
}

const packetRows = (packets: readonly BigPacketCost[]): Row[] =>
  packets.map(({ shape, micros }) =>
    limitRow(
      'big-packet',
      `${shape}, µs`,
      micros.toFixed(1),
      `at most ${MOST_BIG_PACKET_MICROS}`,
      micros <= MOST_BIG_PACKET_MICROS,
    ),
  )

const scavengeRows = ({ count, p50Ms, p99Ms, maxMs }: Scavenges): Row[] => [
  limitRow('scavenge', `p50 of ${count}, ms`, p50Ms.toFixed(2), '', null),
  limitRow('scavenge', 'p99, ms', p99Ms.toFixed(2), `at most ${MOST_SCAVENGE_MS}`, p99Ms <= MOST_SCAVENGE_MS),
  limitRow('scavenge', 'longest, ms', maxMs.toFixed(2), '', null),
]
