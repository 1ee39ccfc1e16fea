import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NAS_REBOOT, type AccountingRecord } from '../../core/domain/accounting.ts'
import type { MustEnd } from '../../core/domain/endings.ts'
import { colonMac, parseMac, type Mac } from '../../core/domain/mac.ts'
import type { Nas } from '../../core/domain/nas.ts'
import type { Session } from '../../core/domain/session.ts'
import {
  readOpenndsEvent,
  type OpenndsClient,
  type OpenndsEvent,
} from '../../core/gateways/opennds/events.ts'
import { forgetDeauth, wantedDeauths } from '../../core/store/commands.ts'
import { appendEvent } from '../../core/store/events.ts'
import { noteHeard, noteWrongClock } from '../../core/store/heard.ts'
import { firstUse } from '../../core/store/tries.ts'
import { endingsOf } from '../ending.ts'
import type { PortalParts } from '../parts.ts'

/** `ndsctl json` of a full gateway: 250 clients of about 1.2 kB. */
const EVENT_BYTES = 512 * 1024
/** A signature's time may be this far off: gateways without a battery wake up in the past, and NTP needs a moment. */
const CLOCK_SECONDS = 300

/** What gateways themselves post: openNDS's events, and the heartbeat of any gateway. Both are signed. */
export function openndsRoutes(app: FastifyInstance, parts: PortalParts): void {
  app.register(async (scope) => {
    // The signature is over the bytes as they came, so they are not parsed before it is checked.
    scope.removeContentTypeParser('application/json')
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => done(null, body))
    scope.post('/g/opennds/:nas/events', { bodyLimit: EVENT_BYTES }, async (request, reply) => {
      const signed = await signedBody(parts, request, 'opennds')
      if (!signed)
        return reply.code(403).type('text/plain').send('not signed by this gateway, or its clock is wrong\n')
      const event = readOpenndsEvent(signed.body)
      // Anything but a signed 200 would keep the gateway's queue waiting for ever.
      if (event) await take(parts, signed.nas, event)
      else await refused(parts, signed.nas, 'bad-event')
      return answer(reply, signed, await deauths(parts, signed.nas))
    })
    scope.post('/g/:vendor/:nas/heartbeat', async (request, reply) => {
      const signed = await signedBody(parts, request, (request.params as { vendor: string }).vendor)
      const beat = signed && heartbeat.safeParse(jsonOf(signed.body))
      if (!signed || !beat)
        return reply.code(403).type('text/plain').send('not signed by this gateway, or its clock is wrong\n')
      if (!beat.success) return answer(reply, signed, 'not a heartbeat\n')
      const aps = beat.data.accessPoints.map(parseMac).filter((mac): mac is Mac => mac !== null)
      for (const ap of [null, ...aps]) await noteHeard(parts.store, signed.nas.id, ap, parts.now())
      return answer(reply, signed, '')
    })
  })
}

const heartbeat = z.object({ accessPoints: z.array(z.string().max(32)).max(1000).default([]) })

interface Signed {
  readonly nas: Nas
  readonly key: string
  readonly nonce: string
  readonly body: string
}

/** The body of a request that a gateway signed just now, for the first time; else null. */
async function signedBody(
  parts: PortalParts,
  request: FastifyRequest,
  vendor: string,
): Promise<Signed | null> {
  const nas = parts.tables.current.nas.get((request.params as { nas: string }).nas)
  const {
    'x-hotspot-time': time,
    'x-hotspot-nonce': nonce,
    'x-hotspot-signature': signature,
  } = request.headers
  const body = typeof request.body === 'string' ? request.body : ''
  if (
    nas?.gateway !== vendor ||
    typeof time !== 'string' ||
    typeof nonce !== 'string' ||
    typeof signature !== 'string'
  )
    return null
  if (!/^\d{1,12}$/.test(time) || !/^[0-9a-f]{16,64}$/.test(nonce) || !/^[0-9a-f]{64}$/.test(signature))
    return null
  const key = (nas.fasKey ?? nas.secret).reveal()
  const path = request.url.split('?')[0]!
  const wanted = createHmac('sha256', key).update(`${time}\n${nonce}\n${path}\n${body}`).digest()
  if (!timingSafeEqual(wanted, Buffer.from(signature, 'hex'))) return null
  if (Math.abs(parts.now() / 1000 - Number(time)) > CLOCK_SECONDS) {
    parts.log.warn(
      { nas: nas.id },
      'the clock of a gateway is more than five minutes off: its events are refused',
    )
    await noteWrongClock(parts.store, nas.id, parts.now())
    await refused(parts, nas, 'gateway-clock')
    return null
  }
  return (await firstUse(parts.store, nas.id, nonce)) ? { nas, key, nonce, body } : null
}

function answer(reply: FastifyReply, { key, nonce }: Signed, text: string): FastifyReply {
  const signature = createHmac('sha256', key).update(`${nonce}\n${text}`).digest('hex')
  return reply.type('text/plain').header('x-hotspot-signature', signature).send(text)
}

