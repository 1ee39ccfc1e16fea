import t from 'tap'
import { Later } from '../../../core/store/later.ts'

t.test('what follows is told in the very call in which it becomes known', (t) => {
  const later = new Later<number>()
  const told: unknown[] = []
  later
    .map((value) => value + 1)
    .hear({ heard: (value) => told.push(value), failed: () => t.fail('it failed') })
  t.same(told, [])
  later.heard(1)
  t.same(told, [2])
  Later.of(5).hear({ heard: (value) => told.push(value), failed: () => t.fail('it failed') })
  t.same(told, [2, 5], 'and what is known already, at once')
  t.end()
})

t.test('what follows may be later itself, and may follow from two', async (t) => {
  const [one, other] = [new Later<string>(), new Later<string>()]
  const both = one.with(other, (a, b) => Later.of(`${a} ${b}`).map((text) => `${text}.`))
  other.heard('Gươm')
  one.heard('Hồ')
  t.equal(await both, 'Hồ Gươm.')
  t.equal(await Later.from(Promise.resolve(7)).map((value) => value * 2), 14)
})

t.test('a failure passes whatever follows, until somebody mends it', async (t) => {
  const failing = (): Later<number> => Later.from(Promise.reject<number>(new Error('away')))
  await t.rejects(
    failing()
      .map(() => t.fail('it did not fail'))
      .then(),
    /away/,
  )
  await t.rejects(
    failing()
      .with(Later.of(1), () => 1)
      .then(),
    /away/,
  )
  await t.rejects(
    Later.of(1)
      .with(failing(), () => 1)
      .then(),
    /away/,
  )
  t.equal(await failing().recover(() => 3), 3)
  t.equal(
    await failing().map(
      () => 1,
      () => Later.of(4),
    ),
    4,
  )
  t.equal(await Later.of(1).recover(() => t.fail('nothing failed') as never), 1)
  await t.rejects(
    failing()
      .recover((error) => {
        throw error
      })
      .then(),
    /away/,
  )
})

t.test('a mistake in what follows is its failure, and no one else’s', async (t) => {
  const mistake = (): never => {
    throw new TypeError('a mistake')
  }
  await t.rejects(Later.of(1).map(mistake).then(), /a mistake/)
  await t.rejects(
    Later.of(1)
      .map(() => Later.of(2).map(mistake))
      .then(),
    /a mistake/,
  )
  const later = new Later<number>()
  const next = later.map(mistake)
  t.doesNotThrow(() => later.heard(1))
  await t.rejects(next.then(), /a mistake/)
})

t.test('it has one listener', (t) => {
  const later = Later.of(1)
  later.map((value) => value)
  t.throws(() => later.map((value) => value), /somebody hears this already/)
  t.end()
})
