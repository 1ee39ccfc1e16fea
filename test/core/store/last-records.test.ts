import t from 'tap'
import { LastRecords } from '../../../core/store/last-records.ts'

t.test('the last line of a key is what is remembered, until it is forgotten', (t) => {
  const last = new LastRecords()
  t.equal(last.find('one'), null, 'nothing is known of it')
  last.remember('one', 'a')
  last.remember('two', 'b\t')
  last.remember('one', 'longer than before')
  t.equal(last.find('one'), 'longer than before')
  t.equal(last.find('two'), 'b\t')
  last.forget('one')
  last.forget('three')
  t.equal(last.find('one'), null)
  t.equal(last.find('two'), 'b\t')
  last.forgetAll()
  t.equal(last.find('two'), null)
  t.end()
})

t.test('a line that is too long, or not of one octet a character, leaves nothing behind', (t) => {
  const last = new LastRecords()
  for (const line of ['x'.repeat(289), 'Hồ Gươm', 'ờ'.repeat(288)]) {
    last.remember('one', 'before')
    last.remember('one', line)
    t.equal(last.find('one'), null)
  }
  last.remember('one', 'x'.repeat(288))
  t.equal(last.find('one'), 'x'.repeat(288))
  t.end()
})

t.test('of more sessions than there is room for, none is taken for another', (t) => {
  const last = new LastRecords()
  const keys = Array.from({ length: 100_000 }, (_, i) => `hs:{3}:s:${i.toString(36)}`)
  for (const key of keys) last.remember(key, `line of ${key}`)
  const known = keys.filter((key) => last.find(key) !== null)
  t.ok(known.length > 25_000, `${known.length} are known`)
  t.ok(known.every((key) => last.find(key) === `line of ${key}`))
  t.end()
})
