import { hash } from 'node:crypto'
import { idText } from '../../core/domain/id.ts'
import { classText } from '../../core/domain/grant.ts'
import { appendEvent } from '../../core/store/events.ts'
import { AttributeType, Code } from '../packet/attributes.ts'
import { reply } from '../packet/encode.ts'
import { failMsChapV2 } from '../packet/ms-chap-v2.ts'
import { text } from '../packet/values.ts'
import { authenticate, type Decision } from '../authenticate/authenticate.ts'
import { credentialOf } from '../authenticate/credential.ts'
import { namesItsNas } from '../authenticate/nas-identification.ts'
import type { Answer, Handling, Request } from './request.ts'

/** What a visitor's gateway shows when it shows anything; the portal says it in the visitor's language. */
const REFUSED = 'Access refused'

/** Answers an Access-Request. @see RFC 2865 §4 */
export async function handleAccess(handling: Handling, request: Request): Promise<Answer> {
  const { packet, nas, proof } = request
  const credential = credentialOf(packet)
  if (credential === 'two-credentials') return { kind: 'drop', reason: 'two-credentials' }
  // RFC 3579 §3.3 note 1: without any credential and without Message-Authenticator it is discarded.
  if (credential === 'none' && proof === 'unproved') return { kind: 'drop', reason: 'no-credential' }
  const site = handling.tables.current.sites.get(nas.site)
  if (!site) return { kind: 'drop', reason: 'unknown-site' }
  const now = handling.now()
  const decision: Decision =
    credential === 'eap'
      ? { kind: 'reject', reason: 'eap-not-offered' }
      : await authenticate(handling.rights, {
          packet,
          nas,
          proof,
          site,
          credential,
          now,
          freshId: () => idOf(request, 'visit'),
        })
  if (!namesItsNas(packet)) handling.noted('no-nas-identification', nas)
  if (decision.kind === 'reject') {
    await appendEvent(handling.store, {
      kind: 'refusal',
      at: now,
      nas: nas.id,
      site: nas.site,
      reason: decision.reason,
    })
    handling.log.debug({ nas: nas.id, reason: decision.reason }, 'Access-Reject')
    const attributes = [text(AttributeType.ReplyMessage, REFUSED)]
    // RFC 2759 §6: without it the other side of MS-CHAPv2 waits, or asks again.
    if (credential === 'ms-chap-v2') attributes.push(failMsChapV2(packet))
    return {
      kind: 'reject',
      reason: decision.reason,
      bytes: reply(packet, Code.AccessReject, attributes, nas.shared),
    }
  }
  const { visit, limits } = decision
  if (!decision.again) await handling.rights.visits.accepted(visit, now)
  const ticket = classText(
    handling.classKey,
    { session: idOf(request, 'session'), visit: visit.id },
    visit.mac,
  )
  const attributes = [
    { type: AttributeType.Class, value: Buffer.from(ticket, 'latin1') },
    handling.limitAttributes.of(nas, limits),
    ...decision.attributes,
  ]
  return { kind: 'answer', result: 'accept', bytes: reply(packet, Code.AccessAccept, attributes, nas.shared) }
}

/**
 * A new id of 16 characters that only this request has. The same request again, at another worker or after a restart,
 * gets the same one, and so the same answer (RFC 5080 §2.2.2).
 */
function idOf({ packet, nas }: Request, what: 'visit' | 'session'): string {
  const request = packet.datagram.toString('latin1', 1, 20)
  return idText(hash('sha256', `${what}\n${nas.id}\n${request}`, 'base64url').slice(0, 16))
}
