import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FunnelStep } from '../../core/domain/event.ts'
import type { Nas } from '../../core/domain/nas.ts'
import type { Site } from '../../core/domain/site.ts'
import { siteNow } from '../../core/domain/notice.ts'
import type { Visit } from '../../core/domain/visit.ts'
import type { Arrival, Gateway, Query } from '../../core/gateways/gateway.ts'
import { portalGatewayOf } from '../../core/gateways/index.ts'
import { appendEvent } from '../../core/store/events.ts'
import { newVisitId, type KnownVisit } from '../../core/store/visits.ts'
import { rememberVisit, scannedCode } from '../cookies.ts'
import { deviceOf, isProbe } from '../device.ts'
import { isLooping } from '../loops.ts'
import { firstLanguage } from '../messages.ts'
import { mustLeave, shutNow } from '../notices.ts'
import { senderFor, type Sender } from '../page-model.ts'
import type { Place, PortalParts } from '../parts.ts'
import { splashOf } from '../welcome.ts'
import { readsWispr, redirectMessage, rejectedMessage, wisprUrlOf } from '../wispr.ts'

/** Where gateways send phones: `/g/:vendor` and `/g/:vendor/:nas`. */
export function arrivalRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.get('/g/:vendor', (request, reply) => arrive(parts, request, reply))
  app.get('/g/:vendor/:nas', (request, reply) => arrive(parts, request, reply))
}

async function arrive(
  parts: PortalParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const params = request.params as { vendor: string; nas?: string }
  const gateway = portalGatewayOf(params.vendor)
  const query = onceOnly(request.url)
  const named = params.nas ?? gateway?.portal.identifier(query) ?? null
  const nas = gateway && named ? findNas(parts, gateway, named) : undefined
  const { sites, notices } = parts.tables.current
  const recorded = nas && sites.get(nas.site)
  const site = recorded && siteNow(recorded, notices, parts.now())
  // A gateway that nobody recorded and a redirect that nobody signed look the same from outside.
  if (!gateway || !nas || !site) return badArrival(parts, request, reply)
  const base = request.protocol === 'https' ? (parts.portalTlsUrl() ?? parts.portalUrl()) : parts.portalUrl()
  const result = gateway.portal.arrival({ nas, query, url: base + request.url })
  if (result.kind === 'bad-arrival') {
    await appendEvent(parts.line, {
      kind: 'refusal',
      at: parts.now(),
      nas: nas.id,
      site: site.id,
      reason: 'bad-arrival',
    })
    return badArrival(parts, request, reply)
  }
  const { arrival } = result
  const isFirstArrival = (): Promise<boolean> => parts.visits.isFirstArrival(nas.id, arrival.mac)
  const asksToLogIn = arrival.about === 'login' && site.state !== 'planned'
  // What one does not need of another goes to the store in one write, here and below.
  const [before, wasFirst] = await Promise.all([
    arrival.proved ? parts.visits.resume(nas.id, arrival.mac) : null,
    asksToLogIn ? isFirstArrival() : null,
  ])
  if (arrival.about === 'online' && before)
    return senderFor(parts, request, null).redirect(reply, '/online', before.visit.id)
  if (arrival.about === 'left' && before)
    return senderFor(parts, request, null).redirect(reply, '/status', before.visit.id)
  if (site.state === 'planned')
    return senderFor(parts, request, null).page(reply, 200, site, { kind: 'closed', reason: 'planned' })
  const visit = arrivingVisit(parts, request, { nas, site, arrival, before })
  const place = { known: { ...(before ?? NEW), visit }, nas, site, gateway }
  rememberVisit(reply, visit.id)
  const sender = senderFor(parts, request, place)
  const shut = shutNow(parts, site)
  const loginUrl = readsWispr(request.headers['user-agent']) ? wisprUrlOf(parts, place, sender.lang) : null
  const save = (): Promise<void> =>
    before ? parts.visits.update(visit) : parts.visits.create(visit, arrival.proved)
  if (arrival.about === 'failed' && !shut) {
    await save()
    return sender.page(reply, 200, site, {
      kind: 'error',
      reference: 'R-03',
      at: parts.now(),
      ...(loginUrl && { wispr: rejectedMessage() }),
    })
  }
  const isFirst = wasFirst ?? (await isFirstArrival())
  const steps: FunnelStep[] = isFirst ? ['arrival'] : []
  // What a phone fetches by itself to find out whether it is online was seen by nobody.
  if (!shut && !isProbe(request.headers['user-agent'])) steps.push('splash')
  const tellSteps = (): Promise<unknown> => Promise.all(steps.map((step) => tell(parts, visit, step)))
  const [splash, loops] = await Promise.all([
    shut ? null : splashOf(parts, request, place),
    arrival.about === 'login' && isLooping(parts, request, place),
    save(),
    // Whoever was not here for a quarter of an hour goes round nowhere.
    isFirst ? tellSteps() : null,
  ])
  if (loops) return sender.page(reply, 200, site, { kind: 'error', reference: 'L-05', at: parts.now() })
  if (!isFirst) await tellSteps()
  if (splash === null) return sender.page(reply, 200, site, shut!)
  return showSplash(parts, sender, reply, { place, splash, loginUrl, typed: scannedCode(request) })
}

