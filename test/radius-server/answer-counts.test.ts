import fc from 'fast-check'
import { AggregatorRegistry } from 'prom-client'
import t from 'tap'
import { Counter, Histogram, Registry } from '../../core/process/metrics.ts'
import { AnswerCounts, type RequestKind } from '../../radius-server/answer-counts.ts'

const NAME = 'hotspot_radius_request_seconds'
const HELP =
  'Time from a RADIUS request to its answer (an Access-Reject is held back on purpose and not counted here)'
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

interface Answered {
  readonly kind: RequestKind
  readonly result: string
  readonly seconds: number
}

/** The counts, and the library's own counter and histogram beside them. */
function bothOf(answers: readonly Answered[]): { ours: Registry; theirs: Registry } {
  const [ours, theirs] = [new Registry(), new Registry()]
  const counts = new AnswerCounts(ours)
  const requests = new Counter({
    name: 'hotspot_radius_requests_total',
    help: 'RADIUS requests that were answered, by kind and result',
    labelNames: ['kind', 'result'],
    registers: [theirs],
  })
  const times = new Histogram({
    name: NAME,
    help: HELP,
    labelNames: ['kind'],
    buckets: BOUNDS,
    registers: [theirs],
  })
  for (const { kind, result, seconds } of answers) {
    counts.add(kind, result, seconds)
    requests.inc({ kind, result })
    times.observe({ kind }, seconds)
  }
  return { ours, theirs }
}

/** Lines of a scrape, the order of which says nothing. */
const linesOf = (text: string): string[] => text.split('\n').sort()

const answers = fc.array(
  fc.record({
    kind: fc.constantFrom<RequestKind>('access', 'accounting', 'status', 'other'),
    result: fc.constantFrom('accept', 'reject', 'recorded', 'ok'),
    seconds: fc.oneof(fc.constantFrom(0, ...BOUNDS), fc.double({ min: 0, max: 4, noNaN: true })),
  }),
  { maxLength: 60 },
)

t.test('a scrape reads as if a counter and a histogram had taken each answer', async (t) => {
  await fc.assert(
    fc.asyncProperty(answers, async (given) => {
      const { ours, theirs } = bothOf(given)
      const [one, two] = [linesOf(await ours.metrics()), linesOf(await theirs.metrics())]
      if (one.join('\n') !== two.join('\n'))
        throw new Error(`${one.join('\n')}\n\ninstead of\n\n${two.join('\n')}`)
    }),
    { numRuns: 200 },
  )
  t.pass('200 scrapes')
})

t.test('figures grow from scrape to scrape and are told again as they are', async (t) => {
  const registry = new Registry()
  const counts = new AnswerCounts(registry)
  counts.add('access', 'accept', 0.002)
  const first = await registry.metrics()
  t.equal(await registry.metrics(), first, 'a scrape takes nothing away')
  counts.add('access', 'accept', 0.3)
  const second = await registry.metrics()
  for (const line of [
    'hotspot_radius_requests_total{kind="access",result="accept"} 2',
    `${NAME}_bucket{le="0.001",kind="access"} 0`,
    `${NAME}_bucket{le="0.0025",kind="access"} 1`,
    `${NAME}_bucket{le="0.5",kind="access"} 2`,
    `${NAME}_bucket{le="+Inf",kind="access"} 2`,
    `${NAME}_sum{kind="access"} 0.302`,
    `${NAME}_count{kind="access"} 2`,
  ])
    t.ok(second.split('\n').includes(line), line)
})

t.test('the figures of several workers add up', async (t) => {
  const given: Answered[] = [
    { kind: 'access', result: 'accept', seconds: 0.002 },
    { kind: 'access', result: 'reject', seconds: 0.2 },
    { kind: 'accounting', result: 'recorded', seconds: 3 },
  ]
  const workers = await Promise.all([1, 2].map(() => bothOf(given).ours.getMetricsAsJSON()))
  const merged = await AggregatorRegistry.aggregate(workers).metrics()
  const whole = await bothOf([...given, ...given]).theirs.metrics()
  t.same(linesOf(merged), linesOf(whole))
})

t.test('before the first answer there is nothing to tell but what the figures mean', async (t) => {
  const { ours, theirs } = bothOf([])
  t.equal(await ours.metrics(), await theirs.metrics())
})
