import { test } from 'tap'
import { StepClock } from '../../../../cli/simulate/twin/step-clock.ts'

const NOON = Date.parse('2027-02-01T12:00:00+07:00')
const MINUTE = 60_000

test('who waits is woken at a whole minute, and not before the clock goes there', async (t) => {
  let changes = 0
  const clock = new StepClock(NOON, () => changes++)
  const woken: string[] = []
  const wait = (name: string, milliseconds: number) => {
    const one = clock.wait(milliseconds)
    void one.done.then(() => woken.push(name))
    return one
  }
  wait('ten minutes and a spare millisecond', 10 * MINUTE + 1)
  wait('half a minute', MINUTE / 2)
  const cut = wait('an hour', 60 * MINUTE)
  t.equal(clock.waiting, 3)
  t.equal(changes, 3)
  t.notOk(clock.isDue(NOON))
  t.ok(clock.isDue(NOON + MINUTE))
  clock.advance(NOON + MINUTE)
  await new Promise(setImmediate)
  t.same(woken, ['half a minute'])
  cut.cut()
  clock.advance(NOON + 10 * MINUTE)
  await new Promise(setImmediate)
  t.same(woken, ['half a minute', 'an hour', 'ten minutes and a spare millisecond'])
  t.equal(clock.waiting, 0)
  t.equal(clock.now(), NOON + 10 * MINUTE)
})
