import fc from 'fast-check'
import { test } from 'tap'
import {
  leftAcrossMidnight,
  lesser,
  narrowed,
  remaining,
  secondsOnline,
  timeOnline,
  untilClosing,
  withinCategory,
} from '../../../core/domain/limits.ts'

test('what is left of an allowance', (t) => {
  t.same(remaining({ seconds: 7200, octets: 100 }, { seconds: 7000, octets: 40 }), {
    kind: 'left',
    seconds: 200,
    octets: 60,
  })
  t.same(remaining({ seconds: 7200 }, { seconds: 7200, octets: 0 }), { kind: 'used-up', what: 'time' })
  t.same(remaining({ octets: 100 }, { seconds: 0, octets: 101 }), { kind: 'used-up', what: 'data' })
  t.same(remaining({}, { seconds: 1e9, octets: 1e15 }), { kind: 'left' }, 'absent is unlimited')
  t.end()
})

test('what is left is never 0, because 0 is unlimited to some vendors', (t) => {
  const figure = fc.option(fc.integer({ min: 1, max: 2 ** 40 }), { nil: undefined })
  fc.assert(
    fc.property(figure, figure, fc.nat(), fc.nat(), (seconds, octets, usedSeconds, usedOctets) => {
      const left = remaining({ seconds, octets }, { seconds: usedSeconds, octets: usedOctets })
      return left.kind === 'used-up' || ((left.seconds ?? 1) >= 1 && (left.octets ?? 1) >= 1)
    }),
  )
  t.pass('for generated allowances')
  t.end()
})

test('a quota narrows a session and never widens it', (t) => {
  t.same(narrowed({ seconds: 3600, idleSeconds: 900 }, { seconds: 200 }), {
    seconds: 200,
    idleSeconds: 900,
    octets: undefined,
  })
  t.same(narrowed({ seconds: 60 }, { seconds: 200, octets: 5 }), { seconds: 60, octets: 5 })
  t.equal(lesser(undefined, 5), 5)
  t.equal(lesser(undefined, undefined), undefined)
  t.end()
})

const HOUR = 3_600_000
const at = (text: string): number => Date.parse(`${text}+07:00`)

test('a minute in which several sessions were on is used once', (t) => {
  t.equal(secondsOnline([]), 0)
  t.equal(secondsOnline([{ since: 5000, seconds: 60 }]), 60)
  t.equal(
    secondsOnline([
      { since: 0, seconds: 600 },
      { since: 300_000, seconds: 600 },
      { since: 2_000_000, seconds: 10 },
    ]),
    910,
  )
  t.equal(
    secondsOnline([
      { since: 0, seconds: 600 },
      { since: 100_000, seconds: 60 },
    ]),
    600,
    'one inside another',
  )
  t.same(
    timeOnline([
      { since: 60_000, seconds: 30 },
      { since: 0, seconds: 60 },
      { since: 100_000, seconds: 1 },
    ]),
    [
      { since: 0, seconds: 90 },
      { since: 100_000, seconds: 1 },
    ],
    'what touches is one stretch',
  )
  t.end()
})

test('time online agrees with a count of every second', (t) => {
  const stretch = fc.record({ since: fc.nat(500).map((s) => s * 1000), seconds: fc.nat(120) })
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 12 }), (stretches) => {
      const seconds = new Set<number>()
      for (const { since, seconds: length } of stretches)
        for (let i = 0; i < length; i++) seconds.add(since / 1000 + i)
      return secondsOnline(stretches) === (stretches.length === 0 ? 0 : seconds.size)
    }),
  )
  t.pass('for generated sessions')
  t.end()
})

test('time online is right to the second for sessions that begin between seconds', (t) => {
  const stretch = fc.record({ since: fc.nat(90_000), seconds: fc.nat(40) })
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 6 }), (stretches) => {
      const milliseconds = new Uint8Array(140_000)
      for (const { since, seconds } of stretches) milliseconds.fill(1, since, since + seconds * 1000)
      const wanted = milliseconds.reduce((sum, each) => sum + each, 0) / 1000
      return Math.abs(secondsOnline(stretches) - wanted) <= 0.5
    }),
    { numRuns: 60 },
  )
  t.pass('for generated sessions')
  t.end()
})

test('a quota that reaches to midnight goes on with the next day’s', (t) => {
  const allowance = { seconds: 7200, octets: 1000 }
  const evening = at('2026-03-12T23:50:00')
  t.same(
    leftAcrossMidnight({ kind: 'left', seconds: 599, octets: 7 }, allowance, evening),
    { kind: 'left', seconds: 599, octets: 7 },
    'it is used up before',
  )
  t.same(
    leftAcrossMidnight({ kind: 'left', seconds: 600, octets: 7 }, allowance, evening),
    { kind: 'left', seconds: 7800, octets: 7 },
    'of data nobody knows what is left by then',
  )
  t.same(leftAcrossMidnight({ kind: 'left' }, {}, evening), { kind: 'left' }, 'no quota is none on any day')
  t.end()
})

test('a site narrows what its category allows', (t) => {
  const category = { sessionSeconds: 3600, dailySeconds: 7200, devices: 2 }
  t.same(withinCategory({}, category), category)
  t.same(withinCategory({ dailySeconds: 600, idleSeconds: 60 }, category), {
    ...category,
    dailySeconds: 600,
    idleSeconds: 60,
  })
  t.same(withinCategory({ dailySeconds: 9000 }, category), category, 'and does not widen it')
  t.end()
})

test('no session outlasts the closing of its site', (t) => {
  const hours = [{ days: ['thu'] as const, from: '08:00', to: '17:00' }]
  const five = at('2026-03-12T17:00:00')
  t.same(untilClosing({ seconds: 3600 }, hours, five - 2 * HOUR), { seconds: 3600 })
  t.same(untilClosing({ seconds: 3600, octets: 5 }, hours, five - HOUR / 2), { seconds: 1800, octets: 5 })
  t.same(untilClosing({}, hours, five - 1500), { seconds: 1 })
  t.same(untilClosing({}, hours, five - 1), { seconds: 1 }, 'never 0, which is unlimited to some vendors')
  t.same(untilClosing({ seconds: 3600 }, undefined, five), { seconds: 3600 })
  t.end()
})
