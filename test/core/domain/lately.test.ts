import t from 'tap'
import { Lately, remembering } from '../../../core/domain/lately.ts'

t.test('what was asked for of late is still there, and there is never more than was allowed', async (t) => {
  const lately = new Lately<number>(100)
  lately.set('dear', 0)
  for (let i = 1; i <= 10_000; i++) {
    lately.set(`stranger ${i}`, i)
    if (i % 20 === 0) t.equal(lately.get('dear'), 0, `after ${i} strangers`)
  }
  const kept = Array.from({ length: 10_001 }, (_, i) => lately.get(`stranger ${i}`)).filter(
    (each) => each !== undefined,
  )
  t.ok(kept.length <= 100, `${kept.length} are kept`)
  t.equal(lately.get('stranger 10000'), 10_000)
  t.equal(lately.get('stranger 1'), undefined)
  lately.clear()
  t.equal(lately.get('dear'), undefined)
})

t.test('an answer is worked out once, also when it is nothing, and for a long text each time', async (t) => {
  const asked: string[] = []
  const answer = remembering(10, (text) => {
    asked.push(text)
    return text === 'nothing' ? undefined : text.length
  })
  for (const text of ['vi', 'nothing', 'far too long a text']) {
    t.equal(answer(text), answer(text))
    t.equal(asked.filter((each) => each === text).length, text.length > 10 ? 2 : 1, text)
  }
})
