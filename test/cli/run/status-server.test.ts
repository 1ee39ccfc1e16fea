import { test } from 'tap'
import { startStatusServer } from '../../../cli/run/status-server.ts'

const NOON = Date.parse('2027-02-01T12:00:00+07:00')
const parts = { host: '127.0.0.1', port: 0, metrics: async () => '', notReady: () => null }

test('a clock that stands says so where health is asked for, is set here, and never goes back', async (t) => {
  let now = NOON
  const worked: boolean[] = []
  const clock = {
    now: () => now,
    set: async (at: number, work: boolean) => {
      now = at
      worked.push(work)
    },
  }
  const server = await startStatusServer({ ...parts, clock })
  t.teardown(() => server.stop())
  const url = `http://127.0.0.1:${server.port}`
  const set = async (query: string) => (await fetch(`${url}/clock?${query}`, { method: 'PUT' })).status
  t.same(await (await fetch(`${url}/health/ready`)).json(), {
    status: 'ok',
    clock: '2027-02-01T05:00:00.000Z',
  })
  t.equal(await set(`at=${NOON + 60_000}&work=1`), 200)
  t.equal(await set(`at=${NOON + 120_000}`), 200)
  t.equal(now, NOON + 120_000)
  t.same(worked, [true, false])
  for (const wrong of [`at=${NOON}`, 'at=noon', 'at=']) t.equal(await set(wrong), 400, wrong)
  t.equal(now, NOON + 120_000)
  t.equal((await fetch(`${url}/clock?at=${NOON + 180_000}`)).status, 404, 'it is set by PUT alone')
})

test('where time is the world’s there is no clock to set', async (t) => {
  const server = await startStatusServer({ ...parts, clock: null })
  t.teardown(() => server.stop())
  const url = `http://127.0.0.1:${server.port}`
  t.equal((await fetch(`${url}/clock?at=${NOON}`, { method: 'PUT' })).status, 404)
  t.same(await (await fetch(`${url}/health/ready`)).json(), { status: 'ok' })
})
