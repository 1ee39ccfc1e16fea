import type { FastifyRequest } from 'fastify'
import { appendEvent } from '../core/store/events.ts'
import { isProbe } from './device.ts'
import type { Place, PortalParts } from './parts.ts'

/** A minute holds this many arrivals of a visitor who only reads, reloads and has tabs restored. */
const MOST_ASKED = 10
/** Who was let in and still is sent here: once by a race of page and gateway, twice by chance, then it goes round. */
const MOST_GRANTED = 2
const GRANTED_LATELY_MS = 60_000

/**
 * True for a phone that is sent to and fro between gateway and portal: it has come too often within a minute, or comes
 * back again and again although it was just let in. The first time in a minute is told to analytics.
 */
export async function isLooping(
  parts: PortalParts,
  request: FastifyRequest,
  { known, nas, site }: Place,
): Promise<boolean> {
  if (!isPage(request)) return false
  const { grant, revoked, visit } = known
  const granted = grant !== null && !revoked && parts.now() - grant.grantedAt < GRANTED_LATELY_MS
  const most = granted ? MOST_GRANTED : MOST_ASKED
  const times = await parts.visits.countReturn(nas.id, visit.mac, granted ? 'granted' : 'asked')
  if (times === most + 1) {
    parts.log.warn({ nas: nas.id }, 'a phone is sent to and fro between its gateway and the portal')
    const event = { kind: 'refusal', at: parts.now(), nas: nas.id, site: site.id, reason: 'loop' } as const
    await appendEvent(parts.line, event)
  }
  return times > most
}

/** What a window opens; apps and probes ask as often as they like, and go nowhere. */
const isPage = ({ headers }: FastifyRequest): boolean =>
  !isProbe(headers['user-agent']) && (headers.accept ?? '').includes('text/html')
