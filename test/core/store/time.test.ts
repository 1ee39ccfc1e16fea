import { test } from 'tap'
import { keys } from '../../../core/store/keys.ts'
import { timePasser } from '../../../core/store/time.ts'
import { testRedis, testStore } from '../../support/stores.ts'

const AHEAD = Date.parse('2199-02-01T00:00:00+07:00')
const HOUR = 3_600_000

test('as time passes lifetimes get shorter and event streams count from the new moment', async (t) => {
  const store = await testStore(t, await testRedis(t))
  await store.set('two-hours', 1, 'PX', 2 * HOUR)
  await store.set('half-an-hour', 1, 'PX', HOUR / 2)
  await store.set('for-good', 1)
  const pass = timePasser(store)
  await pass(AHEAD, HOUR)
  t.equal(await store.exists('half-an-hour'), 0, 'what would have ended is gone')
  t.equal(await store.pttl('for-good'), -1)
  const left = await store.pttl('two-hours')
  t.ok(left <= HOUR && left > HOUR / 2, `an hour is left, not ${left} ms`)

  const stream = keys.events(3)
  t.equal(await store.xlen(stream), 0, 'the mark itself is no event')
  const first = await store.xadd(stream, '*', 'e', 'something happened')
  t.equal(first?.split('-')[0], String(AHEAD))
  await pass(AHEAD, 0)
  const second = await store.xadd(stream, '*', 'e', 'and something else')
  t.equal(second?.split('-')[0], String(AHEAD), 'the same moment again is no fault')
  await pass(AHEAD + HOUR, 0)
  const third = await store.xadd(stream, '*', 'e', 'an hour later')
  t.equal(third?.split('-')[0], String(AHEAD + HOUR))
  t.equal(await store.xlen(stream), 3)
  t.equal(await store.exists('two-hours'), 1, 'a clock that is only set ends nothing')
})
