import t from 'tap'
import type { SessionLimits } from '../../../core/domain/limits.ts'
import { VENDORS } from '../../../core/domain/nas.ts'
import { gatewayOf } from '../../../core/gateways/index.ts'
import { toAttribute } from '../../../radius-server/attributes.ts'
import { LimitAttributes } from '../../../radius-server/handlers/limit-attributes.ts'
import { EncodedAttributes, integer } from '../../../radius-server/packet/values.ts'
import { knownNas } from '../stage.ts'

const HOUR: SessionLimits = { seconds: 3600, idleSeconds: 900, octets: 1_000_000_000 }
const chilli = knownNas()

/** The octets that the vendor's own attributes and an Acct-Interim-Interval make. */
const wanted = (nas: typeof chilli, limits: SessionLimits): Buffer =>
  new EncodedAttributes([
    ...gatewayOf(nas.gateway)!.radius.limits(limits).map(toAttribute),
    integer(85, nas.interimSeconds),
  ]).octets

t.test('each vendor gets limits and interval in its own attributes, the same octets each time', (t) => {
  const attributes = new LimitAttributes()
  for (let round = 0; round < 2; round++)
    for (const gateway of VENDORS) {
      const nas = { ...chilli, gateway }
      t.same(attributes.of(nas, HOUR).octets, wanted(nas, HOUR), gateway)
    }
  t.equal(attributes.of(chilli, { ...HOUR }), attributes.of({ ...chilli, id: 'another' }, HOUR), 'made once')
  t.end()
})

t.test('what differs in anything that is sent is not alike', (t) => {
  const attributes = new LimitAttributes()
  const each: SessionLimits[] = [
    {},
    { seconds: 60 },
    { idleSeconds: 60 },
    { octets: 60_000 },
    { downBitsPerSecond: 60_000 },
    { upBitsPerSecond: 60_000 },
    { seconds: 60, idleSeconds: 60 },
  ]
  for (const limits of [...each, ...each])
    for (const nas of [chilli, { ...chilli, interimSeconds: 60 }])
      t.same(attributes.of(nas, limits).octets, wanted(nas, limits), JSON.stringify(limits))
  t.end()
})

t.test('more different limits than it remembers come out right as well', (t) => {
  const attributes = new LimitAttributes()
  for (const seconds of [...Array(5000).keys(), 0, 1])
    if (!attributes.of(chilli, { seconds }).octets.equals(wanted(chilli, { seconds })))
      t.fail(`${seconds} seconds`)
  t.pass('5,000')
  t.end()
})
