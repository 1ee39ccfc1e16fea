import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { cityDay } from '../../core/domain/day.ts'
import { givenLimits } from '../../core/domain/grant.ts'
import { whileLifted } from '../../core/domain/limits.ts'
import { askedFor } from '../../core/domain/session-story.ts'
import type { Session } from '../../core/domain/session.ts'
import { requestDeauth, requestDisconnect } from '../../core/store/commands.ts'
import { appendEvent } from '../../core/store/events.ts'
import { queueAuth } from '../../core/store/opennds.ts'
import { visitOf } from '../cookies.ts'
import { endingOf } from '../ending.ts'
import { link } from '../links.ts'
import { shutNow } from '../notices.ts'
import { senderFor } from '../page-model.ts'
import type { Allowance } from '../pages.ts'
import { placeOf } from '../places.ts'
import type { Place, PortalParts } from '../parts.ts'
import { QuickSplash } from '../quick-splash.ts'
import { sendSplash } from './arrival.ts'
import { handoffOf, visitIsOver } from './login.ts'
import { onlineMessage, readsWispr, wisprUrlOf } from '../wispr.ts'
import { keepUrlOf } from './pass.ts'

/** How long "Disconnect" waits for the gateway's word before it answers; a reporter asks us every five seconds or so. */
const DISCONNECT_WAIT_MS = { coa: 3000, reporter: 9000 } as const
const WAIT_STEP_MS = 100
/** The waiting page looks again this often; openNDS asks us every five seconds or so. */
const RECHECK_SECONDS = 3
const RECHECKS = 10
/** In the address of the status page right after "Disconnect": gateways tell the same cause when staff asked. */
const OUT = 'out'

