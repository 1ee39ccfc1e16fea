import fc from 'fast-check'
import t from 'tap'
import { address, limit, limitIfAny, quota, text } from '../../../core/gateways/attributes.ts'
import { dictionary } from '../../../core/gateways/dictionary.ts'

const lab = dictionary(4242, {
  Seconds: [1, 'integer', 'a test', 's'],
  Kilobits: [2, 'integer', 'a test', 'kbit/s'],
  Kibioctets: [3, 'integer', 'a test', 'KiB'],
  Wide: [4, 'integer64', 'a test', 'bit/s'],
  Low: [5, 'integer', 'a test', 'octets'],
  High: [6, 'integer', 'a test', 'gigawords'],
  Word: [7, 'text', 'a test'],
  Host: [8, 'address', 'a test'],
  Bare: [9, 'integer', 'a test'],
})
const MOST = 0xffff_ffff
const positive = fc.double({ min: 0, max: 2 ** 53, noNaN: true })

t.test('whatever the figure, it becomes a whole number from 1 to 2³² − 1', (t) => {
  fc.assert(
    fc.property(positive, (figure) => {
      const { value } = limit(lab.Seconds, figure)
      return (
        typeof value === 'number' &&
        Number.isInteger(value) &&
        value >= 1 &&
        value <= MOST &&
        (figure < 1 || value <= figure)
      )
    }),
  )
  const values = [0, 0.9, 1, 1.9, MOST, 2 ** 32, Infinity, -1, NaN].map((each) => limit(lab.Bare, each).value)
  t.same(values, [1, 1, 1, 1, MOST, MOST, MOST, 1, 1])
  t.end()
})

t.test('a 64-bit figure is clamped to 64 bits', (t) => {
  const wide = (figure: number) => limit(lab.Wide, figure).value
  t.same([0, 5e9, 1e300, Infinity].map(wide), [1n, 5_000_000_000n, 2n ** 64n - 1n, 2n ** 64n - 1n])
  t.end()
})

t.test('a figure is written in the unit of its attribute', (t) => {
  t.same(limit(lab.Seconds, 60), { vendor: 4242, type: 1, kind: 'integer', value: 60 })
  t.equal(limit(lab.Kilobits, 5_000_999).value, 5000)
  t.equal(limit(lab.Kilobits, 999).value, 1)
  t.equal(limit(lab.Kibioctets, 1_048_576).value, 1024)
  t.equal(limit(lab.Kilobits, 1e13).value, MOST)
  t.end()
})

t.test('a limit that is absent is no attribute', (t) => {
  t.same(limitIfAny(lab.Seconds, undefined), [])
  t.same(limitIfAny(lab.Seconds, 7), [limit(lab.Seconds, 7)])
  t.end()
})

t.test('a quota in two words is the quota, but for the octet that keeps the low word from being 0', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (octets) => {
      const [low, high] = quota(lab.Low, lab.High, octets)
      const total = Number(high?.value ?? 0) * 2 ** 32 + Number(low?.value)
      return low?.value !== 0 && high?.value !== 0 && total - octets === (octets % 2 ** 32 === 0 ? 1 : 0)
    }),
  )
  const [low, high] = quota(lab.Low, lab.High, 2 ** 80)
  t.equal(low?.value, 1)
  t.equal(high?.value, MOST, 'Gigawords end at 32 bits too')
  t.end()
})

t.test('text and addresses keep their kind; empty text is no attribute (RFC 2865 §5)', (t) => {
  t.same(text(lab.Word, 'a'), [{ vendor: 4242, type: 7, kind: 'text', value: 'a' }])
  t.same(text(lab.Word, ''), [])
  t.same(address(lab.Host, '10.1.2.3'), { vendor: 4242, type: 8, kind: 'address', value: '10.1.2.3' })
  t.end()
})
