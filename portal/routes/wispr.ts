import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { appendEvent } from '../../core/store/events.ts'
import { rememberedPass } from '../cookies.ts'
import { closedNow } from '../opening.ts'
import { senderFor } from '../page-model.ts'
import type { Place, PortalParts } from '../parts.ts'
import { isProved } from '../passes.ts'
import { placeOf } from '../places.ts'
import {
  abortedMessage,
  faultMessage,
  loggedOffMessage,
  pendingMessage,
  refusedMessage,
  wisprUrlOf,
} from '../wispr.ts'
import { tell } from './arrival.ts'
import { handoffOf } from './login.ts'
import { disconnect, sessionOf } from './status.ts'

/** `/wispr`: where smart clients log in with an access code as their user name, and log off again. */
export function wisprRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.post('/wispr', async (request, reply) => {
    const place = await placeAt(parts, request)
    return say(reply, place ? await logIn(parts, request, place) : faultMessage())
  })

  app.get('/wispr', async (request, reply) => {
    const place = await placeAt(parts, request)
    const query = request.query as object
    if (place && 'abort' in query) return say(reply, abortedMessage())
    if (place && 'logoff' in query) {
      const session = await sessionOf(parts, place)
      if (session && session.endedAt === null) await disconnect(parts, place, session)
      return say(reply, loggedOffMessage())
    }
    // A person who was led here by a browser that reads WISPr.
    return place
      ? senderFor(parts, request, place).redirect(reply, '/splash', place.known.visit.id)
      : reply.redirect('/help', 302)
  })
}

/** The visit, where a program may log in for it: a password is taken over TLS alone. */
async function placeAt(parts: PortalParts, request: FastifyRequest): Promise<Place | null> {
  if (request.protocol !== 'https') return null
  const place = await placeOf(parts, (request.query as { v?: string }).v)
  return place && wisprUrlOf(parts, place, 'en') ? place : null
}

/** Redeems the code that was sent as user name; what comes of it as a message. */
async function logIn(parts: PortalParts, request: FastifyRequest, place: Place): Promise<string> {
  const { known, site, nas } = place
  const { visit } = known
  const { lang } = senderFor(parts, request, place)
  const refused = async (reason: string): Promise<string> => {
    const event = { kind: 'refusal', at: parts.now(), nas: nas.id, site: site.id, reason } as const
    await appendEvent(parts.line, { ...event, mac: visit.mac })
    return refusedMessage(parts.pages.catalogues.translate(lang, WHY[reason] ?? 'error.title'))
  }
  const method = parts.methods.get('voucher')
  const code = (request.body as { UserName?: unknown } | undefined)?.UserName
  if (!method || typeof code !== 'string') return faultMessage()
  await tell(parts, visit, 'tap', method.name)
  if (closedNow(site, parts.now())) return refused('closed')
  const outcome = await method.complete({
    visit,
    site,
    isProved: isProved(known),
    fields: { code },
    remembered: rememberedPass(request, parts.keys.pass),
    now: parts.now(),
  })
  if (outcome.kind === 'refused') return refused(outcome.refusal.reason)
  await parts.visits.grant(visit, outcome.grant)
  await tell(parts, visit, 'granted', method.name)
  const handoff = handoffOf(parts, { ...place, known: { ...known, grant: outcome.grant } }, lang)
  return handoff.kind === 'redirect' ? pendingMessage(handoff.url) : faultMessage()
}

/** What a program may show of a refusal. */
const WHY: Readonly<Record<string, string>> = {
  'code-wrong': 'code.wrong',
  'code-used': 'code.used',
  'code-devices': 'code.used',
  'code-other-site': 'code.other-site',
  'too-many-tries': 'code.tries',
}

const say = (reply: FastifyReply, message: string): FastifyReply =>
  reply.type('text/html').send(`<!doctype html>\n<title>WISPr</title>\n${message}\n`)
