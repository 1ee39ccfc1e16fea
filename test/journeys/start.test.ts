import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { removeDataFolder } from '../support/data-folder.ts'
import { ROOT, runHotspot, startPlatform, until } from '../support/platform.ts'

const free = {
  PORTAL_PORT: '0',
  CONSOLE_PORT: '0',
  METRICS_PORT: '0',
  RADIUS_AUTH_PORT: '0',
  RADIUS_ACCT_PORT: '0',
  LOG_LEVEL: 'warn',
}

function folderOf(t: { teardown(work: () => unknown): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-start-'))
  chmodSync(folder, 0o755)
  t.teardown(() => removeDataFolder(folder))
  return folder
}

/** Processes of this machine whose environment names a data folder. */
const processesOf = (folder: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return (
        readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`HOTSPOT_DATA=${folder}`) ||
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
      )
    } catch {
      return false
    }
  })

test('the start-up table names every address, the first password and what to try', async (t) => {
  const platform = await startPlatform(t)
  await until('the table is printed', () => platform.output().includes('Ctrl-C'))
  const printed = platform.output()
  for (const port of [
    platform.ports.portal,
    platform.ports.console,
    platform.ports.metrics,
    platform.ports.radiusAuth,
    platform.ports.radiusAcct,
  ])
    t.match(printed, new RegExp(`\\b${port}\\b`))
  t.match(printed, /radclient/)
  t.match(printed, /simulate/)
  const file = join(platform.folder, 'first-staff-password')
  t.match(printed, /cat \S*first-staff-password/)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.match(readFileSync(file, 'utf8'), /^city \S{20}\n$/)
  t.notMatch(printed, readFileSync(file, 'utf8').split(' ')[1]!.trim(), 'the password itself is not printed')

  await t.test('a second platform on the same port says so in one sentence', async (t) => {
    const other = folderOf(t)
    const { code, stderr } = await runHotspot(['run'], {
      ...free,
      HOTSPOT_DATA: other,
      PORTAL_PORT: String(platform.ports.portal),
    })
    t.equal(code, 1)
    t.match(
      stderr,
      new RegExp(
        `TCP 127\\.0\\.0\\.1:${platform.ports.portal} is already in use: stop what uses it, or set PORTAL_PORT`,
      ),
    )
    t.notMatch(stderr, /\n\s+at /, 'no stack')
    await until('nothing is left running', () => processesOf(other).length === 0)
  })

  await t.test('check says that the file and the records agree', async (t) => {
    const { code, stdout } = await platform.hotspot('check')
    t.equal(code, 0)
    t.match(stdout, /70 sites, 68 NASes, no fault/)
    t.notMatch(stdout, /at the next start/)
  })

  await t.test('a process that dies is started again, on its port', async () => {
    const [worker] = processesOf(platform.folder).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker.js'),
    )
    process.kill(Number(worker), 'SIGKILL')
    const ready = async () => (await fetch(`http://127.0.0.1:${platform.ports.metrics}/health/ready`)).ok
    await until('it is not ready', async () => !(await ready()))
    await until('it is ready again', ready)
    await until('the portal answers', () =>
      fetch(`http://127.0.0.1:${platform.ports.portal}/health/ready`).then(
        (a) => a.ok,
        () => false,
      ),
    )
  })
})

