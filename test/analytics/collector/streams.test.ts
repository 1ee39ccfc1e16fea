import t from 'tap'
import {
  isAfter,
  raiseStreams,
  readAfter,
  readBacklog,
  removeEntries,
  STREAMS,
  sweepStreams,
} from '../../../analytics/collector/streams.ts'
import { testRedis, testStore } from '../../support/stores.ts'

const redis = await testRedis(t)
const [FIRST = '', SECOND = ''] = STREAMS
const nowhere = new Map<string, string>()

t.test('ids compare as two numbers', async (t) => {
  const inOrder = [
    '0-0',
    '0-1',
    '5-18446744073709551615',
    '10-2',
    '10-10',
    '1760000000000-0',
    '99999999999999-0',
  ]
  inOrder.forEach((id, i) =>
    inOrder.forEach((other, j) => t.equal(isAfter(id, other), i > j, `${id} after ${other}`)),
  )
})

t.test('entries come in order, from all streams, behind the positions, so many of each', async (t) => {
  const store = await testStore(t, redis)
  for (const seq of [1, 2, 3]) await store.xadd(FIRST, `7-${seq}`, 'e', `first ${seq}`)
  await store.xadd(SECOND, '5-1', 'e', 'second')
  await store.xadd(SECOND, '5-2', 'other', 'field')
  t.same(await readAfter(store, nowhere, 10), [
    { stream: FIRST, id: '7-1', text: 'first 1' },
    { stream: FIRST, id: '7-2', text: 'first 2' },
    { stream: FIRST, id: '7-3', text: 'first 3' },
    { stream: SECOND, id: '5-1', text: 'second' },
    { stream: SECOND, id: '5-2', text: null },
  ])
  const positions = new Map([
    [FIRST, '7-1'],
    [SECOND, '5-2'],
  ])
  t.same(await readAfter(store, positions, 1), [{ stream: FIRST, id: '7-2', text: 'first 2' }])
})

t.test('removed and swept entries are gone, later ones stay', async (t) => {
  const store = await testStore(t, redis)
  for (let seq = 1; seq <= 2500; seq++) void store.xadd(FIRST, `7-${seq}`, 'e', '')
  for (const seq of [1, 2]) await store.xadd(SECOND, `5-${seq}`, 'e', '')
  await removeEntries(store, await readAfter(store, new Map([[FIRST, '7-2500']]), 1))
  t.equal(await store.xlen(SECOND), 1)
  await sweepStreams(store, new Map([[FIRST, '7-2400']]))
  t.equal(await store.xlen(FIRST), 100)
  t.equal(await store.xlen(SECOND), 1, 'a stream without a position keeps all')
})

t.test('the backlog is what waits, and its age that of the oldest', async (t) => {
  const store = await testStore(t, redis)
  t.same(await readBacklog(store, nowhere), { waiting: 0, oldestAt: null })
  await store.xadd(FIRST, '9000-1', 'e', '')
  await store.xadd(FIRST, '9500-1', 'e', '')
  await store.xadd(SECOND, '8000-1', 'e', '')
  t.same(await readBacklog(store, nowhere), { waiting: 3, oldestAt: 8000 })
  t.match(await readBacklog(store, new Map([[SECOND, '8000-1']])), { oldestAt: 9000 })
  const all = new Map([
    [FIRST, '9500-1'],
    [SECOND, '8000-1'],
  ])
  t.same(await readBacklog(store, all), { waiting: 0, oldestAt: null }, 'what only waits to be removed')
})

t.test('a live store that lost its streams gives no id that was given before', async (t) => {
  const store = await testStore(t, redis)
  const ahead = Date.now() + 3_600_000
  t.equal(await raiseStreams(store, new Map([[FIRST, `${ahead}-5`]])), true)
  t.equal(await store.xlen(FIRST), 0)
  const next = await store.xadd(FIRST, '*', 'e', 'new')
  t.equal(next, `${ahead}-6`)
  t.equal(await raiseStreams(store, new Map([[FIRST, `${ahead}-5`]])), false, 'nothing to do the next time')
  t.equal(await raiseStreams(store, nowhere), false)
  t.equal(await store.exists(SECOND), 0, 'a stream that never was is left alone')
})
