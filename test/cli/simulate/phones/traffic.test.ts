import t from 'tap'
import { drawTraffic } from '../../../../cli/simulate/phones/traffic.ts'
import { createRandom } from '../../../../cli/simulate/random.ts'

t.test('totals do not depend on when or how often they are read', async (t) => {
  const [often, once] = [drawTraffic(createRandom(1)), drawTraffic(createRandom(1))]
  for (let second = 0; second < 3600; second += 7) often.at(second)
  t.same(often.at(3600), once.at(3600))
  t.same(often.at(17), once.at(17))
})

t.test('totals never fall, and start at nothing', async (t) => {
  const traffic = drawTraffic(createRandom(2))
  t.same(traffic.at(0), { from: 0n, to: 0n })
  let before = traffic.at(0)
  for (let second = 1; second < 600; second++) {
    const now = traffic.at(second)
    if (now.from < before.from || now.to < before.to) t.fail(`second ${second}`)
    before = now
  }
  t.ok(before.to > 0n)
})

t.test('a quota is used up at the first second that reaches it', async (t) => {
  const traffic = drawTraffic(createRandom(3))
  const second = traffic.reaches({ both: 1_000_000n }, 3600)!
  const both = (at: number): bigint => traffic.at(at).from + traffic.at(at).to
  t.ok(both(second) >= 1_000_000n && both(second - 1) < 1_000_000n)
  t.equal(traffic.reaches({ to: traffic.at(100).to }, 3600)! <= 100, true)
  t.equal(traffic.reaches({ both: 10n ** 15n }, 3600), null)
  t.equal(traffic.reaches({}, 3600), null)
})
