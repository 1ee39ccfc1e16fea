import t from 'tap'
import { applyAccounting } from '../../../core/domain/accounting.ts'
import type { ReportNote, SessionEvent } from '../../../core/domain/event.ts'
import { FAULT, seenIn } from '../../../core/domain/gateway-checks.ts'
import type { Session } from '../../../core/domain/session.ts'
import { macOf, report } from '../../analytics/support/visits.ts'

const MAC = macOf(1)
const NOBODY = { visit: null, subject: null, method: null, lang: null, os: null }
/** Ten minutes before midnight in Hà Nội. */
const LATE = Date.parse('2026-10-14T23:50:00+07:00')

/** What reports, told one after the other, show together. */
function seen(...reports: readonly Partial<Parameters<typeof report>[0]>[]) {
  let current: Session | null = null
  let heardAt: number | null = null
  const all = { faults: 0, interims: 0, longest: 0, events: 0 }
  for (const given of reports) {
    const applied = applyAccounting(current, report({ status: 'interim', mac: MAC, ...given }), {
      id: 's',
      ...NOBODY,
    })
    if (applied.kind === 'nothing') continue
    for (const step of applied.steps) {
      const event = {
        kind: 'session',
        at: 0,
        ...step,
        notes: step.notes as readonly ReportNote[],
      } as SessionEvent
      const { faults, interims, gapSeconds } = seenIn(event, heardAt)
      all.faults |= faults
      all.interims += interims
      all.longest = Math.max(all.longest, gapSeconds)
      all.events++
      heardAt = step.session.heardAt
      current = step.session
    }
  }
  return all
}

const at = (seconds: number) => ({
  at: LATE + seconds * 1000,
  receivedAt: LATE + seconds * 1000,
  seconds,
  visit: 'v',
})

t.test('a report over midnight is one report, though it is two events', (t) => {
  const told = seen({ ...at(0), status: 'start' }, at(300), at(900), { ...at(1000), status: 'stop' })
  t.same(told, { faults: 0, interims: 2, longest: 600, events: 5 })
  t.same(seen({ ...at(0), status: 'start' }, { ...at(900), status: 'stop' }), {
    faults: 0,
    interims: 0,
    longest: 900,
    events: 3,
  })
  t.end()
})

t.test('an Interim-Update that is first of all is one, and a Stop that is first is none', (t) => {
  t.match(seen(at(300)), { faults: FAULT.noStart, interims: 1 })
  t.match(seen({ ...at(300), status: 'stop' }), { faults: FAULT.noStart, interims: 0 })
  t.end()
})

t.test('counters that fell are told apart by whether the Stop told so', (t) => {
  const start = { ...at(0), status: 'start' } as const
  const high = { ...at(300), fromVisitorOctets: 1000n }
  t.match(seen(start, high, { ...at(400), fromVisitorOctets: 900n }), { faults: FAULT.fell })
  t.match(seen(start, high, { ...at(400), fromVisitorOctets: 900n, status: 'stop' }), {
    faults: FAULT.fellAtStop,
  })
  t.match(seen({ ...start, visit: null }, high), { faults: FAULT.noClass })
  t.end()
})
