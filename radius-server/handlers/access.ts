import { createHmac } from 'node:crypto'
import { idText } from '../../core/domain/id.ts'
import { classText } from '../../core/domain/grant.ts'
import { gatewayOf } from '../../core/gateways/index.ts'
import { appendEvent } from '../../core/store/events.ts'
import { AttributeType, Code } from '../packet/attributes.ts'
import { reply } from '../packet/encode.ts'
import { integer, text } from '../packet/values.ts'
import { toAttribute } from '../attributes.ts'
import { authenticate, type Decision } from '../authenticate/authenticate.ts'
import { credentialOf } from '../authenticate/credential.ts'
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
          site,
          credential,
          now,
          freshId: idOf(handling, request, 'visit'),
        })
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
    return {
      kind: 'reject',
      reason: decision.reason,
      bytes: reply(packet, Code.AccessReject, attributes, nas.shared),
    }
  }
  const { visit, limits } = decision
  await handling.rights.visits.accepted(visit, now)
  const ticket = classText(
    handling.classKey,
    { session: idOf(handling, request, 'session'), visit: visit.id },
    visit.mac,
  )
  const vendor = gatewayOf(nas.gateway)?.radius.limits(limits).map(toAttribute) ?? []
  const attributes = [
    text(AttributeType.Class, ticket),
    ...vendor,
    integer(AttributeType.AcctInterimInterval, nas.interimSeconds),
  ]
  return { kind: 'answer', result: 'accept', bytes: reply(packet, Code.AccessAccept, attributes, nas.shared) }
}

/**
 * A new id of 16 characters that only this request has. The same request again, at another worker or after a restart,
 * gets the same one, and so the same answer (RFC 5080 §2.2.2).
 */
function idOf({ classKey }: Handling, { packet, nas }: Request, what: 'visit' | 'session'): string {
  const seed = createHmac('sha256', classKey).update(`${what}\n${nas.id}\n${packet.identifier}\n`)
  return idText(seed.update(packet.authenticator).digest().subarray(0, 12))
}
