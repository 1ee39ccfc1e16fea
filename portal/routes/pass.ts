import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { passState, passToken, readPassToken, spacedPassCode, type Pass } from '../../core/domain/pass.ts'
import { rememberPass, visitOf } from '../cookies.ts'
import { link } from '../links.ts'
import { senderFor } from '../page-model.ts'
import { isProved } from '../passes.ts'
import { placeOf } from '../places.ts'
import type { Place, PortalParts } from '../parts.ts'
import { visitIsOver } from './login.ts'

/** `/pass`: the visitor's pass, to keep. `/p/TOKEN`: its link and QR code, on whichever phone they are opened. */
export function passRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.get('/pass', async (request, reply) => {
    const place = await placeAt(parts, request)
    if (!place) return visitIsOver(parts, senderFor(parts, request, null), reply)
    const pass = await ownPass(parts, place)
    // Where nobody proved whose MAC it is, a made-up redirect would be handed somebody else's pass.
    if (!pass) return senderFor(parts, request, place).redirect(reply, '/status', place.known.visit.id)
    return show(parts, request, reply, { place, pass })
  })

  app.get('/p/:token', async (request, reply) => {
    const { token } = request.params as { token: string }
    const ticket = readPassToken(parts.keys.pass, token)
    const place = await placeAt(parts, request)
    const sender = senderFor(parts, request, place)
    const over = (status: number, reason: 'wrong' | 'expired' | 'revoked'): Promise<FastifyReply> =>
      sender.page(reply, status, place?.site ?? null, { kind: 'pass-over', reason })
    if (!ticket) return over(404, 'wrong')
    const pass = await parts.passes.find(ticket.id)
    const state = pass ? passState(pass, parts.now()) : 'expired'
    if (!pass || state !== 'valid') return over(410, state === 'revoked' ? 'revoked' : 'expired')
    rememberPass(reply, token)
    if (!place) return sender.page(reply, 200, null, { kind: 'pass-kept', code: await codeFor(parts, pass) })
    const { visit } = place.known
    if ((await ownPass(parts, place))?.id === pass.id) return sender.redirect(reply, '/pass', visit.id)
    if (!(await parts.desk.hasPlace(pass, { visit, now: parts.now() })))
      return sender.page(reply, 200, place.site, {
        kind: 'quota',
        spent: { kind: 'devices', count: pass.most },
      })
    return sender.page(reply, 200, place.site, {
      kind: 'pass-join',
      joinUrl: link('/login/pass', visit.id, sender.lang),
      token,
    })
  })
}

/** Where the pass of a visit is shown; null where it has none, or nobody proved its MAC. */
export async function keepUrlOf(
  parts: PortalParts,
  place: Place,
  lang: Parameters<typeof link>[2],
): Promise<string | null> {
  return (await ownPass(parts, place)) ? link('/pass', place.known.visit.id, lang) : null
}

async function ownPass(parts: PortalParts, { known, site }: Place): Promise<Pass | null> {
  const phone = { visit: known.visit, site, isProved: isProved(known), now: parts.now() }
  if (!phone.isProved) return null
  await parts.desk.settle(phone, known)
  return parts.passes.validOf(known.visit.mac, phone.now)
}

async function show(
  parts: PortalParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { place, pass }: { place: Place; pass: Pass },
): Promise<FastifyReply> {
  const base = request.protocol === 'https' ? (parts.portalTlsUrl() ?? parts.portalUrl()) : parts.portalUrl()
  return senderFor(parts, request, place).page(reply, 200, place.site, {
    kind: 'pass',
    id: pass.id,
    url: `${base}/p/${passToken(parts.keys.pass, pass)}`,
    code: await codeFor(parts, pass),
    validUntil: pass.validUntil,
    devices: pass.most,
  })
}

async function codeFor({ passes }: PortalParts, pass: Pass): Promise<string | null> {
  const code = await passes.codeOf(pass)
  return code === null ? null : spacedPassCode(code)
}

const placeAt = (parts: PortalParts, request: FastifyRequest): Promise<Place | null> =>
  placeOf(parts, (request.query as { v?: string }).v ?? visitOf(request))
