/** A wait that can be cut short; `done` settles either way. */
export interface Wait {
  readonly done: Promise<void>
  cut(): void
}

/** Time as the simulation has it: real milliseconds, and how many simulated seconds pass in one of them. */
export interface Clock {
  /** Epoch ms of the real world: what packets are stamped with. */
  now(): number
  wait(milliseconds: number): Wait
  /** How many times faster than the real world visitors live. */
  readonly speed: number
}

export const realClock = (speed: number): Clock => ({
  speed,
  now: () => Date.now(),
  wait(milliseconds) {
    let cut = (): void => {}
    const done = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, milliseconds))
      cut = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    return { done, cut }
  },
})

/** Whole simulated seconds since a real moment. */
export const simulatedSeconds = (clock: Clock, since: number): number =>
  Math.max(0, Math.floor(((clock.now() - since) * clock.speed) / 1000))

/** Real milliseconds that a number of simulated seconds takes. */
export const realMilliseconds = (clock: Clock, seconds: number): number => (seconds * 1000) / clock.speed
