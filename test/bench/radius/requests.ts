import { closeSync, openSync, writeSync } from 'node:fs'
import { dashedMac } from '../../../core/domain/mac.ts'
import {
  AcctStatusType,
  AcctTerminateCause,
  AttributeType,
  Code,
} from '../../../radius-server/packet/attributes.ts'
import {
  address,
  attributesLength,
  integer,
  text,
  writeAttributes,
  type Attribute,
} from '../../../radius-server/packet/values.ts'
import { gateways, type Visitor } from './city.ts'

/** What the load shall ask: PAP, CHAP, or an accounting report. */
export type RequestKind = 'pap' | 'chap' | 'accounting'

const KINDS: readonly RequestKind[] = ['pap', 'chap', 'accounting']
const FLUSH_AT = 1 << 20

/** The file that `load.c` reads: gateways with their secrets, then requests as templates that it signs. */
export class RequestFile {
  readonly #file: number
  #buffer = Buffer.allocUnsafe(FLUSH_AT + 8192)
  #used = 0
  #count = 0
  #countAt: number
  #written = 0

  constructor(path: string) {
    this.#file = openSync(path, 'w')
    this.#number(4, gateways.length)
    for (const gateway of gateways) {
      const secret = Buffer.from(gateway.secret)
      for (const octet of gateway.address.split('.')) this.#number(1, Number(octet))
      this.#number(2, secret.length)
      this.#octets(secret)
    }
    this.#countAt = this.#used
    this.#number(4, 0)
  }

  get count(): number {
    return this.#count
  }

  add(kind: RequestKind, visitor: Visitor, attributes: readonly Attribute[]): void {
    const password = kind === 'accounting' ? EMPTY : Buffer.from(visitor.password)
    this.#number(1, KINDS.indexOf(kind))
    this.#number(1, kind === 'accounting' ? Code.AccountingResponse : Code.AccessAccept)
    this.#number(2, visitor.gateway)
    this.#number(2, password.length)
    this.#number(2, attributesLength(attributes))
    this.#octets(password)
    this.#used = writeAttributes(attributes, this.#buffer, this.#used)
    this.#count++
    if (this.#used > FLUSH_AT) this.#flush()
  }

  close(): void {
    this.#flush()
    const count = Buffer.alloc(4)
    count.writeUInt32LE(this.#count)
    writeSync(this.#file, count, 0, 4, this.#countAt)
    closeSync(this.#file)
  }

  #number(octets: number, value: number): void {
    this.#used = this.#buffer.writeUIntLE(value, this.#used, octets)
  }

  #octets(octets: Buffer): void {
    this.#used += octets.copy(this.#buffer, this.#used)
  }

  #flush(): void {
    this.#written += writeSync(this.#file, this.#buffer, 0, this.#used, this.#written)
    this.#used = 0
  }
}

const EMPTY = Buffer.alloc(0)

/** The attributes of an Access-Request as CoovaChilli sends it; the load adds credential and Message-Authenticator. */
export const accessAttributes = (visitor: Visitor): Attribute[] => [
  ...identity(visitor),
  text(AttributeType.AcctSessionId, acctSessionId(visitor)),
  integer(AttributeType.ServiceType, 1),
]

/** One report of a visitor's session: its Start, its Interim-Update of that number (from 1), or its Stop. */
export type Report = { kind: 'start' } | { kind: 'interim'; number: number } | { kind: 'stop'; after: number }

const INTERIM_SECONDS = 300

/** The attributes of an Accounting-Request as CoovaChilli sends it, our Class among them. */
export function accountingAttributes(visitor: Visitor, report: Report): Attribute[] {
  const status = {
    start: AcctStatusType.Start,
    interim: AcctStatusType.InterimUpdate,
    stop: AcctStatusType.Stop,
  }[report.kind]
  const attributes = [integer(AttributeType.AcctStatusType, status), ...accountingIdentity(visitor)]
  if (report.kind === 'start') return attributes
  const intervals = report.kind === 'interim' ? report.number : report.after + 0.5
  const moved = 100_000 + (visitor.gateway << 10)
  attributes.push(
    integer(AttributeType.AcctInputOctets, intervals * moved * 8),
    integer(AttributeType.AcctOutputOctets, intervals * moved),
    integer(AttributeType.AcctInputGigawords, 0),
    integer(AttributeType.AcctOutputGigawords, 0),
    integer(AttributeType.AcctInputPackets, intervals * 8000),
    integer(AttributeType.AcctOutputPackets, intervals * 4000),
    integer(AttributeType.AcctSessionTime, intervals * INTERIM_SECONDS),
  )
  if (report.kind === 'stop')
    attributes.push(integer(AttributeType.AcctTerminateCause, AcctTerminateCause.UserRequest))
  return attributes
}

/** Reports of one session come one after another, and texts cost time to encode. */
const remembered = new WeakMap<Visitor, readonly Attribute[]>()

function accountingIdentity(visitor: Visitor): readonly Attribute[] {
  const known = remembered.get(visitor)
  if (known) return known
  const made = [
    ...identity(visitor),
    text(AttributeType.AcctSessionId, acctSessionId(visitor)),
    text(AttributeType.Class, visitor.classText),
  ]
  remembered.set(visitor, made)
  return made
}

function identity({ gateway, visit, grant, ip }: Visitor): Attribute[] {
  const { id, address: nasAddress, apMac } = gateways[gateway]!
  return [
    text(AttributeType.UserName, grant.userName),
    text(AttributeType.NasIdentifier, id),
    address(AttributeType.NasIpAddress, nasAddress),
    integer(AttributeType.NasPortType, 19),
    integer(AttributeType.NasPort, 1),
    text(AttributeType.NasPortId, '00000001'),
    address(AttributeType.FramedIpAddress, ip),
    text(AttributeType.CallingStationId, dashedMac(visit.mac)),
    text(AttributeType.CalledStationId, `${apMac}:Hanoi Free WiFi`),
  ]
}

/** As CoovaChilli numbers them: 16 hex digits, new with each seed. */
const acctSessionId = ({ visit }: Visitor): string =>
  Buffer.from(visit.id, 'base64url').toString('hex').slice(8, 24)
