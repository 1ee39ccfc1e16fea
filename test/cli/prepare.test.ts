import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'tap'

const CLONE = resolve(import.meta.dirname, '../..')
const NOBODY = 65534

interface Prepare {
  prepare(options: { root: string; npm?: string; quiet: boolean; tools?: boolean }): Promise<void>
}
// Plain JavaScript without types, since it runs before there is a compiler.
const { prepare } = (await import(pathToFileURL(join(CLONE, 'cli/prepare.mjs')).href)) as Prepare

/** A clone of five small files and an npm that notes its calls and installs our own compiler. */
function smallClone(t: { teardown(work: () => void): void }, files: Record<string, string> = {}): Clone {
  const root = mkdtempSync('/tmp/hotspot-clone-')
  chmodSync(root, 0o755)
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const write = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text, { mode })
  }
  const all: Record<string, string> = {
    'package.json': '{ "type": "module" }',
    'package-lock.json': '{ "packages": { "": {} } }',
    'tsconfig.json': readFileSync(join(CLONE, 'tsconfig.json'), 'utf8').replace('["node"]', '[]'),
    'tsconfig.build.json': readFileSync(join(CLONE, 'tsconfig.build.json'), 'utf8'),
    'core/answer.ts': 'export const answer: number = 42\n',
    'portal/views/page.eta': '<p>hello</p>\n',
    ...files,
  }
  for (const [path, text] of Object.entries(all)) write(path, text)
  const typescript = join(CLONE, 'node_modules/typescript')
  write(
    'bin/npm',
    `#!/bin/sh\nsleep 0.2\necho "$@" >> ${root}/npm-calls\nmkdir -p node_modules\nln -sfn ${typescript} node_modules/typescript\n`,
    0o755,
  )
  return {
    root,
    write,
    ready: () => prepare({ root, npm: join(root, 'bin/npm'), quiet: true }),
    has: (path) => existsSync(join(root, path)),
    read: (path) => readFileSync(join(root, path), 'utf8'),
    timeOf: (path) => statSync(join(root, path)).mtimeMs,
    npmCalls: () => (existsSync(join(root, 'npm-calls')) ? lines(join(root, 'npm-calls')) : []),
  }
}

interface Clone {
  readonly root: string
  write(path: string, text: string, mode?: number): void
  ready(): Promise<void>
  has(path: string): boolean
  read(path: string): string
  timeOf(path: string): number
  npmCalls(): string[]
}

const lines = (file: string): string[] => readFileSync(file, 'utf8').trim().split('\n')

function copyFromClone(root: string, paths: string[]): void {
  for (const path of paths) cpSync(join(CLONE, path), join(root, path), { recursive: true })
}

test('a fresh clone is installed and built; after that nothing is done', async (t) => {
  const clone = smallClone(t)
  await clone.ready()
  t.match(clone.read('dist/core/answer.js'), 'export const answer = 42')
  t.equal(clone.read('dist/portal/views/page.eta'), '<p>hello</p>\n')
  const built = clone.timeOf('dist/.sources.json')
  await clone.ready()
  t.equal(clone.npmCalls().length, 1)
  t.match(clone.npmCalls()[0], /^ci --include=dev/)
  t.equal(clone.timeOf('dist/.sources.json'), built)
})

test('callers at the same time install once', async (t) => {
  const clone = smallClone(t)
  await Promise.all([clone.ready(), clone.ready(), clone.ready()])
  t.equal(clone.npmCalls().length, 1)
  t.ok(clone.has('dist/core/answer.js'))
})

test('another package-lock.json installs again, unless npm has already installed just that', async (t) => {
  const clone = smallClone(t)
  await clone.ready()
  const asking = (version: string): string =>
    JSON.stringify({
      packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version: '1', dev: true } },
    })
  clone.write('package-lock.json', asking('1.0.0'))
  await clone.ready()
  t.equal(clone.npmCalls().length, 2)

  clone.write('package-lock.json', asking('2.0.0'))
  clone.write(
    'node_modules/.package-lock.json',
    '{ "packages": { "node_modules/a": { "version": "2.0.0" } } }',
  )
  await clone.ready()
  t.equal(clone.npmCalls().length, 2, 'npm ci --omit=dev of an image is taken as it is')
})

test('a changed source is built, a changed view copied, a mere touch neither', async (t) => {
  const clone = smallClone(t)
  await clone.ready()
  clone.write('core/answer.ts', 'export const answer: number = 43\n')
  await clone.ready()
  t.match(clone.read('dist/core/answer.js'), 'answer = 43')

  const compiled = clone.timeOf('dist/.tsbuildinfo')
  clone.write('portal/views/page.eta', '<p>xin chào</p>\n')
  await clone.ready()
  t.equal(clone.read('dist/portal/views/page.eta'), '<p>xin chào</p>\n')
  t.equal(clone.timeOf('dist/.tsbuildinfo'), compiled, 'a view needs no compiler')

  const copied = clone.timeOf('dist/portal/views/page.eta')
  utimesSync(join(clone.root, 'portal/views/page.eta'), 1, 1)
  await clone.ready()
  t.equal(clone.timeOf('dist/portal/views/page.eta'), copied)
})

test('what has lost its source leaves dist, what dist has lost comes back', async (t) => {
  const clone = smallClone(t, {
    'core/old/rule.ts': 'export const rule: number = 1\n',
    'portal/assets/a.svg': '<svg/>',
  })
  await clone.ready()
  t.ok(clone.has('dist/core/old/rule.js'))
  for (const gone of ['core/old', 'portal/assets', 'dist/core/answer.js'])
    rmSync(join(clone.root, gone), { recursive: true })
  await clone.ready()
  t.notOk(clone.has('dist/core/old'))
  t.notOk(clone.has('dist/portal/assets'))
  t.ok(clone.has('dist/core/answer.js'), 'although the compiler remembers having written it')
})

