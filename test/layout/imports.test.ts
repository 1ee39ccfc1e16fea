import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative, resolve, dirname } from 'node:path'
import { test } from 'tap'

const root = resolve(import.meta.dirname, '../..')

/** Which rooms a file may import from; architecture.md, "Folders". */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'core/domain': ['core/domain'],
  'core/process': ['core/process', 'core/domain'],
  'core/gateways': ['core/gateways', 'core/domain'],
  'core/store': ['core/store', 'core/domain', 'core/process'],
  'core/records': ['core/records', 'core/domain', 'core/process'],
  // Changes that are recorded and published in one step.
  'core/city': ['core/city', 'core/records', 'core/store', 'core/domain', 'core/process'],
  portal: ['portal', 'core'],
  'radius-server': ['radius-server', 'core'],
  analytics: ['analytics', 'core'],
  console: ['console', 'core'],
  cli: ['cli', 'core', 'portal', 'radius-server', 'analytics', 'console'],
}

/** Packages that one place alone may speak to. */
const ONLY_FROM: Readonly<Record<string, string>> = {
  ioredis: 'core/store/redis.ts',
  pg: 'core/records/database.ts',
}

/** Names that say nothing of what is inside. */
const DRAWERS = /(^|\/)(utils?|helpers?|common|misc|types)(\.ts|\/)/

const sources = Object.keys(MAY_IMPORT).flatMap((room) => filesOf(room))

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}

const importsOf = (file: string): string[] =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+'([^']+)'|import\('([^']+)'\)|(?:^|\n)import '([^']+)'/g,
    ),
  ].map((match) => (match[1] ?? match[2] ?? match[3])!)

const roomOf = (file: string): string => Object.keys(MAY_IMPORT).find((room) => file.startsWith(`${room}/`))!

test('every import stays within what its room may use', (t) => {
  t.ok(sources.length > 80, 'the walk finds the sources')
  for (const file of new Set(sources))
    for (const imported of importsOf(file).filter((name) => name.startsWith('.'))) {
      const target = relative(root, resolve(root, dirname(file), imported))
      const allowed = MAY_IMPORT[roomOf(file)]!.some((room) => target.startsWith(`${room}/`))
      if (!allowed) t.fail(`${file} imports ${target}`)
    }
  t.pass('no import crosses a wall')
  t.end()
})

test('Redis and PostgreSQL are spoken to in one place each', (t) => {
  for (const file of new Set(sources))
    for (const imported of importsOf(file)) {
      const only = ONLY_FROM[imported]
      if (only !== undefined && file !== only) t.fail(`${file} imports ${imported}; only ${only} may`)
    }
  t.pass('no second door')
  t.end()
})

test('the RADIUS path stands on no RADIUS package', (t) => {
  for (const file of filesOf('radius-server')) t.notOk(importsOf(file).includes('radius'), file)
  t.end()
})

test('no file is a drawer without a name of its own', (t) => {
  for (const file of [...sources, ...filesOf('test')]) t.notOk(DRAWERS.test(file), file)
  t.end()
})

test('core/domain does no input and no output', (t) => {
  const pure = new Set(['node:crypto'])
  for (const file of filesOf('core/domain'))
    for (const imported of importsOf(file).filter((name) => !name.startsWith('.'))) {
      const builtin = imported.startsWith('node:') || builtinModules.includes(imported)
      t.ok(!builtin || pure.has(imported), `${file} imports ${imported}`)
    }
  t.end()
})

test('importing a module does no work: no top-level await, no server, no timer', (t) => {
  // cli/run/worker.ts is a process's first file: it is run, never imported.
  for (const file of new Set(sources)) {
    if (file === 'cli/run/worker.ts') continue
    const text = readFileSync(join(root, file), 'utf8')
    t.notMatch(text, /^await /m, file)
    t.notMatch(text, /^(setInterval|setTimeout|process\.on)\(/m, file)
  }
  t.end()
})
