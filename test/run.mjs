// `npm test [paths]`: makes the clone ready, runs each test file as a Node process of its own, closes with the counts.
// tap's own runner is left out: started this way a trivial file takes half the time, and a file that dies, hangs or
// tests nothing is ours to report. Options: --jobs=N, --timeout=SECONDS (a file).
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrepareError, prepare, reportPrepareError } from '../cli/prepare.mjs'

const CLONE = dirname(dirname(fileURLToPath(import.meta.url)))
/** They need other programs, or minutes: run when named. */
const ONLY_WHEN_NAMED = ['test/interop', 'test/lab', 'test/bench', 'test/long']
/** Newer versions of Node read our TypeScript themselves. */
const LOADER = process.features.typescript ? [] : ['--import=tsx']
const OUTPUT_SHOWN = 8000

process.exitCode = await main(process.argv.slice(2))

async function main(words) {
  const option = (name, fallback) =>
    Number(words.find((word) => word.startsWith(`--${name}=`))?.split('=')[1] ?? fallback)
  const jobs = option('jobs', Math.min(4, Math.max(2, availableParallelism())))
  const timeoutSeconds = option('timeout', 480)
  const paths = words.filter((word) => !word.startsWith('--'))
  const totals = { passed: 0, failed: 0, skipped: 0 }
  try {
    await prepare({ tools: true })
    await findRedis()
    const files = paths.length > 0 ? paths.flatMap(filesOf) : allFiles()
    if (files.length === 0) throw new PrepareError('there is no test file (*.test.ts) there')
    await runAll([...new Set(files)], { jobs, timeoutSeconds, totals })
  } catch (error) {
    if (error instanceof PrepareError) reportPrepareError(error)
    else console.log(error?.code ? `hotspot: ${error.message}` : error)
    totals.failed++
  }
  const { passed, failed, skipped } = totals
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return failed > 0 || passed === 0 ? 1 : 0
}

/** Store tests want a real Redis: found or installed by the rule that `hotspot run` follows. */
async function findRedis() {
  const { findOrInstallRedis } = await import('../dist/core/process/embedded/redis-program.js')
  const say = (sentence) => console.log(sentence)
  await findOrInstallRedis({ install: true, log: { info: say, warn: say, error: say } })
}

/* Which files */

function allFiles() {
  const isLeftOut = (file) => ONLY_WHEN_NAMED.some((folder) => file.startsWith(`${folder}/`))
  return filesOf(join(CLONE, 'test')).filter((file) => !isLeftOut(file))
}

/** Test files at or below a path, relative to the clone. */
function filesOf(path) {
  const from = existsSync(path) ? resolve(path) : join(CLONE, path)
  if (!existsSync(from)) throw new PrepareError(`${path} does not exist`)
  if (statSync(from).isFile()) return [relative(CLONE, from)]
  return readdirSync(from, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => relative(CLONE, join(from, name)))
    .sort()
}

/* Running */

async function runAll(files, { jobs, timeoutSeconds, totals }) {
  const { Parser } = await import('tap-parser')
  const waiting = [...files]
  const running = new Set()
  const stop = (signal) => {
    for (const child of running) child.kill('SIGTERM')
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const report = await runFile(file, { Parser, timeoutSeconds, running })
      totals.passed += report.passed
      totals.failed += report.failures.length
      totals.skipped += report.skips.length
      print(report)
    }
  }
  await Promise.all(Array.from({ length: Math.min(jobs, files.length) }, worker))
}

