import t from 'tap'
import { Latency } from '../../../cli/simulate/latency.ts'

t.test('quantiles are right to about one per cent', async (t) => {
  const latency = new Latency()
  for (let i = 1; i <= 1000; i++) latency.add(i)
  const { count, p50, p95 } = latency.summary()
  t.equal(count, 1000)
  t.ok(Math.abs(p50! - 500) <= 8, String(p50))
  t.ok(Math.abs(p95! - 950) <= 14, String(p95))
})

t.test('nothing measured has no quantiles', async (t) => {
  t.same(new Latency().summary(), { count: 0, p50: null, p95: null })
})

t.test('a duration of 0 counts', async (t) => {
  const latency = new Latency()
  latency.add(0)
  t.equal(latency.summary().count, 1)
})
