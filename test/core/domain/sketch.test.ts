import { createCipheriv, createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { EXACT_MOST, Sketch, STANDARD_ERROR } from '../../../core/domain/sketch.ts'
import { deviceFigure } from '../../../core/records/period-visitors.ts'

/** The n-th device under a key, as HMAC would spread it. */
const hash = (n: number, key = ''): bigint =>
  createHash('sha256').update(`${key}${n}`).digest().readBigUInt64BE()

function sketchOf(hashes: Iterable<bigint>): Sketch {
  const sketch = new Sketch()
  for (const each of hashes) sketch.add(each)
  return sketch
}

const range = (from: number, to: number, key = ''): bigint[] =>
  Array.from({ length: to - from }, (_, i) => hash(from + i, key))

/** The same runs every time: an estimate is allowed to miss once in 370 times, a test is not. */
const always = { seed: 20261014, numRuns: 60 }
const anyHash = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })

t.test('up to 2,000 devices are counted exactly, however often each comes', async (t) => {
  fc.assert(
    fc.property(fc.array(anyHash, { maxLength: 400 }), fc.infiniteStream(fc.nat()), (hashes, order) => {
      const again = hashes.map(() => hashes[order.next().value! % hashes.length]!)
      const sketch = sketchOf([...hashes, ...again])
      return sketch.exact && sketch.estimate() === new Set(hashes).size
    }),
    always,
  )
  const full = sketchOf(range(0, EXACT_MOST))
  t.equal(full.exact, true)
  t.equal(full.estimate(), 2000)
  full.add(hash(5))
  t.equal(full.exact, true, 'a device that is known is no reason to estimate')
  full.add(hash(EXACT_MOST))
  t.equal(full.exact, false)
})

t.test('an estimate is within three standard errors of the truth at every size', async (t) => {
  for (const size of [2001, 3000, 5000, 10_000, 30_000, 41_000, 60_000, 150_000]) {
    const sketch = sketchOf(range(0, size, 'size'))
    const error = sketch.estimate() / size - 1
    t.ok(Math.abs(error) < 3 * STANDARD_ERROR, `${size}: ${(error * 100).toFixed(2)} %`)
  }
})

t.test('estimates have no bias and the spread that is promised', async (t) => {
  const size = 20_000
  const errors = Array.from({ length: 20 }, (_, key) => {
    const sketch = sketchOf(range(0, size, `key ${key} `))
    return sketch.estimate() / size - 1
  })
  const mean = errors.reduce((sum, each) => sum + each, 0) / errors.length
  const spread = Math.sqrt(errors.reduce((sum, each) => sum + each ** 2, 0) / errors.length)
  t.ok(Math.abs(mean) < (3 * STANDARD_ERROR) / Math.sqrt(errors.length), `mean error ${mean}`)
  t.ok(spread < 1.4 * STANDARD_ERROR, `spread ${spread}`)
})

t.test('a merge is the sketch of the union, to the byte, in either order', async (t) => {
  const sizes = fc.constantFrom(0, 1, 30, 900, 1500, 1999, 2000, 2001, 2600, 9000)
  const holds = (): void =>
    fc.assert(
      fc.property(sizes, sizes, sizes, (from, left, right) => {
        const [a, b] = [range(0, left), range(from, from + right)]
        const union = sketchOf([...a, ...b]).toBuffer()
        const ab = sketchOf(a)
        ab.merge(sketchOf(b))
        const ba = sketchOf(b)
        ba.merge(sketchOf(a))
        return union.equals(ab.toBuffer()) && union.equals(ba.toBuffer())
      }),
      always,
    )
  t.doesNotThrow(holds)
})

t.test('a merge tells whether it changed anything', async (t) => {
  for (const size of [10, 5000]) {
    const sketch = sketchOf(range(0, size))
    t.equal(sketch.merge(sketchOf(range(0, 10))), false, `${size}: known already`)
    t.equal(sketch.merge(sketchOf(range(0, size))), false, `${size}: itself`)
    t.equal(sketch.merge(sketchOf(range(0, size * 20))), true, `${size}: more`)
    t.equal(sketch.merge(new Sketch()), false, `${size}: nothing`)
  }
})

