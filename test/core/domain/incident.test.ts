import t from 'tap'
import {
  INCIDENT_CAUSES,
  INCIDENT_RULES,
  NOTHING_SEEN,
  watched,
  type IncidentCause,
  type Reading,
  type Watch,
} from '../../../core/domain/incident.ts'

const SLOT = 300_000
const READINGS: Readonly<Record<string, Reading>> = { b: 'bad', g: 'good', '?': 'unknown' }

/** What a row of slots changes, by the number of the slot, and what is left of the watch. */
function played(slots: string, cause: IncidentCause = 'site-down'): { changes: string; watch: Watch } {
  let watch = NOTHING_SEEN
  let changes = ''
  for (const [i, letter] of [...slots].entries()) {
    const step = watched(watch, { cause, reading: READINGS[letter]! }, i * SLOT)
    watch = step.watch
    changes += step.change === null ? '.' : step.change === 'opened' ? 'O' : 'C'
  }
  return { changes, watch }
}

t.test('an incident opens after bad slots in a row and closes after good ones', async (t) => {
  t.equal(played('gbbbggg').changes, '..O..C.')
  t.equal(played('gb').watch.badSince, SLOT)
  t.same(played('gbbbgg').watch, NOTHING_SEEN)
})

t.test('what comes and goes neither opens an incident nor closes one', async (t) => {
  t.equal(played('bgbgbgbg').changes, '........')
  t.equal(played('bbgbgbgb').changes, '.O......')
  t.equal(played('bbgbgbgg').changes, '.O.....C')
})

t.test('a slot of which nobody knows changes nothing', async (t) => {
  t.equal(played('b??b').changes, '...O')
  t.equal(played('bb?g??g').changes, '.O....C')
  t.equal(played('b??b').watch.badSince, 0, 'it began with the first bad one')
})

t.test('each cause opens and closes by its own rule, and never by one slot', async (t) => {
  for (const cause of INCIDENT_CAUSES) {
    const { opensAfter, closesAfter } = INCIDENT_RULES[cause]
    t.ok(opensAfter >= 2 && closesAfter >= 2, cause)
    const slots = 'b'.repeat(opensAfter) + 'g'.repeat(closesAfter)
    const changes = `${'.'.repeat(opensAfter - 1)}O${'.'.repeat(closesAfter - 1)}C`
    t.equal(played(slots, cause).changes, changes, cause)
  }
})
