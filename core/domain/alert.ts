/** An alert as Alertmanager tells it. Times are epoch ms by its clock. */
export interface Alert {
  readonly fingerprint: string
  readonly startsAt: number
  /** When it was over; null while it fires. */
  readonly endsAt: number | null
  readonly name: string
  /** Null where it is of no site that we know. */
  readonly site: string | null
  readonly detail: AlertDetail
}

/** For people: what the rule says. */
export interface AlertDetail {
  readonly summary: string
  readonly summaryVi: string
  readonly severity: string
}

/** What is recorded of an alert: its fingerprint and beginning are what it is known by. */
export interface KnownAlert extends Pick<Alert, 'fingerprint' | 'startsAt'> {
  readonly openedAt: number
  readonly closedAt: number | null
}

/** An incident that an alert opens, or that is over by the time it is told. */
export interface AlertIncident extends KnownAlert {
  readonly alert: Alert
  readonly beganAt: number
}

export interface AlertChanges {
  readonly opened: readonly AlertIncident[]
  readonly closed: readonly (Pick<Alert, 'fingerprint' | 'startsAt'> & { readonly closedAt: number })[]
}

/**
 * Told by our own rules of what is an incident already: of the first two, one more would keep itself open for good; of the
 * others, staff would read of one fault twice.
 */
const OF_INCIDENTS: ReadonlySet<string> = new Set([
  'IncidentOpen',
  'PlatformLogins',
  'SiteDown',
  'AccessPointSilent',
])

/**
 * Alertmanager tells an alert within minutes, and again every twelve hours: where it claims to be older, or to come, a clock is
 * wrong, and it begins when it is told.
 */
const OLDEST_MS = 24 * 3_600_000

/** Every alert that fires is told twice a day: one of which so long nothing was heard is over. */
export const UNHEARD_MS = 26 * 3_600_000

/**
 * What a delivery changes. It may come again, late, or in another order: an alert opens one incident for each beginning, a later
 * beginning ends the one before, and an end that comes first is remembered.
 */
export function alertChanges(
  known: readonly KnownAlert[],
  told: readonly Alert[],
  now: number,
): AlertChanges {
  const opened = new Map<string, AlertIncident>()
  const closed = new Map<string, AlertChanges['closed'][number]>()
  const all = new Map(known.map((each) => [keyOf(each), each]))
  const close = (each: KnownAlert, at: number): void => {
    const key = keyOf(each)
    const closedAt = Math.max(each.openedAt, Math.min(now, at))
    all.set(key, { ...each, closedAt })
    const fresh = opened.get(key)
    if (fresh) opened.set(key, { ...fresh, closedAt })
    else closed.set(key, { fingerprint: each.fingerprint, startsAt: each.startsAt, closedAt })
  }
  for (const alert of told) {
    if (OF_INCIDENTS.has(alert.name)) continue
    const key = keyOf(alert)
    const before = all.get(key)
    const isPlausible = alert.startsAt <= now && alert.startsAt >= now - OLDEST_MS
    const endsAt = alert.endsAt === null ? null : isPlausible ? alert.endsAt : now
    if (before) {
      if (endsAt !== null && before.closedAt === null) close(before, endsAt)
      continue
    }
    const others = [...all.values()].filter(({ fingerprint }) => fingerprint === alert.fingerprint)
    const isPast = others.some(({ startsAt }) => startsAt > alert.startsAt)
    for (const each of others)
      if (each.closedAt === null && each.startsAt < alert.startsAt) close(each, alert.startsAt)
    const incident = {
      fingerprint: alert.fingerprint,
      startsAt: alert.startsAt,
      alert,
      beganAt: isPlausible ? alert.startsAt : now,
      openedAt: now,
      closedAt: endsAt !== null || isPast ? now : null,
    }
    opened.set(key, incident)
    all.set(key, incident)
  }
  return { opened: [...opened.values()], closed: [...closed.values()] }
}

const keyOf = ({ fingerprint, startsAt }: Pick<Alert, 'fingerprint' | 'startsAt'>): string =>
  `${fingerprint} ${startsAt}`
