import { randomBytes } from 'node:crypto'
import { nasTable } from '../../../radius-server/nas-table.ts'
import { accept, accountingRequests, authenticationRequests } from '../../../radius-server/packet/accept.ts'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest } from '../../../radius-server/packet/authenticators.ts'
import { nasList } from './city.ts'
import { median } from './rows.ts'

/** What a packet of 4,096 octets costs before its secret is proved. */
export interface BigPacketCost {
  readonly shape: string
  readonly micros: number
  /** How it ended: never proved. */
  readonly end: string
}

const OCTETS = 4096
const HEADER = 20
const SIGNATURE = 18
const BATCH = 50
const BATCHES = 400

interface Shape {
  readonly name: string
  readonly code: number
  readonly attributes: (octets: number) => Buffer
  /** Whether a Message-Authenticator, a wrong one, comes first or last. */
  readonly signature: 'first' | 'last' | 'none'
}

/** Attributes of one type and length, as many as fit; the last one fills what is left. */
const rowOf =
  (type: number, length: number) =>
  (octets: number): Buffer => {
    const row = randomBytes(octets)
    for (let at = 0; at < octets;) {
      const left = octets - at
      const here = left < length || left - length === 1 ? left : length
      row[at] = type
      row[at + 1] = here
      at += here
    }
    return row
  }

const { AccessRequest, AccountingRequest, StatusServer } = Code

const SHAPES: readonly Shape[] = [
  {
    name: 'Access-Request, 1,016 attributes',
    code: AccessRequest,
    attributes: rowOf(18, 4),
    signature: 'last',
  },
  {
    name: 'Access-Request, 2,029 empty attributes',
    code: AccessRequest,
    attributes: rowOf(18, 2),
    signature: 'last',
  },
  {
    name: 'Access-Request, 17 long attributes',
    code: AccessRequest,
    attributes: rowOf(18, 249),
    signature: 'last',
  },
  {
    name: 'Access-Request, vendor attributes',
    code: AccessRequest,
    attributes: rowOf(AttributeType.VendorSpecific, 8),
    signature: 'first',
  },
  {
    name: 'Access-Request, EAP-Message',
    code: AccessRequest,
    attributes: rowOf(AttributeType.EapMessage, 253),
    signature: 'first',
  },
  {
    name: 'Access-Request, Message-Authenticators only',
    code: AccessRequest,
    attributes: rowOf(AttributeType.MessageAuthenticator, SIGNATURE),
    signature: 'none',
  },
  {
    name: 'Status-Server, 1,016 attributes',
    code: StatusServer,
    attributes: rowOf(18, 4),
    signature: 'last',
  },
  {
    name: 'Accounting-Request, 1,019 attributes',
    code: AccountingRequest,
    attributes: rowOf(18, 4),
    signature: 'none',
  },
  {
    name: 'Accounting-Request, Class',
    code: AccountingRequest,
    attributes: rowOf(AttributeType.Class, 64),
    signature: 'none',
  },
  {
    name: 'Accounting-Request, signed',
    code: AccountingRequest,
    attributes: rowOf(18, 200),
    signature: 'last',
  },
]

/** Medians of many batches of strangers' packets, the shapes in turns, from datagram to verdict, in this process. */
export function measureBigPackets(): BigPacketCost[] {
  const table = nasTable(nasList())
  const judge = (datagram: Buffer, codes: ReadonlySet<number>): string => {
    const packet = accept(datagram, codes)
    if (typeof packet === 'string') return packet
    const nas = table.find('127.10.0.1')
    if (!nas) throw new Error('the bench’s own gateway is not in the table')
    return verifyRequest(packet, nas.shared)
  }
  const measured = SHAPES.map((shape) => ({
    shape: shape.name,
    codes: shape.code === AccountingRequest ? accountingRequests : authenticationRequests,
    datagrams: Array.from({ length: BATCH }, () => datagramOf(shape)),
    times: [] as number[],
    end: '',
  }))
  for (let batch = 0; batch < BATCHES; batch++)
    for (const each of measured) {
      const begun = performance.now()
      for (const datagram of each.datagrams) each.end = judge(datagram, each.codes)
      each.times.push(((performance.now() - begun) * 1000) / BATCH)
    }
  const proved = measured.find(({ end }) => end === 'proved')
  if (proved) throw new Error(`${proved.shape}: a packet without the secret was proved`)
  return measured.map(({ shape, times, end }) => ({ shape, micros: median(times), end }))
}

function datagramOf({ code, attributes, signature }: Shape): Buffer {
  const header = randomBytes(HEADER)
  header[0] = code
  header.writeUInt16BE(OCTETS, 2)
  const mark = Buffer.concat([Buffer.of(AttributeType.MessageAuthenticator, SIGNATURE), randomBytes(16)])
  const room = OCTETS - HEADER - (signature === 'none' ? 0 : SIGNATURE)
  const filling = attributes(room)
  if (signature === 'none') return Buffer.concat([header, filling])
  return Buffer.concat(signature === 'first' ? [header, mark, filling] : [header, filling, mark])
}
