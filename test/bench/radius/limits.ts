import type { BigPacketCost } from './big-packet.ts'
import type { SessionCost } from './memory.ts'
import { grouped, limitRow, median, megabytes, MOST_WORKER_OCTETS, type Row } from './rows.ts'
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
  const fewest = costs[0]?.sessions ?? 0
  return costs.flatMap((cost) => {
    const { sessions, octetsASession, recordOctets, indexOctets, visitorOctets } = cost
    const { workerOctets, processorMicros, growth } = cost
    const at = `at ${grouped(sessions)} open sessions`
    // With few sessions what Redis keeps for each gateway outweighs them.
    const isMany = sessions >= 10_000
    const grew = median(growth)
    const range = `(${growth[0]?.toFixed(2)}–${growth.at(-1)?.toFixed(2)})`
    return [
      limitRow(
        'memory',
        `octets of Redis a session, ${at}`,
        octetsASession.toFixed(0),
        isMany ? `at most ${MOST_OCTETS_A_SESSION}` : '',
        isMany ? octetsASession <= MOST_OCTETS_A_SESSION : null,
      ),
      limitRow('memory', `its record and its index, ${at}`, `${recordOctets} + ${indexOctets}`, '', null),
      limitRow('memory', `octets of its visitor and his day, ${at}`, visitorOctets.toFixed(0), '', null),
      limitRow('memory', `CPU a report, µs, ${at}`, processorMicros.toFixed(1), '', null),
      ...(growth.length === 0
        ? []
        : [
            limitRow(
              'memory',
              `the same beside ${grouped(fewest)}, in turns, ${at}`,
              `${grew.toFixed(2)} ${range}`,
              `at most ${MOST_GROWTH}`,
              grew <= MOST_GROWTH,
            ),
          ]),
      limitRow(
        'memory',
        `worker, MB, ${at}`,
        megabytes(workerOctets),
        'at most 150',
        workerOctets <= MOST_WORKER_OCTETS,
      ),
    ]
  })
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
