import t from 'tap'
import { isRandomisedMac } from '../../../core/domain/mac.ts'
import { parseCity } from '../../../core/process/city-file.ts'
import { chooseLab } from '../../../cli/simulate/lab.ts'
import { arrivalOf, planVisitor, type VisitorPlan } from '../../../cli/simulate/plan.ts'
import { createRandom } from '../../../cli/simulate/random.ts'
import { cityJson } from './stage.ts'

const parsed = parseCity(cityJson(['coova-chilli', 'mikrotik', 'opennds']), {})
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
const labs = chooseLab(parsed.city, 3)
const SPAN = 3600
const habits = { labs, span: SPAN, giveUpShare: 0.08, voucherShare: 0 }
const crowd = (seed: number, count = 500): VisitorPlan[] =>
  Array.from({ length: count }, (_, index) => planVisitor(createRandom(seed), index, habits))

/** All of a plan that can be compared. */
const facts = ({ phone, visits }: VisitorPlan): unknown => [
  phone,
  visits.map(({ site, at, givesUp, stay: { seconds, leaves, traffic } }) => [
    site,
    at,
    givesUp,
    seconds,
    leaves,
    traffic.at(seconds),
  ]),
]

t.test('the same seed plans the same crowd, another seed another', async (t) => {
  t.same(crowd(1).map(facts), crowd(1).map(facts))
  t.notSame(crowd(1, 5).map(facts), crowd(2, 5).map(facts))
})

t.test('a visitor does not depend on how many others come', async (t) => {
  t.same(facts(crowd(1, 500)[7]!), facts(crowd(1, 8)[7]!))
})

t.test('nobody stays beyond the end', async (t) => {
  for (const { visits } of crowd(3))
    for (const { at, stay } of visits) {
      const idle = stay.leaves === 'walks-away' ? 300 : 0
      if (at + stay.seconds + idle > SPAN + 60) t.fail(`${at} + ${stay.seconds} + ${idle}`)
    }
  for (let i = 0; i < 500; i++) if (arrivalOf(createRandom(3), i, SPAN) >= SPAN) t.fail('arrives too late')
})

t.test('the crowd is like the one at the lake', async (t) => {
  const plans = crowd(4, 2000)
  const share = (test: (plan: VisitorPlan) => boolean): number => plans.filter(test).length / plans.length
  const near = (value: number, wanted: number, name: string): void =>
    void t.ok(Math.abs(value - wanted) < 0.05, `${name}: ${value}`)
  near(
    share(({ phone }) => phone.language === 'vi'),
    0.76,
    'Vietnamese',
  )
  near(
    share(({ phone }) => phone.model.os === 'iOS'),
    0.4,
    'iOS',
  )
  near(
    share(({ phone }) => isRandomisedMac(phone.mac)),
    0.86,
    'made-up addresses',
  )
  near(
    share(({ visits }) => visits[0].givesUp),
    0.08,
    'give up',
  )
  t.ok(share(({ visits }) => visits.length > 1) > 0.01, 'some come back')
  t.equal(
    new Set(plans.map(({ phone }) => phone.mac)).size,
    plans.length,
    'every device has an address of its own',
  )
  t.equal(new Set(plans.map(({ phone }) => phone.ip)).size, plans.length)
  t.ok(plans.every(({ phone }) => /^127\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(phone.ip)))
})
