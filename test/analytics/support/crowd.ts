import type { PlatformEvent } from '../../../core/domain/event.ts'
import type { Mac } from '../../../core/domain/mac.ts'
import type { Session } from '../../../core/domain/session.ts'
import { macOf, sessionEvent, sessionOf } from './visits.ts'

const MINUTE = 60_000

/** Numbers that look random and are the same each time. */
export function chances(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const pick = <T>(of: readonly T[], chance: () => number): T => of[Math.floor(chance() * of.length)]!

/** A phone with an address of its own (odd) or a made-up one. */
export const phone = (n: number): Mac => (n % 3 === 0 ? macOf(n + 1) : (`02${macOf(n + 1).slice(2)}` as Mac))

/**
 * Visits of a crowd from one instant to another, as events in the order in which the platform hears of them: probes, pages,
 * wrong codes, sessions with reports, silence and its end, and some that are told a day late.
 */
export function crowd(given: {
  readonly seed: number
  readonly visits: number
  readonly devices: number
  readonly sites: readonly string[]
  readonly from: number
  readonly to: number
}): PlatformEvent[] {
  const chance = chances(given.seed)
  const told: { readonly at: number; readonly event: PlatformEvent }[] = []
  for (let i = 0; i < given.visits; i++) {
    const late = chance() < 0.05 ? 20 * 60 * MINUTE : 0
    for (const event of visit(`${given.seed}-${i}`)) told.push({ at: event.at + late, event })
  }
  return told.sort((a, b) => a.at - b.at).map(({ event }) => event)

  function visit(id: string): PlatformEvent[] {
    const mac = phone(Math.floor(chance() ** 2 * given.devices))
    const site = pick(given.sites, chance)
    const at = Math.floor(given.from + chance() * (given.to - given.from))
    const lang = pick(['vi', 'vi', 'vi', 'en', 'ko'], chance)
    const device = { family: pick(['mobile', 'tablet'], chance), os: pick(['Android', 'iOS'], chance) }
    const events: PlatformEvent[] = []
    const step = (step: 'arrival' | 'splash' | 'tap' | 'granted', after: number): void => {
      const of = { nas: `nas-${site}`, site, visit: id, mac, lang, device }
      events.push({ kind: 'funnel', at: at + after, step, ...of })
    }
    step('arrival', 0)
    if (chance() < 0.2) return events
    step('splash', 900)
    if (chance() < 0.15) return events
    step('tap', 20_000)
    if (chance() < 0.1) {
      const reason = pick(['code-wrong', 'quota-time', 'closed', 'bad-password'], chance)
      events.push({ kind: 'refusal', at: at + 20_500, nas: `nas-${site}`, site, reason, mac })
      return events
    }
    step('granted', 21_000)
    if (chance() < 0.05) return events
    const start = at + (chance() < 0.1 ? 200_000 : 25_000)
    return [
      ...events,
      ...session(sessionOf({ id, mac, site, lang, os: device.os, visit: id, startedAt: start })),
    ]
  }

  function session(begun: Session): PlatformEvent[] {
    const events: PlatformEvent[] = [sessionEvent('started', begun, { at: begun.startedAt })]
    const minutes = Math.floor(chance() ** 3 * 300)
    let last = begun
    const grow = (
      change: 'counted' | 'ended' | 'reopened',
      minute: number,
      more: Partial<Session> = {},
    ): void => {
      const seconds = minute * 60
      const moved = { from: BigInt(1000 * minute), to: BigInt(9000 * minute) }
      const at = begun.startedAt + minute * MINUTE
      const next = {
        ...last,
        ...more,
        version: last.version + 1,
        seconds,
        heardAt: at,
        fromVisitorOctets: moved.from,
        toVisitorOctets: moved.to,
      }
      const delta = {
        at,
        seconds: seconds - last.seconds,
        from: moved.from - last.fromVisitorOctets,
        to: moved.to - last.toVisitorOctets,
      }
      events.push(sessionEvent(change, next, delta))
      last = next
    }
    for (let minute = 5; minute < minutes; minute += 5) {
      grow('counted', minute)
      if (minute + 5 >= minutes || chance() > 0.02) continue
      grow('ended', minute, { endedAt: begun.startedAt + minute * MINUTE, cause: 'Lost-Silence' })
      grow('reopened', minute + 2, { endedAt: null, cause: null })
    }
    const cause = pick(['User-Request', 'Idle-Timeout', 'Session-Timeout'], chance)
    if (chance() < 0.93) grow('ended', minutes, { endedAt: begun.startedAt + minutes * MINUTE, cause })
    return events
  }
}
