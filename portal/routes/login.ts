import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { grantPassword } from '../../core/domain/grant.ts'
import { untilClosing, whileLifted } from '../../core/domain/limits.ts'
import { passToken } from '../../core/domain/pass.ts'
import type { Site } from '../../core/domain/site.ts'
import type { Handoff } from '../../core/gateways/gateway.ts'
import { appendEvent } from '../../core/store/events.ts'
import type { Later } from '../../core/store/later.ts'
import { queueAuth } from '../../core/store/opennds.ts'
import { rememberedPass, rememberPass } from '../cookies.ts'
import { endingToday } from '../ending.ts'
import type { LoginMethod, Refusal } from '../login/method.ts'
import { link, PASS_OPENS } from '../links.ts'
import type { Lang } from '../messages.ts'
import { shutNow } from '../notices.ts'
import { senderFor, type Sender } from '../page-model.ts'
import type { CodeView, Spent } from '../pages.ts'
import { isProved } from '../passes.ts'
import { placeOf } from '../places.ts'
import type { Place, PortalParts } from '../parts.ts'
import { splashOf } from '../welcome.ts'
import { tell } from './arrival.ts'

/** The tap, and the way back to the gateway. */
export function loginRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.post('/login/:method', (request, reply) => logIn(parts, request, reply))
  app.get('/go', async (request, reply) => {
    const place = await placeOf(parts, (request.query as { v?: string }).v)
    const sender = senderFor(parts, request, place)
    if (!place) return visitIsOver(parts, sender, reply)
    const shut = shutNow(parts, place.site)
    if (shut) return sender.page(reply, 200, place.site, shut)
    return place.known.grant && !place.known.revoked
      ? handOff(parts, place, sender, reply)
      : sender.redirect(reply, '/splash', place.known.visit.id)
  })
}

/** The answer to a visit that nobody knows any more. */
export const visitIsOver = (parts: PortalParts, sender: Sender, reply: FastifyReply): Promise<FastifyReply> =>
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
  if (!method || !offers(site, method)) return sender.redirect(reply, '/splash', visit.id)
  // Another language than that of the first page was chosen in the menu.
  const chosen = sender.lang === visit.lang ? visit : { ...visit, lang: sender.lang, spoken: sender.lang }
  if (chosen !== visit) await parts.visits.update(chosen)
  await tell(parts, chosen, 'tap', method.name)
  const shut = shutNow(parts, site)
  if (shut) {
    await refused(parts, place, shut.kind)
    return sender.page(reply, 200, site, shut)
  }
  const outcome = await method.complete({
    visit: chosen,
    site,
    isProved: isProved(known),
    fields,
    remembered: rememberedPass(request, parts.keys.pass),
    now: parts.now(),
  })
  if (outcome.kind === 'refused') {
    await refused(parts, place, outcome.refusal.reason)
    return refuse(parts, request, reply, { place, sender, refusal: outcome.refusal, typed: fields.code })
  }
  if (outcome.brought !== undefined) await keep(parts, reply, outcome.brought)
  await parts.visits.grant(visit, outcome.grant)
  await tell(parts, chosen, 'granted', method.name)
  return handOff(parts, { ...place, known: { ...known, visit: chosen, grant: outcome.grant } }, sender, reply)
}

const refused = (parts: PortalParts, { known, nas, site }: Place, reason: string): Later<void> => {
  const { mac } = known.visit
  return appendEvent(parts.line, {
    kind: 'refusal',
    at: parts.now(),
    nas: nas.id,
    site: site.id,
    reason,
    mac,
  })
}

const offers = ({ login }: Site, { name }: LoginMethod): boolean =>
  name === 'pass' ? login.some((method) => PASS_OPENS.includes(method)) : login.includes(name)

async function keep(parts: PortalParts, reply: FastifyReply, id: string): Promise<void> {
  const pass = await parts.passes.find(id)
  if (pass) rememberPass(reply, passToken(parts.keys.pass, pass))
}

/** How this visit's phone goes back to its gateway; the visit has a grant. */
export function handoffOf(parts: PortalParts, { known, nas, site, gateway }: Place, lang: Lang): Handoff {
  const { visit } = known
  const { userName, limits } = known.grant!
  return gateway.portal.handoff({
    nas,
    mac: visit.mac,
    context: visit.context,
    userName,
    password: grantPassword(parts.keys.grant, userName, visit.mac, nas.id),
    limits: untilClosing(whileLifted(limits, site.lifts), site.hours, parts.now()),
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

interface Refused {
  readonly place: Place
  readonly sender: Sender
  readonly refusal: Refusal
  /** What stood in the code field, where there was one. */
  readonly typed: string | undefined
}

async function refuse(
  parts: PortalParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { place, sender, refusal, typed }: Refused,
): Promise<FastifyReply> {
  const { site, known } = place
  const spent = spentOf(refusal, place)
  if (spent) {
    const ending = await endingToday(parts, place)
    return sender.page(reply, 200, site, { kind: 'quota', spent, ending })
  }
  if (refusal.reason === 'method-off') return sender.redirect(reply, '/splash', known.visit.id)
  const over = OVER[refusal.reason]
  if (over && typed === undefined) return sender.page(reply, 200, site, { kind: 'pass-over', reason: over })
  const code: CodeView = { open: true, typed: (typed ?? '').slice(0, 32), fault: faultOf(refusal) }
  const splash = await splashOf(parts, request, place)
  return sender.page(reply, 200, site, { kind: 'splash', ...splash, code })
}

/** A pass that was brought by its link has a page for what is wrong with it; a typed one is told at its field. */
const OVER: Readonly<Record<string, 'wrong' | 'expired' | 'revoked'>> = {
  'pass-wrong': 'wrong',
  'pass-expired': 'expired',
  'pass-revoked': 'revoked',
}

function spentOf(refusal: Refusal, { site }: Place): Spent | null {
  if (refusal.reason === 'quota-time')
    return { kind: 'time', minutes: Math.round((site.limits.dailySeconds ?? 0) / 60) }
  if (refusal.reason === 'quota-data') return { kind: 'data', octets: site.limits.dailyOctets ?? 0 }
  if (refusal.reason === 'quota-devices') return { kind: 'devices', count: refusal.devices }
  return null
}

function faultOf(refusal: Refusal): NonNullable<CodeView['fault']> {
  switch (refusal.reason) {
    case 'code-expired':
      return { kind: 'expired', at: refusal.expiresAt ?? 0 }
    case 'code-used':
    case 'code-devices':
      return { kind: 'used' }
    case 'code-other-site':
      return { kind: 'other-site' }
    case 'too-many-tries':
      return { kind: 'tries' }
    case 'pass-expired':
    case 'pass-revoked':
      return { kind: 'pass-over' }
    case 'code-wrong':
    case 'pass-wrong':
    case 'method-off':
    case 'quota-time':
    case 'quota-data':
    case 'quota-devices':
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
