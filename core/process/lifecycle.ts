import { byStandingClock } from './clock.ts'

/** Something that was started and can be stopped; `stop` finishes open work and frees what it held. */
export interface Running {
  stop(): Promise<void>
}

/** Runs `work` every `everyMs`, never twice at once; a failure goes to `failed` and the next turn comes all the same. */
export function repeat(
  everyMs: number,
  work: () => Promise<void>,
  failed: (error: unknown) => void,
): Running {
  const standing = byStandingClock(everyMs, () => work().catch(failed))
  if (standing) return standing
  let turn: Promise<void> = Promise.resolve()
  let stopped = false
  let timer: NodeJS.Timeout
  const next = (): void => {
    timer = setTimeout(() => {
      turn = work()
        .catch(failed)
        .finally(() => {
          if (!stopped) next()
        })
    }, everyMs)
  }
  next()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await turn
    },
  }
}
