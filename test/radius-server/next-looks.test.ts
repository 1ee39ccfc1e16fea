import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import type { Session } from '../../core/domain/session.ts'
import { NextLooks } from '../../radius-server/next-looks.ts'

const session = (id: string, octets = 0): Session =>
  ({ id, fromVisitorOctets: 1n, toVisitorOctets: BigInt(octets) - 1n }) as Session

test('a session is due at its moment, or once it has moved so much', (t) => {
  const next = new NextLooks()
  t.equal(next.isDue(session('one'), 0), null, 'nothing is known of it')
  next.remember(session('one'), { at: 1000, octets: 500 })
  t.equal(next.isDue(session('one', 499), 999), false)
  t.equal(next.isDue(session('one', 500), 999), true)
  t.equal(next.isDue(session('one', 1), 1000), true)
  t.equal(next.isDue(session('two', 1), 1000), null)
  next.remember(session('one'), { at: 2000, octets: Infinity })
  t.equal(next.isDue(session('one', 1e12), 1999), false)
  next.forget(session('one'))
  t.equal(next.isDue(session('one'), 3000), null)
  t.end()
})

test('a city’s sessions have room, and none is taken for another', (t) => {
  const next = new NextLooks()
  const ids = Array.from({ length: 50_000 }, () => randomBytes(12).toString('base64url'))
  ids.forEach((id, i) => next.remember(session(id), { at: i, octets: Infinity }))
  let known = 0
  for (const [i, id] of ids.entries()) {
    const isDue = next.isDue(session(id), i)
    if (isDue === null) continue
    known++
    if (!isDue || next.isDue(session(id), i - 1) !== false) return t.fail(`${id} has another one’s slot`)
  }
  t.ok(known > 40_000, `${known} of 50,000 are known`)
  t.equal(
    Array.from({ length: 50_000 }, () => randomBytes(12).toString('base64url')).filter(
      (id) => next.isDue(session(id), 0) !== null,
    ).length,
    0,
    'and no stranger is',
  )
  t.end()
})
