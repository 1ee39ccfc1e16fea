import { openingAt } from '../core/domain/hours.ts'
import type { Site } from '../core/domain/site.ts'

/** What the page of a site that is closed now says; null while it is open. */
export function closedNow({ hours }: Site, now: number) {
  const opening = openingAt(hours, now)
  if (opening.open) return null
  return { kind: 'closed', reason: 'hours', opensAt: opening.opensAt, at: now, near: true } as const
}
