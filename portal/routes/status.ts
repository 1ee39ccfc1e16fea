import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { cityDay } from '../../core/domain/day.ts'
import type { Session } from '../../core/domain/session.ts'
import { requestDeauth, requestDisconnect } from '../../core/store/commands.ts'
import { queueAuth } from '../../core/store/opennds.ts'
import { link } from '../links.ts'
import { senderFor } from '../page-model.ts'
import type { Allowance } from '../pages.ts'
import { placeOf } from '../places.ts'
import type { Place, PortalParts } from '../parts.ts'
import { handoffOf, visitIsOver } from './login.ts'
import { splashOf } from './arrival.ts'

/** How long "Disconnect" waits for the gateway's word before it answers; a reporter asks us every five seconds or so. */
const DISCONNECT_WAIT_MS = { coa: 3000, reporter: 9000 } as const
const WAIT_STEP_MS = 100
/** The waiting page looks again this often; openNDS asks us every five seconds or so. */
const RECHECK_SECONDS = 3
const RECHECKS = 10

/** Pages of a visit that has begun: splash again, waiting, online, status, Disconnect. */
export function statusRoutes(app: FastifyInstance, parts: PortalParts): void {
  const withPlace =
    (show: (place: Place, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const id =
        (request.query as { v?: string }).v ??
        (request.body as { v?: string } | undefined)?.v ??
        cookieVisit(request)
      const place = await placeOf(parts, id)
      return place ? show(place, request, reply) : visitIsOver(parts, senderFor(parts, request, null), reply)
    }

  app.get(
    '/splash',
    withPlace(async (place, request, reply) => {
      const { site } = place
      return senderFor(parts, request, place).page(reply, 200, site, {
        kind: 'splash',
        ...splashOf(site),
        near: true,
      })
    }),
  )

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
      return sender.page(reply, 200, place.site, { kind: 'online', ...balance, near: true })
    }),
  )

  app.get(
    '/status',
    withPlace(async (place, request, reply) => {
      const sender = senderFor(parts, request, place)
      const session = await sessionOf(parts, place)
      if (!session) return sender.redirect(reply, '/splash', place.known.visit.id)
      if (session.endedAt !== null)
        return sender.page(reply, 200, place.site, {
          kind: 'ended',
          reason: endReason(session.cause),
          near: true,
        })
      const balance = await balanceOf(parts, place, session)
      return sender.page(reply, 200, place.site, {
        kind: 'status',
        startedAt: session.startedAt,
        ...balance,
        near: true,
      })
    }),
  )

  app.post(
    '/logout',
    withPlace(async (place, request, reply) => {
      const session = await openSession(parts, place)
      if (session) await disconnect(parts, place, session)
      return senderFor(parts, request, place).redirect(reply, '/status', place.known.visit.id)
    }),
  )
}

/** The session of the visit's right. One that was over before the right was given belongs to an earlier log-in. */
async function sessionOf(parts: PortalParts, { known }: Place): Promise<Session | null> {
  const session = known.session && (await parts.sessions.find(known.session))
  if (!session || (session.endedAt !== null && session.heardAt < (known.grant?.grantedAt ?? 0))) return null
  return session
}

async function openSession(parts: PortalParts, place: Place): Promise<Session | null> {
  const session = await sessionOf(parts, place)
  return session && session.endedAt === null ? session : null
}

/** Takes the right back, asks the gateway to end the session, and waits a little for accounting to say so. */
async function disconnect(parts: PortalParts, place: Place, session: Session): Promise<void> {
  await parts.visits.revoke(place.known.visit.id)
  if (place.gateway.disconnect === 'coa')
    await requestDisconnect(parts.store, session, 'visitor', parts.now())
  else await requestDeauth(parts.store, session)
  for (let waited = 0; waited < DISCONNECT_WAIT_MS[place.gateway.disconnect]; waited += WAIT_STEP_MS) {
    await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS))
    if (!(await openSession(parts, place))) return
  }
}

async function balanceOf(
  parts: PortalParts,
  { known }: Place,
  session: Session | null,
): Promise<{ seconds: Allowance | null; octets: Allowance | null }> {
  const grant = known.grant!
  const total = grant.limits.seconds
  // Between two interim updates the clock goes on.
  const passed = session ? Math.max(session.seconds, (parts.now() - session.startedAt) / 1000) : 0
  const used = await parts.usage.used(
    grant.subject,
    grant.subject.startsWith('v.') ? null : cityDay(parts.now()),
  )
  const most = grant.allowance.octets
  return {
    seconds: total === undefined ? null : { left: Math.max(0, Math.round(total - passed)), total },
    octets: most === undefined ? null : { left: Math.max(0, most - used.octets), total: most },
  }
}

function endReason(cause: string | null): 'logged-out' | 'time' | 'data' | 'other' {
  if (cause === 'Session-Timeout') return 'time'
  if (cause === 'Data-Quota') return 'data'
  return cause === 'User-Request' || cause === 'Admin-Reset' ? 'logged-out' : 'other'
}

function cookieVisit(request: FastifyRequest): string | undefined {
  const signed = request.cookies.visit
  if (signed === undefined) return undefined
  const { valid, value } = request.unsignCookie(signed)
  return valid && value !== null ? value : undefined
}
