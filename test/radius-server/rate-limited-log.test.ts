import { pino } from 'pino'
import t from 'tap'
import { RateLimitedLog } from '../../radius-server/rate-limited-log.ts'

t.test('a topic is logged once in ten seconds, then with how many were left out', (t) => {
  const lines: Record<string, unknown>[] = []
  let now = 1_000_000
  const log = new RateLimitedLog(
    pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line) as never) }),
    () => now,
  )
  for (let i = 0; i < 5; i++) log.warn('one', { i }, 'happened')
  log.warn('two', {}, 'something else')
  t.match(lines, [{ msg: 'happened', i: 0 }, { msg: 'something else' }])
  t.equal(lines.length, 2)
  now += 9_999
  log.warn('one', { i: 5 }, 'happened')
  t.equal(lines.length, 2)
  now += 1
  log.warn('one', { i: 6 }, 'happened')
  t.match(lines[2], { msg: 'happened', i: 6, silenced: 5 })
  now += 10_000
  log.warn('one', { i: 7 }, 'happened')
  t.notOk('silenced' in lines[3]!, 'nothing was left out this time')
  t.end()
})
