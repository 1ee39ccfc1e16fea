import t from 'tap'
import { dropReasons } from '../../../radius-server/packet/reasons.ts'

t.test('each reason is its own, and fit for a metric label', async (t) => {
  t.equal(new Set(dropReasons).size, dropReasons.length)
  for (const reason of dropReasons) t.match(reason, /^[a-z]+(-[a-z]+)*$/)
})
