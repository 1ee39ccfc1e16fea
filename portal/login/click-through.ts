import { cityDay } from '../../core/domain/day.ts'
import { clickThroughGrant, dayAllowance, deviceSubject } from '../../core/domain/grants.ts'
import { remaining } from '../../core/domain/limits.ts'
import type { UsageStore } from '../../core/store/usage.ts'
import type { LoginMethod } from './method.ts'

/** One tap: the visitor accepts the terms and gets what the site allows, as far as the day's quota reaches. */
export const clickThrough = (usage: UsageStore, subjectKey: Buffer): LoginMethod => ({
  name: 'click-through',
  async complete({ visit, site, now }) {
    const subject = deviceSubject(subjectKey, visit.mac)
    const left = remaining(dayAllowance(site), await usage.used(subject, cityDay(now)))
    if (left.kind === 'used-up') return { kind: 'refused', refusal: { reason: `quota-${left.what}` } }
    return { kind: 'granted', grant: clickThroughGrant(site, visit.id, subject, left, now) }
  },
})
