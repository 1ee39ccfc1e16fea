import { test } from 'tap'
import { Registry } from '../../../core/process/metrics.ts'
import { OutcomeCounts } from '../../../core/process/outcome-counts.ts'

test('each outcome of a report is counted, and a scrape forgets nothing', async (t) => {
  const registry = new Registry()
  const counts = new OutcomeCounts(registry)
  counts.add(['counted'])
  counts.add(['counted', 'wrapped', 'no-octets'])
  await registry.metrics()
  counts.add(['gateway-restart'])
  counts.add(['counted'])
  const { values } = await registry.getSingleMetric('hotspot_accounting_outcomes_total')!.get()
  t.same(Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value])), {
    counted: 3,
    wrapped: 1,
    'no-octets': 1,
    'gateway-restart': 1,
  })
})
