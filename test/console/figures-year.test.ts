import { request as ask, type IncomingMessage } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { CATEGORIES } from '../../core/domain/site.ts'
import { saveSite } from '../../core/records/city.ts'
import { createToken } from '../../core/records/tokens.ts'
import { until } from '../support/stores.ts'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'

/** A year of days of a thousand sites, told over a real connection. */

const stage = await startStage()
const { records } = stage
t.teardown(() => stage.stop())

const SITES = 1000
/** A year of days of many sites, of which some have few visitors. */
async function recordYear(): Promise<void> {
  for (let i = 0; i < SITES; i++)
    await saveSite(records, site(`site-${String(i).padStart(4, '0')}`, { category: CATEGORIES[i % 3]! }))
  await records.query(
    `INSERT INTO site_days
     SELECT id, day::date, 30, 30, 9000, 1e7, 1e9 FROM sites,
       generate_series('2025-03-13'::date, '2026-03-12', interval '1 day') AS day`,
  )
  await records.query(
    `INSERT INTO reach_sketches (period, starts_on, site, sketch, visitors, exact)
     SELECT 'day', day, site, '', 5 + abs(hashtext(site || day)) % 90, true FROM site_days`,
  )
}

await recordYear()
await stage.enter('city')
const { token } = await createToken(
  records,
  'p1',
  { name: 'test', scopes: ['figures:read'], expiresAt: stage.now + 3_600_000 },
  stage.now,
)
await stage.app.listen({ port: 0, host: '127.0.0.1' })
const { port } = stage.app.server.address() as { port: number }
const open = (): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const path = '/api/v1/figures/daily?from=2025-03-13&format=csv'
    ask({ port, path, headers: { authorization: `Bearer ${token}` } }, resolve)
      .on('error', reject)
      .end()
  })
const busy = (): number => records.totalCount - records.idleCount

t.test('streams in memory that does not grow', async (t) => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const held: number[] = []
  let lines = -1
  for await (const piece of await open()) {
    const before = lines
    for (const octet of piece as Buffer) if (octet === 10) lines++
    if (Math.floor(lines / 36_500) === Math.floor(before / 36_500)) continue
    collectGarbage()
    const { heapUsed, external } = process.memoryUsage()
    held.push((heapUsed + external) / 2 ** 20)
  }
  t.equal(lines, 365 * SITES)
  t.ok(held.length >= 9)
  const [early, late] = [Math.max(...held.slice(1, 4)), Math.max(...held.slice(-4))]
  t.ok(late < early + 6, `held ${early.toFixed(1)} MiB a third through, ${late.toFixed(1)} at the end`)
  await until(() => busy() === 0)
})

t.test(
  'waits for a reader that does not read, refuses a third, and ends with readers that leave',
  async (t) => {
    const [first, second] = [await open(), await open()]
    const third = await open()
    t.equal(third.statusCode, 429)
    third.resume()
    await until(() => busy() === 2)
    const asked = async (): Promise<string> =>
      JSON.stringify(
        (
          await records.query(
            "SELECT query_start FROM pg_stat_activity WHERE query LIKE '%step%' AND pid <> pg_backend_pid() ORDER BY pid",
          )
        ).rows,
      )
    let before = ''
    // Once what is on its way is full, nothing more is fetched.
    await until(async () => {
      const now = await asked()
      const isStill = now === before
      before = now
      await new Promise((resolve) => setTimeout(resolve, 1000))
      return isStill
    })
    first.destroy()
    second.destroy()
    await until(() => busy() === 0, 'both connections come back')
    const again = await open()
    t.equal(again.statusCode, 200)
    again.destroy()
    await until(() => busy() === 0)
  },
)
