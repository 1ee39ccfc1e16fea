/**
 * What an incident is of, and after how many slots in a row it opens and closes. `platform-logins`: most test logins fail,
 * which is one fault and not one a gateway. Access points take one slot more: nobody may have been near one.
 */
export const INCIDENT_RULES = {
  'platform-logins': { opensAfter: 2, closesAfter: 2 },
  'site-down': { opensAfter: 2, closesAfter: 2 },
  'test-login': { opensAfter: 2, closesAfter: 2 },
  'gateway-silent': { opensAfter: 2, closesAfter: 2 },
  'access-points-silent': { opensAfter: 3, closesAfter: 2 },
  'gateway-clock': { opensAfter: 2, closesAfter: 3 },
} as const satisfies Readonly<Record<string, { opensAfter: number; closesAfter: number }>>
export type IncidentCause = keyof typeof INCIDENT_RULES
export const INCIDENT_CAUSES = Object.keys(INCIDENT_RULES) as IncidentCause[]
/** Besides those of our own, an incident may be an alert's, with the rule's name as its subject. */
export const TOLD_CAUSES = [...INCIDENT_CAUSES, 'alert'] as const
export type ToldCause = (typeof TOLD_CAUSES)[number]

/** What a slot says of a cause. `unknown`: nobody can say, or another incident says it already; it changes nothing. */
export type Reading = 'bad' | 'good' | 'unknown'

/** What was found of one cause. `subject` is a site, a NAS or `platform`; `site` null is all of them. */
export interface Finding {
  readonly cause: IncidentCause
  readonly subject: string
  readonly site: string | null
  readonly reading: Reading
  /** For people: which gateways, which access points. No address of a device. */
  readonly detail: Readonly<Record<string, string | number | readonly string[]>>
}

/** What is counted of one cause and subject: slots in a row. `badSince` is when the first of the bad ones began. */
export interface Watch {
  readonly bad: number
  readonly good: number
  readonly badSince: number | null
  readonly isOpen: boolean
}

export const NOTHING_SEEN: Watch = { bad: 0, good: 0, badSince: null, isOpen: false }

/**
 * What one more slot makes of a watch: an incident opens after enough bad slots in a row and closes after enough good
 * ones, so that what comes and goes neither opens one each time nor closes it.
 */
export function watched(
  watch: Watch,
  { cause, reading }: Pick<Finding, 'cause' | 'reading'>,
  slotAt: number,
): { readonly watch: Watch; readonly change: 'opened' | 'closed' | null } {
  const { opensAfter, closesAfter } = INCIDENT_RULES[cause]
  if (reading === 'unknown') return { watch, change: null }
  if (reading === 'bad') {
    const bad = watch.bad + 1
    const opens = !watch.isOpen && bad >= opensAfter
    const isOpen = watch.isOpen || opens
    return {
      watch: { bad, good: 0, badSince: watch.badSince ?? slotAt, isOpen },
      change: opens ? 'opened' : null,
    }
  }
  const good = watch.good + 1
  if (!watch.isOpen || good >= closesAfter)
    return { watch: NOTHING_SEEN, change: watch.isOpen ? 'closed' : null }
  return { watch: { ...watch, bad: 0, good }, change: null }
}
