import t from 'tap'
import { wisprBandwidth } from '../../../core/gateways/wispr.ts'

t.test('bandwidth is in bit/s, each direction for itself', (t) => {
  t.same(wisprBandwidth({ upBitsPerSecond: 1000, downBitsPerSecond: 5_000_000 }), [
    { vendor: 14122, type: 7, kind: 'integer', value: 1000 },
    { vendor: 14122, type: 8, kind: 'integer', value: 5_000_000 },
  ])
  t.same(wisprBandwidth({ downBitsPerSecond: 1 }), [{ vendor: 14122, type: 8, kind: 'integer', value: 1 }])
  t.same(wisprBandwidth({ seconds: 1 }), [])
  t.end()
})