test('a source that does not compile fails with the words of the compiler, each time until it does', async (t) => {
  const clone = smallClone(t, { 'core/answer.ts': 'export const answer: number = "42"\n' })
  const fault = { name: 'PrepareError', message: /do not compile/, output: /core\/answer\.ts/ }
  await t.rejects(clone.ready(), fault)
  await t.rejects(clone.ready(), fault)
  clone.write('core/answer.ts', 'export const answer: number = 42\n')
  await clone.ready()
  t.ok(clone.has('dist/core/answer.js'))
})

test('an install that cannot be is refused in one sentence', async (t) => {
  const { root, write } = smallClone(t)
  const withNpm = (npm: string): Promise<void> => prepare({ root, npm, quiet: true })
  await t.rejects(withNpm('npm-that-is-not-there'), { message: /is not on PATH: install npm/ })
  const says = { ENOTFOUND: /registry cannot be reached/, EACCES: /may not write/, ENOSPC: /disk .* full/ }
  for (const [code, message] of Object.entries(says)) {
    write('bin/failing', `#!/bin/sh\necho "npm error code ${code}" >&2\nexit 1\n`, 0o755)
    await t.rejects(withNpm(join(root, 'bin/failing')), { message, output: '' })
  }
  write('bin/failing', '#!/bin/sh\necho "npm error: the lock is out of step" >&2\nexit 1\n', 0o755)
  await t.rejects(withNpm(join(root, 'bin/failing')), { message: /npm ci failed/, output: /out of step/ })
})

test('an image with dist and node_modules but no sources is left alone', async (t) => {
  const clone = smallClone(t)
  await clone.ready()
  for (const source of ['core', 'portal', 'tsconfig.json', 'tsconfig.build.json', 'node_modules/typescript'])
    rmSync(join(clone.root, source), { recursive: true })
  await clone.ready()
  t.ok(clone.has('dist/core/answer.js'))
  t.equal(clone.npmCalls().length, 1)
})

test('a tree that cannot be written to is taken as it is once it was built', async (t) => {
  const clone = smallClone(t)
  copyFromClone(clone.root, ['cli/prepare.mjs', 'cli/prepare'])
  const asVisitor = (): Promise<{ code: number | null; said: string }> => {
    const program = `
      import { prepare, reportPrepareError } from ${JSON.stringify(join(clone.root, 'cli/prepare.mjs'))}
      await prepare().catch((error) => { reportPrepareError(error); process.exitCode = 1 })`
    return run(
      process.execPath,
      ['--input-type=module', '-e', program],
      isRoot ? { uid: NOBODY, gid: NOBODY } : {},
    )
  }
  if (!isRoot) chmodSync(clone.root, 0o555)
  t.match(await asVisitor(), { code: 1, said: /cannot be written to: run it once as the owner/ })
  chmodSync(clone.root, 0o755)
  await clone.ready()
  clone.write('core/answer.ts', 'export const answer: number = 43\n')
  if (!isRoot) chmodSync(clone.root, 0o555)
  t.same(await asVisitor(), { code: 0, said: '' })
  chmodSync(clone.root, 0o755)
})

test('hotspot finds its clone through a link, hands on its words and ends as main says', async (t) => {
  const clone = smallClone(t, {
    'cli/main.ts': 'export const main = async (words: string[]): Promise<number> => words.length\n',
  })
  copyFromClone(clone.root, ['cli/prepare.mjs', 'cli/prepare', 'cli/bootstrap.mjs', 'hotspot'])
  cpSync(join(clone.root, 'bin/npm'), join(clone.root, 'other folder/npm'))
  symlinkSync('../hotspot', join(clone.root, 'bin/hotspot'))
  symlinkSync(join(clone.root, 'bin/hotspot'), join(clone.root, 'other folder/hs'))
  const PATH = `${join(clone.root, 'bin')}:${process.env['PATH']}`
  const ended = await run('./hs', ['one word', 'two', 'three'], {
    cwd: join(clone.root, 'other folder'),
    env: { ...process.env, PATH },
  })
  t.equal(ended.code, 3, ended.said)
})

test('hotspot refuses an old Node.js, or none, in one sentence', async (t) => {
  const clone = smallClone(t)
  copyFromClone(clone.root, ['hotspot'])
  for (const name of ['dirname', 'readlink']) symlinkSync(`/usr/bin/${name}`, join(clone.root, 'bin', name))
  const attempt = (): Promise<{ code: number | null; said: string }> =>
    run('/bin/sh', ['hotspot', 'run'], { cwd: clone.root, env: { PATH: join(clone.root, 'bin') } })
  t.match(await attempt(), { code: 1, said: /^hotspot: Node\.js is not on PATH; install .*\n$/ })
  for (const version of ['v18.20.0', 'v20.18.3']) {
    clone.write('bin/node', `#!/bin/sh\necho ${version}\n`, 0o755)
    t.match(await attempt(), {
      code: 1,
      said: new RegExp(`^hotspot: Node\\.js ${version} is too old; .*\\n$`),
    })
  }
})

const isRoot = process.getuid?.() === 0

function run(
  program: string,
  words: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number },
): Promise<{ code: number | null; said: string }> {
  return new Promise((done, failed) => {
    const child = spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.once('error', failed)
    child.once('close', (code) => done({ code, said }))
  })
}
