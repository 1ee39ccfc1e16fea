import t from 'tap'
import { createRandom, mulberry32 } from '../../../cli/simulate/random.ts'

t.test('mulberry32 draws what its published form draws', async (t) => {
  const draw = mulberry32(1)
  t.same(
    [draw(), draw(), draw()].map((unit) => unit * 2 ** 32),
    [2693262067, 11749833, 2265367787],
  )
  t.equal(mulberry32(42)() * 2 ** 32, 2581720956)
})

t.test('a fork is the same whatever was drawn before it', async (t) => {
  const [a, b] = [createRandom(7), createRandom(7)]
  a.unit()
  a.bytes(10)
  t.same(a.fork('x').bytes(8), b.fork('x').bytes(8))
  t.notSame(a.fork('x').bytes(8), a.fork('y').bytes(8))
  t.notSame(a.fork('x').bytes(8), createRandom(8).fork('x').bytes(8))
})

t.test('draws stay within what was asked for', async (t) => {
  const random = createRandom(3)
  for (let i = 0; i < 1000; i++) {
    const [unit, whole, between] = [random.unit(), random.below(6), random.between(2, 3)]
    if (
      unit < 0 ||
      unit >= 1 ||
      whole < 0 ||
      whole > 5 ||
      !Number.isInteger(whole) ||
      between < 2 ||
      between >= 3
    )
      t.fail(`${unit} ${whole} ${between}`)
  }
  t.equal(random.chance(0), false)
  t.equal(random.chance(1), true)
})

t.test('what has the larger share is drawn more often', async (t) => {
  const random = createRandom(5)
  const drawn = Array.from({ length: 4000 }, () => random.weighted([{ share: 3 }, { share: 1 }]).share)
  const often = drawn.filter((share) => share === 3).length
  t.ok(often > 2800 && often < 3200, String(often))
})
