import { test } from 'tap'
import { delayOf, standStill } from '../../../core/process/clock.ts'
import { repeat } from '../../../core/process/lifecycle.ts'

const NOON = Date.parse('2027-02-01T12:00:00+07:00')
const MINUTE = 60_000

test('without a standing clock seconds are seconds', (t) => {
  t.equal(delayOf(1000), 1000)
  t.end()
})

test('by a standing clock what is repeated comes due as the clock is set, and is done when that settles', async (t) => {
  const clock = standStill(NOON)
  t.equal(clock.now(), NOON)
  t.equal(delayOf(1000), 0, 'nobody waits for seconds that do not pass')
  const done: string[] = []
  const failures: unknown[] = []
  const work = (name: string) => async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve))
    done.push(`${name} at ${(clock.now() - NOON) / MINUTE}`)
    if (name === 'hourly') throw new Error('not today')
  }
  const often = repeat(MINUTE, work('often'), (error) => failures.push(error))
  const hourly = repeat(60 * MINUTE, work('hourly'), (error) => failures.push(error))

  await clock.set(NOON + 5 * MINUTE, true)
  t.same(done.splice(0), ['often at 5'])
  await clock.set(NOON + 6 * MINUTE, false)
  t.equal(clock.now(), NOON + 6 * MINUTE)
  t.same(done, [], 'a clock that is only set does no work')
  await clock.set(NOON + 60 * MINUTE, true)
  t.same(done.splice(0).sort(), ['hourly at 60', 'often at 60'])
  t.equal(failures.length, 1, 'a failure is told, and is nobody else’s')
  await clock.set(NOON, true)
  t.equal(clock.now(), NOON + 60 * MINUTE, 'it never goes back')
  await often.stop()
  await clock.set(NOON + 120 * MINUTE, true)
  t.same(done, ['hourly at 120'])
  await hourly.stop()
})
