import { openingAt } from '../../core/domain/hours.ts'
import { idText } from '../../core/domain/id.ts'
import { siteNow } from '../../core/domain/notice.ts'
import { classOctets } from '../../core/domain/grant.ts'
import { parseMac } from '../../core/domain/mac.ts'
import { untilClosing, type SessionLimits } from '../../core/domain/limits.ts'
import { Blake2s } from '../../core/domain/blake2s.ts'
import type { Site } from '../../core/domain/site.ts'
import { appendEvent } from '../../core/store/events.ts'
import { Later } from '../../core/store/later.ts'
import { AttributeType, Code } from '../packet/attributes.ts'
import { reply } from '../packet/encode.ts'
import { failMsChapV2 } from '../packet/ms-chap-v2.ts'
import type { Packet } from '../packet/packet.ts'
import { text, type Attribute } from '../packet/values.ts'
import { authenticate, rejected, type Decision, type RightHolder } from '../authenticate/authenticate.ts'
import { credentialOf, type CredentialKind } from '../authenticate/credential.ts'
import { namesItsNas } from '../authenticate/nas-identification.ts'
import { chargeableUser, namesChargeableUser } from './chargeable-user.ts'
import type { Answer, Handling, Request } from './request.ts'

/** What a visitor's gateway shows when it shows anything; the portal says it in the visitor's language. */
const REFUSED = 'Access refused'

/** An Access-Request that is to be answered: what it proves itself by, and the site of its NAS while its notices hold. */
export interface Admitted {
  readonly kind: 'admitted'
  readonly credential: CredentialKind | 'eap'
  readonly site: Site
}

/** Answers an Access-Request. @see RFC 2865 §4 */
export function handleAccess(handling: Handling, request: Request): Later<Answer> {
  const admitted = admit(handling, request)
  if (admitted.kind === 'drop') return Later.of(admitted)
  const now = request.receivedAt
  return decide(handling, request, admitted, now).map((decision) =>
    toAnswer(handling, request, admitted, decision, now),
  )
}

/** The answer to a request, once what has to be recorded is. */
function toAnswer(
  handling: Handling,
  request: Request,
  admitted: Admitted,
  decision: Decision,
  now: number,
): Answer | Later<Answer> {
  const { packet, nas } = request
  if (!namesItsNas(packet)) handling.noted('no-nas-identification', nas)
  if (decision.kind === 'reject') {
    const { reason } = decision
    handling.log.debug({ nas: nas.id, reason }, 'Access-Reject')
    if (request.isTest) return refusal(request, admitted, reason)
    const event = { kind: 'refusal', at: now, nas: nas.id, site: nas.site, reason } as const
    const mac = parseMac(packet.text(AttributeType.CallingStationId) ?? '')
    return appendEvent(handling.store, mac ? { ...event, mac } : event).map(() =>
      refusal(request, admitted, reason),
    )
  }
  const { visit, attributes, again } = decision
  const limits = untilClosing(decision.limits, admitted.site.hours, now)
  const accept = (): Answer => acceptance(handling, request, { visit, limits, attributes })
  // A device that may come back by its MAC is not made of a test.
  return again || request.isTest ? accept() : handling.rights.visits.accepted(visit, now).map(accept)
}

/** Whether a request is answered at all, before anything is looked up. */
export function admit(
  { tables }: Handling,
  { packet, nas, proof, receivedAt }: Request,
): Admitted | Extract<Answer, { kind: 'drop' }> {
  const credential = credentialOf(packet)
  if (credential === 'two-credentials') return { kind: 'drop', reason: 'two-credentials' }
  // RFC 3579 §3.3 note 1: without any credential and without Message-Authenticator it is discarded.
  if (credential === 'none' && proof === 'unproved') return { kind: 'drop', reason: 'no-credential' }
  const { sites, notices } = tables.current
  const site = sites.get(nas.site)
  if (!site) return { kind: 'drop', reason: 'unknown-site' }
  return { kind: 'admitted', credential, site: siteNow(site, notices, receivedAt) }
}

function decide(
  handling: Handling,
  request: Request,
  { site, credential }: Admitted,
  now: number,
): Later<Decision> {
  const { packet, nas, proof } = request
  if (credential === 'eap') return rejected('eap-not-offered')
  if (!openingAt(site.hours, now).open) return rejected('closed')
  const freshId = (): string => idOf(request, 'visit')
  const { realms } = handling.tables.current
  const decision = authenticate(handling.rights, {
    packet,
    nas,
    proof,
    site,
    realms,
    credential,
    now,
    freshId,
  })
  if (request.isTest || !namesChargeableUser(packet)) return decision
  return decision.map((decided) =>
    decided.kind === 'accept' ? named(handling, packet, { site, decided, now }) : decided,
  )
}

/** An acceptance that says whose it is, at the price of a look at the visitor's pass; a reject where it is another's. */
function named(
  { rights, chargeableUserKey }: Handling,
  packet: Packet,
  { site, decided, now }: { site: Site; decided: Extract<Decision, { kind: 'accept' }>; now: number },
): Later<Decision> {
  const { mac } = decided.visit
  const device = rights.passes.deviceOf(mac)
  return Later.from(rights.passes.subjectOf(mac, now)).map((subject) => {
    // A device that has joined a pass since may be known by its own still.
    const user = { key: chargeableUserKey, operator: site.operator, subjects: [subject, device] } as const
    const identity = chargeableUser(packet, user)
    if (identity === null) return { kind: 'reject', reason: 'cui-mismatch' }
    return { ...decided, attributes: [...decided.attributes, identity] }
  })
}

/** The Access-Reject of a request, which tells nothing of the reason. */
export function refusal(
  { packet, nas }: Request,
  { credential }: Admitted,
  reason: string,
): Extract<Answer, { kind: 'reject' }> {
  const attributes = [text(AttributeType.ReplyMessage, REFUSED)]
  // RFC 2759 §6: without it the other side of MS-CHAPv2 waits, or asks again.
  if (credential === 'ms-chap-v2') attributes.push(failMsChapV2(packet))
  return { kind: 'reject', reason, bytes: reply(packet, Code.AccessReject, attributes, nas.shared) }
}

/** The Access-Accept of a request: a new session of a visit, and its limits in the gateway's own attributes. */
export function acceptance(
  { classKey, limitAttributes }: Handling,
  request: Request,
  accepted: {
    readonly visit: RightHolder
    readonly limits: SessionLimits
    readonly attributes: readonly Attribute[]
    readonly degraded?: true
  },
): Extract<Answer, { kind: 'answer' }> {
  const { packet, nas } = request
  const { visit, limits, degraded } = accepted
  const session = idOf(request, 'session')
  const ticket = degraded ? { session, visit: visit.id, degraded } : { session, visit: visit.id }
  const attributes = [
    { type: AttributeType.Class, value: classOctets(classKey, ticket, visit.mac) },
    limitAttributes.of(nas, limits),
    ...accepted.attributes,
  ]
  return { kind: 'answer', result: 'accept', bytes: reply(packet, Code.AccessAccept, attributes, nas.shared) }
}

/**
 * A new id of 16 characters that only this request has. The same request again, at another worker or after a restart,
 * gets the same one, and so the same answer (RFC 5080 §2.2.2).
 */
function idOf({ packet, nas }: Request, what: 'visit' | 'session'): string {
  sheet.begin().text(what).text('\n').text(nas.id).text('\n').octets(packet.datagram, 1, 20)
  return idText(sheet.digest().base64url(16))
}

const sheet = new Blake2s()