/** Pages of a visit that has begun: splash again, waiting, online, status, Disconnect. */
export function statusRoutes(app: FastifyInstance, parts: PortalParts): void {
  const withPlace =
    (show: (place: Place, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const id =
        (request.query as { v?: string }).v ??
        (request.body as { v?: string } | undefined)?.v ??
        visitOf(request)
      const place = await placeOf(parts, id)
      return place ? show(place, request, reply) : visitIsOver(parts, senderFor(parts, request, null), reply)
    }

  const splash = withPlace(async (place, request, reply) => {
    const { site } = place
    const shut = shutNow(parts, site)
    if (shut) return senderFor(parts, request, place).page(reply, 200, site, shut)
    return sendSplash(parts, request, reply, place)
  })
  const quick = new QuickSplash(parts)
  app.get('/splash', (request, reply) => {
    quick.answer(request, reply, () => {
      splash(request, reply).catch((error: Error) => reply.send(error))
    })
  })

  app.get(
    '/wait',
    withPlace(async (place, request, reply) => {
      const sender = senderFor(parts, request, place)
      const { id } = place.known.visit
      if (await openSession(parts, place)) return sender.redirect(reply, '/online', id)
      const turn = Number((request.query as { n?: string }).n ?? 0) || 0
      if (turn >= RECHECKS)
        return sender.page(reply, 200, place.site, { kind: 'error', reference: 'R-03', at: parts.now() })
      // The gateway may have missed it: its poll is not signed, so another phone can answer it away.
      if (turn % 3 === 2 && place.known.grant) {
        const handoff = handoffOf(parts, place, sender.lang)
        if (handoff.kind === 'wait') await queueAuth(parts.store, place.nas.id, handoff.token, handoff.line)
      }
      const checkUrl = `${link('/wait', id, sender.lang)}&n=${turn + 1}`
      return sender.page(reply, 200, place.site, {
        kind: 'connecting',
        checkUrl,
        refreshSeconds: RECHECK_SECONDS,
      })
    }),
  )

  app.get(
    '/online',
    withPlace(async (place, request, reply) => {
      const sender = senderFor(parts, request, place)
      const session = await sessionOf(parts, place)
      if (!place.known.grant || (session && session.endedAt !== null))
        return sender.redirect(reply, '/status', place.known.visit.id)
      const balance = await balanceOf(parts, place, session)
      const keepUrl = await keepUrlOf(parts, place, sender.lang)
      const loginUrl = readsWispr(request.headers['user-agent'])
        ? wisprUrlOf(parts, place, sender.lang)
        : null
      const wispr = loginUrl && { wispr: onlineMessage(loginUrl) }
      return sender.page(reply, 200, place.site, {
        kind: 'online',
        ...balance,
        keepUrl,
        near: true,
        ...wispr,
      })
    }),
  )

  app.get(
    '/status',
    withPlace(async (place, request, reply) => {
      const sender = senderFor(parts, request, place)
      const session = await sessionOf(parts, place)
      if (!session) return sender.redirect(reply, '/splash', place.known.visit.id)
      const byVisitor = OUT in (request.query as object)
      const ending = await endingOf(parts, place, session, { byVisitor })
      if (ending) return sender.page(reply, 200, place.site, { kind: 'ended', ending, near: true })
      const balance = await balanceOf(parts, place, session)
      return sender.page(reply, 200, place.site, {
        kind: 'status',
        startedAt: session.startedAt,
        ...balance,
        keepUrl: await keepUrlOf(parts, place, sender.lang),
        near: true,
      })
    }),
  )

  app.post(
    '/logout',
    withPlace(async (place, request, reply) => {
      const session = await openSession(parts, place)
      if (session) await disconnect(parts, place, session)
      const { lang } = senderFor(parts, request, place)
      return reply.redirect(`${link('/status', place.known.visit.id, lang)}&${OUT}`, 303)
    }),
  )
}

/** The session of the visit's right. One that was over before the right was given belongs to an earlier log-in. */
export async function sessionOf(parts: PortalParts, { known }: Place): Promise<Session | null> {
  const session = known.session && (await parts.sessions.find(known.session))
  if (!session || (session.endedAt !== null && session.heardAt < (known.grant?.grantedAt ?? 0))) return null
  return session
}

async function openSession(parts: PortalParts, place: Place): Promise<Session | null> {
  const session = await sessionOf(parts, place)
  return session && session.endedAt === null ? session : null
}

/** Takes the right back, asks the gateway to end the session, and waits a little for accounting to say so. */
export async function disconnect(parts: PortalParts, place: Place, session: Session): Promise<void> {
  const { visit } = place.known
  await parts.visits.revoke(visit.id)
  const pass = await parts.passes.ofDevice(visit.mac)
  if (pass) await parts.passes.leave(pass.id, visit.mac)
  await appendEvent(parts.line, askedFor(session, 'visitor', parts.now()))
  if (place.gateway.disconnect === 'coa')
    await requestDisconnect(parts.store, session, 'visitor', parts.now())
  else await requestDeauth(parts.store, session)
  for (let waited = 0; waited < DISCONNECT_WAIT_MS[place.gateway.disconnect]; waited += WAIT_STEP_MS) {
    await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS))
    if (!(await openSession(parts, place))) return
  }
}

interface Balance {
  readonly seconds: Allowance | null
  readonly today: Allowance | null
  readonly octets: Allowance | null
}

/** What is left of a right, in seconds and octets. */
export async function balanceOf(
  parts: PortalParts,
  { known, site }: Place,
  session: Session | null,
): Promise<Balance> {
  const { subject } = known.grant!
  const allowance = whileLifted(known.grant!.allowance, site.lifts)
  const limits = whileLifted(givenLimits(known.grant!.limits, session?.method ?? null), site.lifts)
  const ofCode = subject.startsWith('v.')
  const used = await parts.usage.used(subject, ofCode ? null : cityDay(parts.now()))
  // Between two interim updates the clock goes on.
  const passed = session ? Math.max(session.seconds, (parts.now() - session.startedAt) / 1000) : 0
  const usedSeconds = used.seconds + (session ? passed - session.seconds : 0)
  return {
    seconds: leftOf(limits.seconds, passed),
    today: ofCode ? null : leftOf(allowance.seconds, usedSeconds),
    octets: leftOf(allowance.octets, used.octets),
  }
}

const leftOf = (total: number | undefined, used: number): Allowance | null =>
  total === undefined ? null : { left: Math.max(0, Math.round(total - used)), total }
