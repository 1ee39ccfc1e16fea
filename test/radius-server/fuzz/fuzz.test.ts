// Mutated packets over real sockets against the whole server on a real Redis.
// A fixed number here; by hand as many as wanted: npm run fuzz -- --cases=1000000 --seed=7, and --from=N to begin later.
import t from 'tap'
import { testRedis } from '../../support/stores.ts'
import { Attack } from './attack.ts'
import { megabytes, type Held } from './memory.ts'
import { optionOf } from './random.ts'

const USUAL = 6000
const CASES = optionOf('cases', USUAL)
const SEED = optionOf('seed', 1)
/** The first case, to come back to one that failed. */
const FROM = optionOf('from', 0)
/** Packets that are on their way at once: few enough that no kernel drops one. */
const WINDOW = 32
/** After so many windows the clock goes on and what is good is asked. */
const ROUND = 16
/** Growth from a warm start to the end that is still noise: compiled code, figures, what is on its way. */
const MOST_GROWTH = 8 * 2 ** 20

/** What the usual run is sure to meet. */
const REASONS = [
  'datagram-too-short',
  'unknown-code',
  'length-too-short',
  'length-beyond-datagram',
  'attribute-too-short',
  'attribute-overflow',
  'too-many-attributes',
  'proxy-state-too-long',
  'unknown-client',
  'bad-request-authenticator',
  'missing-message-authenticator',
  'repeated-message-authenticator',
  'malformed-message-authenticator',
  'bad-message-authenticator',
  'proxy-state-unproved',
  'status-server-off',
  'two-credentials',
  'no-credential',
  'unknown-status-type',
  'no-session-id',
  'no-calling-station',
]

const redis = await testRedis(t)

t.test(`${CASES} mutated packets hurt nothing`, async (t) => {
  const attack = await Attack.begin(t, redis.url, SEED)
  const begun = performance.now()
  let warm: Held | null = null
  for (
    let from = FROM, windows = 1;
    from < FROM + CASES && attack.faults().length === 0;
    from += WINDOW, windows++
  ) {
    await attack.window(from, Math.min(from + WINDOW, FROM + CASES))
    if (windows % ROUND > 0) continue
    await attack.control()
    if (warm === null && from > FROM + CASES / 3) warm = await attack.rest()
    if (windows % (ROUND * 50) > 0) continue
    const { heap, resident } = await attack.rest()
    t.comment(`${from} cases: heap ${megabytes(heap)}, resident ${megabytes(resident)}`)
  }
  const last = await attack.rest()
  const fate = await attack.target.fate()
  t.same(attack.faults(), [], 'no answer to a forgery, every answer verifies, every packet is counted once')
  t.same(attack.thrown, [], 'nothing was thrown that nobody caught')
  t.same(attack.target.log.leaks, [], 'no line of the log tells a secret, a password, a code or a device')
  t.same(attack.target.log.errors, [], 'no packet brought a handler to throw')
  // Without a measure halfway a fault ended the run before it was warm.
  const start = warm ?? last
  const growth = last.heap + last.buffers - start.heap - start.buffers
  t.ok(growth < MOST_GROWTH, `memory is flat: it grew by ${megabytes(growth)}`)
  for (const reason of CASES < USUAL ? [] : REASONS)
    t.ok((fate.dropped.get(reason) ?? 0) > 0, `some were dropped as ${reason}`)
  t.ok(fate.duplicates > 0 && fate.answered > 0, 'some came again, some were answered')
  const seconds = (performance.now() - begun) / 1000
  t.comment(
    `seed ${SEED}, ${seconds.toFixed(1)} s: ${fate.answered} answered, ${fate.duplicates} came again, ` +
      `${JSON.stringify(Object.fromEntries(fate.dropped))}, ${attack.target.log.lines} log lines, ` +
      `heap ${megabytes(last.heap)}, resident ${megabytes(last.resident)} (${megabytes(last.resident - start.resident)} more)`,
  )
})
