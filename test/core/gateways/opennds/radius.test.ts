import t from 'tap'
import { radius } from '../../../../core/gateways/opennds/radius.ts'
import { sessionOf } from '../records.ts'

t.test(
  'who asks by RADIUS for openNDS understands the standard’s limits, and has no Disconnect-Request',
  (t) => {
    t.same(radius.limits({ seconds: 3600, idleSeconds: 900, octets: 5, downBitsPerSecond: 5 }), [
      { type: 27, value: 3600 },
      { type: 28, value: 900 },
    ])
    t.notOk(radius.reversedOctets(() => undefined))
    t.same(radius.disconnect(sessionOf()), [])
    t.end()
  },
)
