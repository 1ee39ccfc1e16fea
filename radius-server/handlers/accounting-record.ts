import { delayedSince, usableAddress, type AccountingRecord } from '../../core/domain/accounting.ts'
import { parseCalledStation } from '../../core/domain/called-station.ts'
import { readClass, type ClassTicket } from '../../core/domain/grant.ts'
import { parseMac, type Mac } from '../../core/domain/mac.ts'
import { blake2sText } from '../../core/domain/blake2s.ts'
import { withoutRealm } from '../../core/domain/realm.ts'
import { gatewayOf } from '../../core/gateways/index.ts'
import type { SessionReport } from '../../core/store/sessions.ts'
import { AcctStatusType, AcctTerminateCause, AttributeType } from '../packet/attributes.ts'
import type { Packet } from '../packet/packet.ts'
import type { Request } from './request.ts'
import { toldIpv6 } from './told-ipv6.ts'

const STATUS: Readonly<Record<number, AccountingRecord['status']>> = {
  [AcctStatusType.Start]: 'start',
  [AcctStatusType.Stop]: 'stop',
  [AcctStatusType.InterimUpdate]: 'interim',
}

const CAUSE = new Map<number, string>(
  Object.entries(AcctTerminateCause).map(([name, number]) => [number, hyphened(name)]),
)

export type Incomplete = 'unknown-status-type' | 'no-session-id' | 'no-calling-station'

/** An Accounting-Request in the platform's words, or what it lacks. */
export function readAccounting(
  { packet, nas, receivedAt }: Request,
  classKey: Buffer,
): SessionReport | Incomplete {
  const status = STATUS[packet.integer(AttributeType.AcctStatusType) ?? 0]
  if (!status) return 'unknown-status-type'
  const acctSessionId = idText(packet, AttributeType.AcctSessionId)
  if (!acctSessionId) return 'no-session-id'
  const userName = packet.text(AttributeType.UserName) ?? null
  const mac =
    parseMac(packet.text(AttributeType.CallingStationId) ?? '') ?? parseMac(withoutRealm(userName ?? ''))
  if (!mac) return 'no-calling-station'
  const input = packet.octets(AttributeType.AcctInputOctets, AttributeType.AcctInputGigawords) ?? null
  const output = packet.octets(AttributeType.AcctOutputOctets, AttributeType.AcctOutputGigawords) ?? null
  const ofVendor = gatewayOf(nas.gateway)?.radius.reversedOctets((vendor, type) =>
    vendor === null ? packet.integer(type) : packet.vendorInteger(vendor, type),
  )
  const reversed = (ofVendor ?? false) !== nas.acctSwapOctets
  const cause = packet.integer(AttributeType.AcctTerminateCause)
  const at = toldMoment(packet, receivedAt)
  const ipv6 = toldIpv6(packet)
  return new Report(packet, classKey, {
    status,
    nas: nas.id,
    site: nas.site,
    acctSessionId,
    mac,
    at: at ?? receivedAt,
    receivedAt,
    absurdDelay: at === null,
    fromVisitorOctets: reversed ? output : input,
    toVisitorOctets: reversed ? input : output,
    gigawords: packet.has(AttributeType.AcctInputGigawords) || packet.has(AttributeType.AcctOutputGigawords),
    seconds: packet.integer(AttributeType.AcctSessionTime) ?? null,
    cause: cause === undefined ? null : (CAUSE.get(cause) ?? `Cause-${cause}`),
    userName,
    ip: usableAddress(packet.address(AttributeType.FramedIpAddress)),
    ipv6: ipv6.addresses,
    badIpv6: ipv6.isBad,
    multiSessionId: multiSessionIdText(packet),
    ap: parseCalledStation(packet.text(AttributeType.CalledStationId) ?? '').ap,
    interimSeconds: nas.interimSeconds,
  })
}

type Told = Required<Omit<SessionReport, 'visit' | 'classSession' | 'degraded'>>

/** Only a session's beginning asks what its Class says: the signature is not checked for every report. */
class Report implements SessionReport {
  readonly status: Told['status']
  readonly nas: string
  readonly site: string
  readonly acctSessionId: string
  readonly mac: Mac
  readonly at: number
  readonly receivedAt: number
  readonly absurdDelay: boolean
  readonly fromVisitorOctets: bigint | null
  readonly toVisitorOctets: bigint | null
  readonly gigawords: boolean
  readonly seconds: number | null
  readonly cause: string | null
  readonly userName: string | null
  readonly ip: string | null
  readonly ipv6: readonly string[]
  readonly badIpv6: boolean
  readonly multiSessionId: string | null
  readonly ap: Mac | null
  readonly interimSeconds: number
  readonly #packet: Packet
  readonly #classKey: Buffer
  #ticket: ClassTicket | null | undefined = undefined

  constructor(packet: Packet, classKey: Buffer, told: Told) {
    this.status = told.status
    this.nas = told.nas
    this.site = told.site
    this.acctSessionId = told.acctSessionId
    this.mac = told.mac
    this.at = told.at
    this.receivedAt = told.receivedAt
    this.absurdDelay = told.absurdDelay
    this.fromVisitorOctets = told.fromVisitorOctets
    this.toVisitorOctets = told.toVisitorOctets
    this.gigawords = told.gigawords
    this.seconds = told.seconds
    this.cause = told.cause
    this.userName = told.userName
    this.ip = told.ip
    this.ipv6 = told.ipv6
    this.badIpv6 = told.badIpv6
    this.multiSessionId = told.multiSessionId
    this.ap = told.ap
    this.interimSeconds = told.interimSeconds
    this.#packet = packet
    this.#classKey = classKey
  }

  get visit(): string | null {
    return this.#ticketOnce()?.visit ?? null
  }

  get classSession(): string | null {
    return this.#ticketOnce()?.session ?? null
  }

  get degraded(): boolean | undefined {
    return this.#ticketOnce()?.degraded
  }

  #ticketOnce(): ClassTicket | null {
    if (this.#ticket === undefined) this.#ticket = ticketOf(this.#packet, this.#classKey, this.mac)
    return this.#ticket
  }
}

/**
 * When what a packet tells happened, on our clock; null when it tells an absurd delay. Event-Timestamp is not looked at:
 * see docs/sessions.md. @see RFC 2866 §5.2
 */
export const toldMoment = (packet: Packet, receivedAt: number): number | null =>
  delayedSince(receivedAt, packet.integer(AttributeType.AcctDelayTime) ?? 0)

/** Text when it is text; other octets in hex, so that no two ids read alike. */
const idText = (packet: Packet, type: number): string | undefined =>
  packet.text(type) ?? packet.first(type)?.toString('hex')

/** Nobody reads it: it is only held against another, so a digest does for one that is too long to keep. */
function multiSessionIdText(packet: Packet): string | null {
  const id = idText(packet, AttributeType.AcctMultiSessionId)
  if (!id) return null
  return id.length <= MOST_ID_CHARACTERS ? id : blake2sText(id, 32)
}

const MOST_ID_CHARACTERS = 64

function ticketOf(packet: Packet, key: Buffer, mac: Mac): ClassTicket | null {
  for (const value of packet.all(AttributeType.Class)) {
    const ticket = readClass(key, value.toString('latin1'), mac)
    if (ticket) return ticket
  }
  return null
}

/** `UserRequest` as RFC 2866 §5.10 spells it: `User-Request`. */
function hyphened(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').replace(/^Nas/, 'NAS')
}