/** The splash, or what must be read before it. */
export async function sendSplash(
  parts: PortalParts,
  request: FastifyRequest,
  reply: FastifyReply,
  place: Place,
): Promise<FastifyReply> {
  const splash = await splashOf(parts, request, place)
  return showSplash(parts, senderFor(parts, request, place), reply, {
    place,
    splash,
    loginUrl: null,
    typed: scannedCode(request),
  })
}

interface SplashView {
  readonly place: Place
  readonly splash: Awaited<ReturnType<typeof splashOf>>
  /** Where clients that read WISPr log in; null for all others. */
  readonly loginUrl: string | null
  /** The code of a slip that this browser scanned. */
  readonly typed: string | undefined
}

async function showSplash(
  parts: PortalParts,
  sender: Sender,
  reply: FastifyReply,
  { place: { site }, splash, loginUrl, typed }: SplashView,
): Promise<FastifyReply> {
  const kind = mustLeave(parts, site) ? 'notice' : 'splash'
  const wispr = loginUrl && { wispr: redirectMessage(site, loginUrl) }
  const code = typed && { code: { open: true, typed } }
  return sender.page(reply, 200, site, { kind, ...splash, ...code, ...wispr })
}

const NEW: Omit<KnownVisit, 'visit'> = { grant: null, revoked: false, session: null, acceptedAt: null }

/** Tells analytics how far a visitor has come. */
export async function tell(
  parts: PortalParts,
  visit: Visit,
  step: FunnelStep,
  method?: string,
): Promise<void> {
  const { nas, site, mac, spoken: lang, device } = visit
  const event = {
    kind: 'funnel',
    at: parts.now(),
    step,
    nas,
    site,
    visit: visit.id,
    mac,
    lang,
    device,
  } as const
  await appendEvent(parts.line, method ? { ...event, method } : event)
}

function arrivingVisit(
  parts: PortalParts,
  request: FastifyRequest,
  { nas, site, arrival, before }: { nas: Nas; site: Site; arrival: Arrival; before: KnownVisit | null },
): Visit {
  return {
    id: before?.visit.id ?? newVisitId(),
    nas: nas.id,
    site: site.id,
    mac: arrival.mac,
    ap: arrival.ap,
    ssid: arrival.ssid,
    ip: arrival.ip,
    lang: senderFor(parts, request, null).lang,
    spoken: firstLanguage(request.headers['accept-language']),
    device: deviceOf(request.headers),
    context: arrival.context,
    proved: arrival.proved,
    createdAt: parts.now(),
  }
}

async function badArrival(
  parts: PortalParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return senderFor(parts, request, null).page(reply, 400, null, {
    kind: 'error',
    reference: 'N-01',
    at: parts.now(),
  })
}

/** A NAS by its id, or by the identifier its redirects carry. */
function findNas({ tables }: PortalParts, gateway: Gateway, name: string): Nas | undefined {
  const byId = tables.current.nas.get(name)
  if (byId?.gateway === gateway.vendor) return byId
  for (const nas of tables.current.nas.values())
    if (nas.gateway === gateway.vendor && nas.identifier === name) return nas
  return undefined
}

/** The query's parameters, those that stand there twice left out: nobody can say which one was meant. */
export function onceOnly(url: string): Query {
  const at = url.indexOf('?')
  const query: Record<string, string> = Object.create(null) as Record<string, string>
  const twice = new Set<string>()
  for (const [name, value] of new URLSearchParams(at < 0 ? '' : url.slice(at + 1)))
    if (name in query) twice.add(name)
    else query[name] = value
  for (const name of twice) delete query[name]
  return query
}
