import t from 'tap'
import { base36, big, number } from '../../../core/store/fields.ts'

t.test('a number is written as the engine writes it, and read as what it was', (t) => {
  const powers = Array.from({ length: 54 }, (_, bits) => 2 ** bits)
  const edges = [...powers, ...powers.map((power) => 3 * power), ...[1, 2, 3, 4, 5].map((n) => 36 ** n)]
  for (const edge of edges)
    for (const value of [edge - 1, edge, edge + 1, -edge]) {
      if (base36(value) !== value.toString(36)) t.equal(base36(value), value.toString(36))
      if (base36(BigInt(value)) !== BigInt(value).toString(36)) t.equal(base36(BigInt(value)), String(value))
      if (Number.isSafeInteger(value) && number(base36(value)) !== value)
        t.equal(number(base36(value)), value)
      if (big(base36(BigInt(value))) !== BigInt(value)) t.equal(big(base36(BigInt(value))), BigInt(value))
    }
  t.equal(base36(0), '0')
  for (const value of [2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n, -(2n ** 64n)]) {
    t.equal(base36(value), value.toString(36))
    t.equal(big(base36(value)), value)
  }
  for (const value of [NaN, 1.5, Infinity]) t.equal(base36(value), value.toString(36), 'no whole number')
  t.end()
})
