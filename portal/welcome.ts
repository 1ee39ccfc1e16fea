import type { FastifyRequest } from 'fastify'
import { cityDay } from '../core/domain/day.ts'
import { whileLifted } from '../core/domain/limits.ts'
import { passState } from '../core/domain/pass.ts'
import type { Site } from '../core/domain/site.ts'
import { rightOfPass } from '../core/store/pass-rights.ts'
import { rememberedPass } from './cookies.ts'
import { metOf } from './near.ts'
import type { Welcome } from './pages.ts'
import { isProved } from './passes.ts'
import type { Place, PortalParts } from './parts.ts'

/** What a splash says of its site, to whom it says welcome back, and what he was shown today. */
export async function splashOf(parts: PortalParts, request: FastifyRequest, place: Place) {
  const [welcome, met] = await Promise.all([welcomeOf(parts, request, place), metOf(parts, place)])
  return { ...factsOf(place.site), welcome, near: { met } }
}

/** The splash of who is not welcomed back. */
export const plainSplash = (site: Site) => ({ kind: 'splash', ...factsOf(site), welcome: null }) as const

/** What a splash tells of a site's limits. */
export function factsOf({ limits, lifts }: Site) {
  const { seconds } = whileLifted({ seconds: limits.sessionSeconds }, lifts)
  return { facts: { sessionMinutes: seconds === undefined ? null : Math.round(seconds / 60) } }
}

/**
 * What is left to a visitor whose pass opens this site; null for everybody else. A redirect that nobody signed may name any
 * MAC, so it is told nothing of the passes of that one.
 */
async function welcomeOf(
  { passes, usage, vouchers, keys, now }: PortalParts,
  request: FastifyRequest,
  { known, site }: Place,
): Promise<Welcome | null> {
  const { visit } = known
  const at = now()
  const remembered = rememberedPass(request, keys.pass)
  const brought = remembered === null ? null : await passes.find(remembered)
  const isValid = brought !== null && passState(brought, at) === 'valid'
  const holder = isValid ? brought : isProved(known) ? await passes.validOf(visit.mac, at) : null
  if (holder === null) return null
  const right = await rightOfPass({ usage, vouchers }, { holder, site, visit: visit.id, now: at })
  if (right.kind === 'refused')
    return right.reason.startsWith('quota-') ? { of: 'day', secondsLeft: 0 } : null
  const { subject, method } = right.grant
  const allowance = whileLifted(right.grant.allowance, site.lifts)
  const of = method === 'voucher' ? 'code' : 'day'
  if (allowance.seconds === undefined) return { of, secondsLeft: null }
  const used = await usage.used(subject, of === 'code' ? null : cityDay(at))
  return { of, secondsLeft: wholeMinutes(Math.max(0, allowance.seconds - used.seconds)) }
}

/** As exact as the page tells it, so that all who have as much left can be sent the same; what is below a minute stays so. */
const wholeMinutes = (seconds: number): number =>
  seconds < 60 ? Math.ceil(seconds / 60) : Math.floor(seconds / 60) * 60