const refusals: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  [
    'an unreachable REDIS_URL',
    { REDIS_URL: 'redis://127.0.0.1:1' },
    /Redis at redis:\/\/127\.0\.0\.1:1 does not answer .*set REDIS_URL/,
  ],
  [
    'an unreachable DATABASE_URL',
    { DATABASE_URL: 'postgres://u:hush@127.0.0.1:1/x' },
    /PostgreSQL at postgres:\/\/\[secret\]@127\.0\.0\.1:1\/x cannot be used .*set DATABASE_URL/,
  ],
  [
    'a missing city file',
    { HOTSPOT_CONFIG: '/nowhere/city.json' },
    /The city file \/nowhere\/city\.json cannot be read: set HOTSPOT_CONFIG/,
  ],
  ['going beyond loopback without a key', { HOTSPOT_HOST: '0.0.0.0' }, /HOTSPOT_KEY must be set/],
  ['a key that is none', { HOTSPOT_KEY: 'abc' }, /HOTSPOT_KEY must be 32 bytes in base64/],
]
for (const [what, environment, sentence] of refusals)
  test(`${what} is one clear sentence, exit 1, and nothing left running`, async (t) => {
    const folder = folderOf(t)
    const { code, stdout, stderr } = await runHotspot(['run'], {
      ...free,
      HOTSPOT_DATA: folder,
      ...environment,
    })
    t.equal(code, 1)
    t.match(stderr, sentence)
    t.notMatch(stderr, /\n\s+at /, 'no stack')
    t.notMatch(stderr + stdout, /hush/, 'no secret')
    await until('nothing is left running', () => processesOf(folder).length === 0)
  })

test('`npm start` ends with exit 0 at SIGTERM, with nothing left running', async (t) => {
  const folder = folderOf(t)
  const child = spawn('npm', ['start'], { cwd: ROOT, env: { ...process.env, ...free, HOTSPOT_DATA: folder } })
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)))
  await until('it runs', () => existsSync(join(folder, 'run.json')))
  child.kill('SIGTERM')
  t.equal(await ended, 0)
  t.same(processesOf(folder), [])
})

test('a broken city file is told with each fault’s path', async (t) => {
  const folder = folderOf(t)
  const city = JSON.parse(readFileSync(join(ROOT, 'config/hanoi.json'), 'utf8')) as {
    sites: Record<string, unknown>[]
  }
  city.sites[7]!.lat = 'north'
  delete city.sites[9]!.operator
  writeFileSync(join(folder, 'city.json'), JSON.stringify(city))
  for (const verb of ['run', 'check']) {
    const { code, stderr } = await runHotspot([verb], {
      ...free,
      HOTSPOT_DATA: folder,
      HOTSPOT_CONFIG: join(folder, 'city.json'),
    })
    t.equal(code, 1, verb)
    t.match(stderr, /\$\.sites\[7\]\.lat: /)
    t.match(stderr, /\$\.sites\[9\]\.operator: /)
  }
})

test('a data folder that cannot be written is one clear sentence', async (t) => {
  const folder = folderOf(t)
  writeFileSync(join(folder, 'file'), '')
  chmodSync(folder, 0o500)
  const { code, stderr } = await runHotspot(['run'], { ...free, HOTSPOT_DATA: join(folder, 'file', 'data') })
  t.equal(code, 1)
  t.match(stderr, /The data folder .* cannot be written \(\w+\): set HOTSPOT_DATA/)
})

test('the command line explains itself and tells wrong use by exit 2', async (t) => {
  const folder = folderOf(t)
  const help = await runHotspot(['--help'], { HOTSPOT_DATA: folder })
  t.equal(help.code, 0)
  for (const verb of ['run', 'check', 'site', 'nas', 'voucher', 'session', 'person', 'simulate']) {
    t.match(help.stdout, new RegExp(`^  ${verb} `, 'm'))
    const one = await runHotspot([verb, '--help'], { HOTSPOT_DATA: folder })
    t.equal(one.code, 0, verb)
    t.match(one.stdout, /usage: /i)
  }
  t.equal((await runHotspot(['dance'], { HOTSPOT_DATA: folder })).code, 2)
  t.equal((await runHotspot(['run', 'dance'], { HOTSPOT_DATA: folder })).code, 2)
  const idle = await runHotspot(['nas', 'list'], { HOTSPOT_DATA: folder })
  t.equal(idle.code, 1)
  t.match(idle.stderr, /Nothing runs in .*npm start/)
})