t.test('a sketch survives its bytes', async (t) => {
  for (const size of [0, 1, 7, 8, 9, 2000, 2001, 50_000]) {
    const sketch = sketchOf(range(0, size))
    const copy = Sketch.from(sketch.toBuffer())
    t.ok(copy.toBuffer().equals(sketch.toBuffer()), `${size}`)
    t.equal(copy.exact, sketch.exact)
    t.equal(copy.estimate(), sketch.estimate())
    t.equal(copy.add(hash(-1)), sketch.add(hash(-1)), 'and goes on counting')
  }
  t.ok(sketchOf(range(0, 50_000)).toBuffer().length < 16_002)
})

t.test('bytes that are no sketch are refused', async (t) => {
  for (const bytes of [
    [],
    [1, 2, 3],
    [2, 0],
    [9, 0],
    [1, ...Array<number>(16_008).fill(0)],
    [2, ...Array<number>(12_288).fill(255)],
  ])
    t.throws(() => Sketch.from(Buffer.from(bytes)), RangeError)
})

t.test('extreme hashes have a place', async (t) => {
  const sketch = sketchOf(range(0, 2001))
  for (const each of [0n, 1n, (1n << 64n) - 1n, 1n << 63n, (1n << 50n) - 1n, 1n << 18n]) sketch.add(each)
  t.ok(Number.isFinite(sketch.estimate()))
  t.ok(Sketch.from(sketch.toBuffer()).toBuffer().equals(sketch.toBuffer()))
})

/** Hashes of a period's devices: as evenly spread as those of HMAC, and many more in a second. */
function hashesOf(trial: string, size: number): BigUint64Array {
  const key = createHash('sha256').update(trial).digest().subarray(0, 16)
  const bytes = createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size * 8))
  return new BigUint64Array(bytes.buffer, bytes.byteOffset, size)
}

/** Devices at so many sites, each third of them at two, as the sketch that the sites' merge into. */
function mergedOf(hashes: BigUint64Array, sites: number): Sketch {
  const sketches = Array.from({ length: sites }, () => new Sketch())
  hashes.forEach((each, i) => {
    sketches[i % sites]!.add(each)
    if (i % 3 === 0) sketches[(i + 1) % sites]!.add(each)
  })
  const merged = new Sketch()
  for (const sketch of sketches) merged.merge(Sketch.from(sketch.toBuffer()))
  return merged
}

t.test('of 1,000 estimates 95 in 100 at least have the truth between what is printed', async (t) => {
  const TRIALS = 500
  const trials = (['of a site', 'merged'] as const).flatMap((kind) =>
    Array.from({ length: TRIALS }, (_, i) => {
      // From 2,001 to 100,000, as many small ones as large ones.
      const size = Math.round((EXACT_MOST + 1) * (100_000 / (EXACT_MOST + 1)) ** (i / (TRIALS - 1)))
      const hashes = hashesOf(`${kind} ${i}`, size)
      const sketch = kind === 'merged' ? mergedOf(hashes, 2 + (i % 11)) : sketchOf(hashes)
      const { low, high } = deviceFigure(sketch.estimate(), sketch.exact)
      return { kind, size, isEstimate: !sketch.exact, holds: low <= size && size <= high }
    }),
  )
  t.ok(trials.every(({ isEstimate }) => isEstimate))
  const groups: Readonly<Record<string, typeof trials>> = {
    all: trials,
    'of a site': trials.filter(({ kind }) => kind === 'of a site'),
    merged: trials.filter(({ kind }) => kind === 'merged'),
    // Fewer devices than registers are estimated better than is promised.
    'over 40,000 devices': trials.filter(({ size }) => size > 40_000),
  }
  for (const [name, group] of Object.entries(groups)) {
    const held = group.filter(({ holds }) => holds).length
    // Less than 95 % by no more than three standard deviations of a binomial: of 1,000 that is 93 %.
    const least = 0.95 - 3 * Math.sqrt((0.95 * 0.05) / group.length)
    t.ok(held / group.length >= least, `${name}: ${held} of ${group.length}`)
  }
})