async function runFile(file, { Parser, timeoutSeconds, running }) {
  const report = { file, passed: 0, failures: [], skips: [], seconds: 0, output: '' }
  const started = performance.now()
  const parser = new Parser()
  follow(parser, [], report)
  const child = spawn(process.execPath, [...LOADER, file], {
    cwd: CLONE,
    env: testEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  parser.on('extra', (text) => (report.output += text))
  child.stderr.on('data', (chunk) => (report.output += chunk))
  child.stdout.on('data', (chunk) => parser.write(chunk))
  // tap answers SIGALRM by failing the test that hangs, so that its name is known.
  const alarm = setTimeout(() => child.kill('SIGALRM'), timeoutSeconds * 1000)
  const killer = setTimeout(() => child.kill('SIGKILL'), (timeoutSeconds + 3) * 1000)
  const how = await new Promise((done) => {
    child.on('error', (error) => done(error.message))
    child.on('close', (code, signal) => done(code === 0 ? null : (signal ?? `exit code ${code}`)))
  })
  clearTimeout(alarm)
  clearTimeout(killer)
  running.delete(child)
  await new Promise((done) => {
    parser.once('complete', done)
    parser.end()
  })
  addEnd(report, parser.results, how)
  report.seconds = (performance.now() - started) / 1000
  return report
}

/** An operator's settings must not lead a test to the city's stores. */
function testEnvironment() {
  const environment = { ...process.env, TAP_TIMEOUT: '0' }
  for (const name of Object.keys(environment))
    if (
      /^(REDIS_URL|DATABASE_URL|HOTSPOT_(?!NO_INSTALL)|PORTAL_|CONSOLE_|METRICS_|RADIUS_|RADSEC_)/.test(name)
    )
      delete environment[name]
  return environment
}

/* Reading TAP */

/** Counts assertions, not the points that merely close a subtest; what failed keeps the names of the tests around it. */
function follow(parser, names, report) {
  let child = null
  parser.on('child', (subtest) => {
    child = { failuresBefore: report.failures.length }
    follow(subtest, [...names, subtest.name], report)
  })
  parser.on('assert', (point) => {
    const name = [...names, point.name].join(' › ')
    const closes = point.closingTestPoint ? child : null
    child = null
    if (point.skip || point.todo) addSkip(report, name, point)
    else if (closes !== null && (point.ok || report.failures.length > closes.failuresBefore)) return
    else if (point.ok) report.passed++
    else report.failures.push({ name, diagnostics: point.diag ?? {} })
  })
}

function addSkip(report, name, { skip, todo }) {
  const [kind, reason] = skip ? ['skip', skip] : ['todo', todo]
  const why = `${kind}: ${name}: ${reason === true ? 'no reason given' : reason}`
  // CI has everything installed: what is skipped there is never run at all.
  if (process.env.CI === 'true')
    report.failures.push({ name: `${why} (CI=true allows none)`, diagnostics: {} })
  else report.skips.push(why)
}

/** What the points alone do not tell: a broken plan, a bail-out, a process that died, a file without a test. */
function addEnd(report, results, how) {
  const fail = (name) => report.failures.push({ name, diagnostics: {} })
  if (results.bailout) fail(`bailed out: ${results.bailout === true ? 'no reason given' : results.bailout}`)
  const isTold = report.failures.length > 0 && (how === 'exit code 1' || how === 'SIGALRM')
  if (how !== null && !isTold) fail(`the process ended with ${how}`)
  if (report.failures.length > 0) return
  const { skipAll, skipReason } = results.plan
  // The parser's own words for an output without a plan.
  if (skipAll && skipReason && skipReason !== 'no tests found')
    addSkip(report, 'the whole file', { skip: skipReason })
  else if (report.passed + report.skips.length === 0) fail('the file tests nothing')
  else if (!results.ok) fail(results.failures.map(({ tapError }) => tapError ?? 'broken TAP').join('; '))
}

/* Printing */

function print({ file, passed, failures, skips, seconds, output }) {
  const counts = [
    `${passed} passed`,
    ...(failures.length > 0 ? [`${failures.length} failed`] : []),
    ...(skips.length > 0 ? [`${skips.length} skipped`] : []),
  ].join(', ')
  console.log(`${failures.length > 0 ? 'FAIL' : 'ok  '} ${file}  ${counts}  ${seconds.toFixed(1)} s`)
  for (const why of skips) console.log(`     ${why}`)
  for (const { name, diagnostics } of failures) {
    console.log(`     not ok: ${name}`)
    console.log(`       in ${placeOf(diagnostics) ?? file}`)
    for (const [key, value] of Object.entries(diagnostics)) if (key !== 'at') console.log(indent(key, value))
  }
  if (failures.length > 0 && output.trim() !== '') console.log(indent('output', output.slice(-OUTPUT_SHOWN)))
}

function placeOf({ at }) {
  return at?.fileName ? `${at.fileName}:${at.lineNumber}:${at.columnNumber}` : null
}

function indent(key, value) {
  const text = typeof value === 'string' ? value.trimEnd() : JSON.stringify(value, null, 2)
  if (!text?.includes('\n')) return `       ${key}: ${text}`
  return `       ${key}:\n${text.replace(/^/gm, '         ')}`
}
