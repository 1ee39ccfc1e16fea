import t, { type Test } from 'tap'
import type { FastifyInstance } from 'fastify'
import { keys } from '../../core/store/keys.ts'
import { StaffStore } from '../../core/store/staff.ts'
import type { Role } from '../../core/records/people.ts'
import { until } from '../support/stores.ts'
import { nas, openSessions, recordDays, recordReach, site } from './sample-city.ts'
import { startStage } from './stage.ts'

/** Counts that move on a page, as a browser follows them: over HTTP. */

const stage = await startStage({ trustedProxies: ['127.0.0.1'] })
t.teardown(() => stage.stop())
const { records, store } = stage
const staff = new StaffStore(store)
const EVERY_MS = 20

async function begin(t: Test): Promise<{ app: FastifyInstance; origin: string; stopping: AbortController }> {
  await stage.clear()
  await stage.publish([site('mine'), site('other')], [nas('gw-mine', 'mine'), nas('gw-other', 'other')])
  const stopping = new AbortController()
  const app = await stage.console({ countEveryMs: EVERY_MS, stopping: stopping.signal })
  t.teardown(() => app.close())
  return { app, origin: await app.listen({ host: '127.0.0.1', port: 0 }), stopping }
}

/** Adds a person who is signed in: the id of his session. */
async function enter(name: string, role: Role, sites: readonly string[] = []): Promise<string> {
  await records.query(
    "INSERT INTO people (id, name, role, sites, password_hash, totp_sealed) VALUES ($1, $1, $2, $3, 'none', 'none')",
    [name, role, sites],
  )
  return (await staff.open(name, stage.now)).id
}

let address = 0
/** What a page with this session follows. */
const ask = (url: string, session: string, signal?: AbortSignal): Promise<Response> =>
  fetch(url, {
    redirect: 'manual',
    headers: { cookie: `hotspot-staff=${session}`, 'x-forwarded-for': `10.2.0.${address++ % 250}` },
    ...(signal && { signal }),
  })

/** The lines of a stream as they come; the end of it is null. */
async function follow(t: Test, url: string, session: string): Promise<() => Promise<string | null>> {
  const leave = new AbortController()
  t.teardown(() => leave.abort())
  const answer = await ask(url, session, leave.signal)
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  t.equal(answer.headers.get('cache-control'), 'no-store')
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  let kept = ''
  return async () => {
    for (;;) {
      const [line, rest] = kept.split(/\n\n([^]*)/)
      if (rest !== undefined) {
        kept = rest
        if (line!.startsWith('retry: ')) continue
        return line!
      }
      const { value, done } = await reader.read()
      if (done) return null
      kept += value
    }
  }
}
/** What comes after the comments that only keep a connection. */
async function lastOf(next: () => Promise<string | null>): Promise<string | null> {
  for (;;) {
    const line = await next()
    if (line !== ': still here') return line
  }
}
const counts = (online: string, visitors: string): string => `data: ${JSON.stringify({ online, visitors })}`

t.test(
  'a visitor who comes online changes the number, and nothing is sent while nothing changes',
  async (t) => {
    const { origin } = await begin(t)
    await recordReach(records, stage.now, { visitors: 1234 })
    await openSessions(store, 'gw-mine', 2, stage.now)
    const next = await follow(t, `${origin}/live`, await enter('linh', 'city'))
    t.equal(await next(), counts('2', '1.234'))
    stage.now += 21_000
    t.equal(await next(), ': still here', 'a comment keeps the connection')
    await openSessions(store, 'gw-other', 3, stage.now)
    t.equal(await next(), counts('5', '1.234'))
    await recordReach(records, stage.now, { visitors: 1235 })
    t.equal(await next(), counts('5', '1.235'))
  },
)

t.test('a manager hears his site alone, and small counts of visitors as words', async (t) => {
  const { origin } = await begin(t)
  await recordDays(records, stage.now, [
    { site: 'mine', visitors: 4 },
    { site: 'other', visitors: 77 },
  ])
  const manager = await enter('minh', 'site-manager', ['mine'])
  for (const path of ['/live', '/sites/other/live', '/sites/none/live']) {
    const refused = await ask(`${origin}${path}`, manager)
    t.equal(refused.status, 403, path)
    t.notMatch(await refused.text(), /"visitors"/, path)
  }
  const next = await follow(t, `${origin}/sites/mine/live`, manager)
  t.equal(await next(), counts('0', 'dưới 10'))
  await openSessions(store, 'gw-other', 5, stage.now)
  await openSessions(store, 'gw-mine', 1, stage.now)
  t.equal(await next(), counts('1', 'dưới 10'), 'nothing of the five')
})

