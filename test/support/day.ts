import { setTimeout as sleep } from 'node:timers/promises'
import { nextMidnight } from '../../core/domain/day.ts'

/**
 * For a test that counts a day by the machine's own clock and takes so many seconds: where Hà Nội has midnight before it
 * would be done, it waits until that is over.
 */
export async function withinOneDay(seconds: number): Promise<void> {
  const left = nextMidnight(Date.now()) - Date.now()
  if (left < seconds * 1000) await sleep(left + 1000)
}
