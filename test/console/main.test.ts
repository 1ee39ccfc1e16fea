import { createServer } from 'node:net'
import { once } from 'node:events'
import { pino } from 'pino'
import t from 'tap'
import { start } from '../../console/main.ts'
import { createRegistry } from '../../core/process/metrics.ts'
import { readSettings } from '../../core/process/settings.ts'
import type { Shared } from '../../core/process/shared.ts'
import { createPreview } from '../../portal/preview.ts'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())

const shared = (environment: Record<string, string>): Shared => ({
  settings: readSettings({ CONSOLE_PORT: '0', ...environment }),
  keys: stage.keys,
  log: pino({ level: 'silent' }),
  registry: createRegistry(),
  now: Date.now,
  redisUrl: stage.redisUrl,
  databaseUrl: stage.databaseUrl,
  othersNotReady: () => others,
})
let others: string | null = null
const begin = (given: Shared) => start(given, createPreview())

t.test('it listens where it is told, on any free port with 0, and is gone after stop', async (t) => {
  await stage.publish([site('a')], [])
  const part = await begin(shared({}))
  const port = part.ports['console']!
  t.ok(port > 0)
  t.equal(await part.notReady(), null)
  const url = `http://127.0.0.1:${port}`
  t.equal((await fetch(`${url}/health/ready`)).status, 200)
  t.match(await (await fetch(url)).text(), 'Đăng nhập')
  others = 'portal: not started yet'
  t.equal((await fetch(`${url}/health/ready`)).status, 503)
  t.equal(await part.notReady(), null, 'which is not its own fault')
  await part.stop()
  await t.rejects(fetch(url))
})

t.test('a port in use is said with what to do, and leaves nothing open', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as { port: number }
  await t.rejects(begin(shared({ CONSOLE_PORT: String(port) })), {
    code: 'cannot-listen',
    message: /CONSOLE_PORT/,
  })
})
