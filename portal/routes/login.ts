import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { grantPassword } from '../../core/domain/grant.ts'
import type { Handoff } from '../../core/gateways/gateway.ts'
import { appendEvent } from '../../core/store/events.ts'
import { queueAuth } from '../../core/store/opennds.ts'
import type { Refusal } from '../login/method.ts'
import { link } from '../links.ts'
import type { Lang } from '../messages.ts'
import { senderFor, type Sender } from '../page-model.ts'
import type { CodeView, Spent } from '../pages.ts'
import { placeOf } from '../places.ts'
import type { Place, PortalParts } from '../parts.ts'
import { splashOf, tell } from './arrival.ts'

/** The tap, and the way back to the gateway. */
export function loginRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.post('/login/:method', (request, reply) => logIn(parts, request, reply))
  app.get('/go', async (request, reply) => {
    const place = await placeOf(parts, (request.query as { v?: string }).v)
    const sender = senderFor(parts, request, place)
    if (!place) return visitIsOver(parts, sender, reply)
    return place.known.grant && !place.known.revoked
      ? handOff(parts, place, sender, reply)
      : sender.redirect(reply, '/splash', place.known.visit.id)
  })
}

/** The answer to a visit that nobody knows any more. */
export const visitIsOver = (parts: PortalParts, sender: Sender, reply: FastifyReply): FastifyReply =>
  sender.page(reply, 404, null, { kind: 'error', reference: 'S-02', at: parts.now() })

async function logIn(
  parts: PortalParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const fields = stringsOf(request.body)
  const place = await placeOf(parts, fields.v ?? (request.query as { v?: string }).v)
  const sender = senderFor(parts, request, place)
  if (!place) return visitIsOver(parts, sender, reply)
  const { known, site } = place
  const { visit } = known
  const method = parts.methods.get((request.params as { method: string }).method)
  if (!method || !site.login.includes(method.name)) return sender.redirect(reply, '/splash', visit.id)
  // Another language than that of the first page was chosen in the menu.
  const chosen = sender.lang === visit.lang ? visit : { ...visit, lang: sender.lang, spoken: sender.lang }
  if (chosen !== visit) await parts.visits.update(chosen)
  await tell(parts, chosen, 'tap', method.name)
  const outcome = await method.complete({ visit: chosen, site, fields, now: parts.now() })
  if (outcome.kind === 'refused') {
    const { reason } = outcome.refusal
    await appendEvent(parts.store, {
      kind: 'refusal',
      at: parts.now(),
      nas: visit.nas,
      site: site.id,
      reason,
    })
    return refuse(place, sender, reply, outcome.refusal, fields.code ?? '')
  }
  await parts.visits.grant(visit.id, outcome.grant)
  await tell(parts, chosen, 'granted', method.name)
  return handOff(parts, { ...place, known: { ...known, visit: chosen, grant: outcome.grant } }, sender, reply)
}

/** How this visit's phone goes back to its gateway; the visit has a grant. */
export function handoffOf(parts: PortalParts, { known, nas, gateway }: Place, lang: Lang): Handoff {
  const { visit } = known
  const { userName, limits } = known.grant!
  return gateway.portal.handoff({
    nas,
    mac: visit.mac,
    context: visit.context,
    userName,
    password: grantPassword(parts.keys.grant, userName, visit.mac, nas.id),
    limits,
    visit: visit.id,
    landingUrl: parts.portalUrl() + link('/online', visit.id, lang),
  })
}

/** Sends the phone back to its gateway with what the gateway needs to let it in. */
async function handOff(
  parts: PortalParts,
  place: Place,
  sender: Sender,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { known, nas, site } = place
  const handoff = handoffOf(parts, place, sender.lang)
  if (handoff.kind === 'redirect') return reply.redirect(handoff.url, 303)
  if (handoff.kind === 'form')
    return sender.page(reply, 200, site, {
      kind: 'handoff-form',
      url: handoff.action,
      method: 'post',
      fields: handoff.fields,
    })
  await queueAuth(parts.store, nas.id, handoff.token, handoff.line)
  return sender.redirect(reply, '/wait', known.visit.id)
}

function refuse(
  place: Place,
  sender: Sender,
  reply: FastifyReply,
  refusal: Refusal,
  typed: string,
): FastifyReply {
  const { site } = place
  const spent = spentOf(refusal, place)
  if (spent) return sender.page(reply, 200, site, { kind: 'quota', spent })
  const code: CodeView = { open: true, typed: typed.slice(0, 32), fault: faultOf(refusal) }
  return sender.page(reply, 200, site, { kind: 'splash', ...splashOf(site), code, near: true })
}

function spentOf({ reason }: Refusal, { site }: Place): Spent | null {
  if (reason === 'quota-time')
    return { kind: 'time', minutes: Math.round((site.limits.dailySeconds ?? 0) / 60) }
  if (reason === 'quota-data') return { kind: 'data', octets: site.limits.dailyOctets ?? 0 }
  return null
}

function faultOf(refusal: Refusal): NonNullable<CodeView['fault']> {
  switch (refusal.reason) {
    case 'code-expired':
      return { kind: 'expired', at: ('expiresAt' in refusal && refusal.expiresAt) || 0 }
    case 'code-used':
    case 'code-devices':
      return { kind: 'used' }
    case 'code-other-site':
      return { kind: 'other-site' }
    case 'too-many-tries':
      return { kind: 'tries' }
    case 'code-wrong':
    case 'quota-time':
    case 'quota-data':
      return { kind: 'wrong' }
  }
}

/** The fields of a form that are text. */
function stringsOf(body: unknown): Record<string, string> {
  const entries = typeof body === 'object' && body !== null ? Object.entries(body) : []
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
