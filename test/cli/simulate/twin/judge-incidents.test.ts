import { test } from 'tap'
import { judgeIncidents, type ShownIncident } from '../../../../cli/simulate/twin/judge-incidents.ts'
import type { Outage } from '../../../../cli/simulate/twin/plan.ts'
import { isHeld } from '../../../../cli/simulate/twin/rows.ts'

const at = (clock: string): number => Date.parse(`2027-02-01T${clock}:00+07:00`)
const places = [
  { id: 'lake', category: 'tourist-site', visitsADay: 10, accessPoints: ['AP 1', 'AP 2'] },
] as const
const off: Outage = { kind: 'site', place: 0, ap: null, from: at('10:00'), until: at('12:00') }
const told: ShownIncident = {
  cause: 'site-down',
  subject: 'lake',
  began: '2027-02-01 10:30:00',
  closed: '2027-02-01 12:15:00',
  planned: false,
  detail: {},
}

const held = (outages: readonly Outage[], incidents: readonly ShownIncident[]): boolean[] =>
  judgeIncidents({ days: [], visits: [], outages }, places, incidents).map(isHeld)

test('an outage is found by its cause, its place and its times', (t) => {
  t.same(held([off], [told]), [true, true])
  for (const [name, other] of Object.entries({
    'another place': { ...told, subject: 'temple' },
    'another cause': { ...told, cause: 'gateway-silent' },
    'before it was off': { ...told, began: '2027-02-01 09:55:00' },
    'too late': { ...told, began: '2027-02-01 10:45:00' },
    'closed while it was off': { ...told, closed: '2027-02-01 11:55:00' },
    'never closed': { ...told, closed: null },
    planned: { ...told, planned: true },
  }))
    t.same(held([off], [other]), [false, false], name)
  t.end()
})

test('what nobody made happen is one incident too many', (t) => {
  t.same(held([off], [told, { ...told, began: '2027-02-01 15:00:00', closed: '2027-02-01 16:00:00' }]), [
    true,
    false,
  ])
  t.same(held([off], []), [false, false], 'and what nobody noticed is one too few')
  t.end()
})

test('an access point is told by its name', (t) => {
  const out: Outage = { ...off, kind: 'access-point', ap: 1 }
  const of = (name: string) => ({ ...told, cause: 'access-points-silent', detail: { accessPoints: [name] } })
  t.same(held([out], [of('AP 2')]), [true, true])
  t.same(held([out], [of('AP 1')]), [false, false])
  t.end()
})