async function take(parts: PortalParts, nas: Nas, event: OpenndsEvent): Promise<void> {
  await noteHeard(parts.store, nas.id, null, parts.now())
  if (event.kind === 'start') {
    for (const ref of await parts.sessions.open(nas.id))
      await parts.sessions.end(ref, NAS_REBOOT, parts.now())
    parts.accounted(['gateway-restart'])
  } else if (event.kind === 'counters') {
    for (const client of event.clients) await count(parts, nas, client, event.at)
  } else if (event.kind === 'login') {
    await record(parts, report(parts, nas, event.client, 'start', event.at, null))
  } else if (event.kind === 'logout') {
    await forgetDeauth(parts.store, nas.id, event.client.mac)
    if (!(await isOurs(parts, nas, event.client))) return
    const stop = report(parts, nas, event.client, 'stop', event.at, event.cause)
    await record(parts, { ...stop, cause: await causeOf(parts, stop) })
  }
}

/** What openNDS's word for "by ndsctl" becomes: see gateways/opennds/events.ts. */
const PUT_OUT = 'Admin-Reset'

/** What a session that we had put out for a limit of its own is said to have ended of. */
const CAUSE: Readonly<Partial<Record<MustEnd, string>>> = {
  hours: 'Session-Timeout',
  'session-time': 'Session-Timeout',
  'quota-time': 'Session-Timeout',
  'session-data': 'Data-Quota',
  'quota-data': 'Data-Quota',
}

async function causeOf(parts: PortalParts, stop: AccountingRecord): Promise<string | null> {
  const session = stop.cause === PUT_OUT ? await parts.sessions.find(stop) : null
  // By openNDS's word alone, whom we had put out for his limits could have been put out by staff.
  const reason = session?.endedAt === null ? await endingsOf(parts).reason(session, parts.now()) : null
  return (reason && CAUSE[reason]) ?? stop.cause
}

/** BinAuth puts out, within seconds, whoever got in without our word: he never was a session. */
const PUT_OUT_MS = 30_000

/**
 * openNDS ends a session itself, at its next look: we do it only where it has not. 9.10 can lose the limits of a log-in,
 * and it holds each direction to the whole quota: we hold both to it.
 */
async function count(parts: PortalParts, nas: Nas, client: OpenndsClient, at: number): Promise<void> {
  if (at - client.startedAt < PUT_OUT_MS && !(await isOurs(parts, nas, client))) return
  const session = await record(parts, report(parts, nas, client, 'interim', at, null))
  if (session.endedAt === null) await endingsOf(parts).look(session, parts.now())
}

/** True when we know the log-in: its session, or the visit that its custom string names. */
async function isOurs(
  parts: PortalParts,
  nas: Nas,
  { acctSessionId, mac, visit }: OpenndsClient,
): Promise<boolean> {
  if (await parts.sessions.find({ nas: nas.id, acctSessionId, mac })) return true
  const known = visit === null ? null : await parts.visits.find(visit)
  return known?.visit.mac === mac && known.grant !== null
}

async function refused(parts: PortalParts, nas: Nas, reason: string): Promise<void> {
  await appendEvent(parts.line, { kind: 'refusal', at: parts.now(), nas: nas.id, site: nas.site, reason })
}

async function record(parts: PortalParts, report: AccountingRecord): Promise<Session> {
  const { applied, session } = await parts.sessions.record(report)
  parts.accounted(applied.outcomes)
  return session
}

/** A gateway's report as an accounting record: from here on it is a session like any other. */
function report(
  parts: PortalParts,
  nas: Nas,
  client: OpenndsClient,
  status: AccountingRecord['status'],
  at: number,
  cause: string | null,
): AccountingRecord {
  return {
    status,
    nas: nas.id,
    site: nas.site,
    acctSessionId: client.acctSessionId,
    mac: client.mac,
    at: Math.min(at, parts.now()),
    receivedAt: parts.now(),
    fromVisitorOctets: client.fromVisitorOctets,
    toVisitorOctets: client.toVisitorOctets,
    gigawords: true,
    seconds: Math.max(0, Math.floor((at - client.startedAt) / 1000)),
    cause,
    userName: null,
    visit: client.visit,
    ip: client.ip,
    ap: null,
    interimSeconds: nas.interimSeconds,
    classSession: null,
  }
}

/** Lines that name the devices to put out; each is named until its log-out has come. */
async function deauths(parts: PortalParts, nas: Nas): Promise<string> {
  const lines: string[] = []
  for (const [mac, acctSessionId] of Object.entries(await wantedDeauths(parts.store, nas.id))) {
    const session = await parts.sessions.find({ nas: nas.id, acctSessionId, mac: mac as Mac })
    if (session && session.endedAt === null) lines.push(`deauth ${colonMac(mac as Mac)}\n`)
    else await forgetDeauth(parts.store, nas.id, mac)
  }
  return lines.join('')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text || '{}')
  } catch {
    return null
  }
}
