/** Runs what it is given, so many at a time, in order. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

export function inTurns(most: number): InTurn {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
