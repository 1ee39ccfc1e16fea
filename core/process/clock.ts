import type { Running } from './lifecycle.ts'

/** A clock that stands until somebody sets it, for a platform whose days are played: docs/decisions/0040. */
export interface StandingClock {
  /** Epoch ms. */
  now(): number
  /** Sets it; it never goes back. With `work`, all that comes due by it is done when this settles. */
  set(at: number, work: boolean): Promise<void>
}

interface Turn {
  readonly everyMs: number
  readonly take: () => Promise<void>
  takenAt: number
}

let standing: { at: number; readonly turns: Set<Turn> } | null = null

/** From now on this process goes by a standing clock: what is repeated comes due by it alone. */
export function standStill(at: number): StandingClock {
  const clock = { at, turns: new Set<Turn>() }
  standing = clock
  return {
    now: () => clock.at,
    async set(to, work) {
      clock.at = Math.max(clock.at, to)
      if (!work) return
      const due = [...clock.turns].filter(({ everyMs, takenAt }) => clock.at - takenAt >= everyMs)
      await Promise.all(
        due.map((turn) => {
          turn.takenAt = clock.at
          return turn.take()
        }),
      )
    },
  }
}

/** How long to wait for what is put off by seconds: not at all where nobody's seconds pass. */
export const delayOf = (milliseconds: number): number => (standing === null ? milliseconds : 0)

/** `take` by this process's standing clock, or null where its clock runs with the world's. */
export function byStandingClock(everyMs: number, take: () => Promise<void>): Running | null {
  if (standing === null) return null
  const { turns } = standing
  let last: Promise<void> = Promise.resolve()
  const turn: Turn = { everyMs, takenAt: standing.at, take: () => (last = last.then(take)) }
  turns.add(turn)
  return {
    async stop() {
      turns.delete(turn)
      await last
    },
  }
}
