import { NO_WISH, type PassDesk } from '../passes.ts'
import type { LoginMethod } from './method.ts'

/** One tap: the visitor accepts the terms and gets what the site allows, as far as his pass's quota reaches. */
export const clickThrough = (desk: PassDesk): LoginMethod => ({
  name: 'click-through',
  async complete(attempt) {
    if (attempt.remembered === null) return desk.enter(attempt, NO_WISH)
    const outcome = await desk.enter(attempt, { ...NO_WISH, pass: attempt.remembered })
    // A pass that the browser remembers may be over, or have no place left: then he is a visitor like any other.
    const isShut = outcome.kind === 'refused' && /^pass-|^quota-devices$/.test(outcome.refusal.reason)
    return isShut ? desk.enter(attempt, NO_WISH) : outcome
  },
})
