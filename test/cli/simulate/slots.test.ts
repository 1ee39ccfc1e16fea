import t from 'tap'
import { Slots } from '../../../cli/simulate/slots.ts'

t.test('no more run at once than there are slots, and every task has its turn', async (t) => {
  const slots = new Slots(3)
  let [running, most] = [0, 0]
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      slots.run(async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        return i
      }),
    ),
  )
  t.equal(most, 3)
  t.same(
    results,
    Array.from({ length: 20 }, (_, i) => i),
  )
})

t.test('a task that throws gives its slot back', async (t) => {
  const slots = new Slots(1)
  await t.rejects(
    slots.run(() => Promise.reject(new Error('no'))),
    { message: 'no' },
  )
  t.equal(await slots.run(async () => 'next'), 'next')
})