t.test('a stream ends with its session, with the right to it, and with the person', async (t) => {
  const { origin } = await begin(t)
  const url = `${origin}/sites/mine/live`
  const endings: Record<string, (session: string) => Promise<unknown>> = {
    'signed out': (session) => staff.close(session),
    'another site': () => records.query("UPDATE people SET sites = '{other}' WHERE id = 'minh'"),
    removed: () => records.query("DELETE FROM people WHERE id = 'minh'"),
    'twelve hours': async () => void (stage.now += 12 * 3_600_000),
  }
  for (const [what, end] of Object.entries(endings)) {
    await records.query('DELETE FROM people')
    const session = await enter('minh', 'site-manager', ['mine'])
    const next = await follow(t, url, session)
    t.ok(await next(), what)
    await end(session)
    t.equal(await lastOf(next), null, what)
  }
})

t.test('to follow is no use of a session: it ends when nobody has used it for two hours', async (t) => {
  const { origin } = await begin(t)
  const session = await enter('linh', 'city')
  const next = await follow(t, `${origin}/live`, session)
  await next()
  await store.pexpire(keys.staffSession(session), 300)
  t.equal(await next(), null)
})

t.test('a person has four streams, all together a hundred, and who gets none is told why', async (t) => {
  const { origin } = await begin(t)
  const sessions = await Promise.all(Array.from({ length: 26 }, (_, i) => enter(`person ${i}`, 'city')))
  for (const session of sessions.slice(0, 25))
    for (let i = 0; i < 4; i++) await follow(t, `${origin}/live`, session)
  const full = await ask(`${origin}/live`, sessions[25]!)
  t.equal(full.status, 503, 'the hundred and first')
  t.equal(full.headers.get('retry-after'), '60')
  t.match(await full.text(), 'quá nhiều màn hình')
  await records.query("DELETE FROM people WHERE name = 'person 0'")
  const hisOwn = await ask(`${origin}/live`, sessions[1]!)
  t.ok([429, 503].includes(hisOwn.status))
  await until(async () => {
    const { status } = await ask(`${origin}/live`, sessions[1]!)
    if (![429, 503].includes(status)) t.fail(`a fifth stream of one person: ${status}`)
    return status === 429
  }, 'the four places of a person who has gone are free')
  await follow(t, `${origin}/live`, sessions[25]!)
})

t.test('counts are read once for all who follow them, and not at all for nobody', async (t) => {
  const { origin } = await begin(t)
  const seen = async (): Promise<number> => {
    const stats = await store.info('commandstats')
    return Number(/cmdstat_zcard:calls=(\d+)/.exec(stats)?.[1] ?? 0)
  }
  const session = await enter('linh', 'city')
  const all = []
  for (let i = 0; i < 4; i++) all.push(await follow(t, `${origin}/live`, session))
  const before = await seen()
  const began = performance.now()
  await Promise.all(all.map((next) => next()))
  await openSessions(store, 'gw-mine', 1, stage.now)
  await Promise.all(all.map((next) => next()))
  const ticks = Math.ceil((performance.now() - began) / EVERY_MS) + 2
  t.ok((await seen()) - before <= 2 * ticks, 'two gateways, whoever listens')
  await staff.close(session)
  for (const next of all) t.equal(await next(), null)
  const after = await seen()
  await new Promise((resolve) => setTimeout(resolve, 5 * EVERY_MS))
  t.equal(await seen(), after)
})

t.test('a console that stops ends its streams at once, and takes no other', async (t) => {
  const { app, origin, stopping } = await begin(t)
  const session = await enter('linh', 'city')
  const next = await follow(t, `${origin}/live`, session)
  await next()
  stopping.abort()
  t.equal(await next(), null)
  t.equal((await ask(`${origin}/live`, session)).status, 503)
  await app.close()
})
