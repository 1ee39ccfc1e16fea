import t from 'tap'
import { clientView, nasView, totalQuota } from '../../../../cli/simulate/gateways/counters.ts'

const named = (attributes: ReturnType<typeof nasView>): Record<string, unknown> =>
  Object.fromEntries(attributes.map(([name, value]) => [name, value]))

t.test('gigawords count the wraps of 32 bits', async (t) => {
  const from = (3n << 32n) | 5n
  t.match(named(nasView({ from, to: 7n })), {
    'Acct-Input-Octets': 5,
    'Acct-Input-Gigawords': 3,
    'Acct-Output-Octets': 7,
    'Acct-Output-Gigawords': 0,
  })
  t.match(named(nasView({ from: 0xffff_ffffn, to: 0n })), {
    'Acct-Input-Octets': 0xffff_ffff,
    'Acct-Input-Gigawords': 0,
  })
})

t.test("the client's view is the other way round", async (t) => {
  t.match(named(clientView({ from: 1n, to: 2n })), { 'Acct-Input-Octets': 2, 'Acct-Output-Octets': 1 })
})

t.test('a quota is put together from both halves', async (t) => {
  t.same(totalQuota(5, 1), { both: (1n << 32n) + 5n })
  t.same(totalQuota(5, undefined), { both: 5n })
  t.equal(totalQuota(undefined, undefined), undefined)
})
