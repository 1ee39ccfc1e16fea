import type { Progress } from './simulation.ts'

const WIDTH = 24

/** One line that says how far a simulation is; it ends without a line feed, to be written over. */
export function progressLine({
  simulatedMinutes,
  minutes,
  arrivals,
  visitors,
  online,
  failures,
}: Progress): string {
  const filled = Math.round((Math.min(simulatedMinutes, minutes) / Math.max(1, minutes)) * WIDTH)
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
  const failed = failures === 0 ? '' : ` · ${failures} failures`
  return `\r\x1b[K${bar} minute ${simulatedMinutes} of ${minutes} · ${arrivals} arrivals of ${visitors} visitors · ${online} online${failed}`
}

export const CLEARED_LINE = '\r\x1b[K'
