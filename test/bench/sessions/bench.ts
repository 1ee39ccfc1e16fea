// `npm run bench sessions [-- --sessions=10000,1000000 --json=FILE --write-docs]`: sessions through the rules alone, and
// what a report of theirs costs, which must not grow with their number.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { MANNERS } from './lives.ts'
import { measure, type Measured } from './rules.ts'

const DOCS = resolve(import.meta.dirname, '../../../docs/performance.md')
const BEGIN = '<!-- sessions: written by the bench -->'
const END = '<!-- /sessions -->'
/** A tenth of the hundred microseconds that a core has for each of 10,000 reports a second. */
const MOST_MICROSECONDS = 10
/** Linear: a million cost each no more than this many times what ten thousand did. */
const MOST_GROWTH = 1.5
const COLUMNS = [
  'reports come',
  'sessions',
  'reports',
  'µs a report',
  'limit',
  'beside the fewest',
  'limit',
  '',
]

process.exitCode = main(process.argv.slice(2))

function main(words: readonly string[]): number {
  // Benches that run together share one command line: what is another's is passed over.
  const { values } = parseArgs({
    args: [...words],
    strict: false,
    options: { sessions: { type: 'string' }, json: { type: 'string' }, 'write-docs': { type: 'boolean' } },
  })
  const counts = String(values.sessions ?? '10000,100000,1000000')
    .split(',')
    .map(Number)
  if (!counts.every((count) => Number.isInteger(count) && count > 0)) {
    print(`--sessions takes numbers, not ${String(values.sessions)}`)
    return 2
  }
  const rows = MANNERS.flatMap((manner) => {
    measure(manner, 20_000)
    return counts.map((count) => told(measure(manner, count)))
  })
  const lines = rows.map((each) => cellsOf(each, rows))
  if (typeof values.json === 'string')
    writeFileSync(values.json, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const table = markdown([COLUMNS, COLUMNS.map(() => '---'), ...lines])
  print(table)
  if (values['write-docs']) writeDocs(words, table)
  return 0
}

function told(measured: Measured): Measured {
  print(JSON.stringify({ bench: 'sessions', ...measured }))
  return measured
}

function cellsOf(
  { manner, sessions, reports, microsecondsAReport }: Measured,
  rows: readonly Measured[],
): string[] {
  const fewest = rows.find((row) => row.manner === manner)!
  const growth = microsecondsAReport / fewest.microsecondsAReport
  const isMet = microsecondsAReport <= MOST_MICROSECONDS && growth <= MOST_GROWTH
  return [
    manner,
    sessions.toLocaleString('en'),
    reports.toLocaleString('en'),
    microsecondsAReport.toFixed(2),
    String(MOST_MICROSECONDS),
    `${growth.toFixed(2)} ×`,
    `${MOST_GROWTH} ×`,
    isMet ? 'met' : 'missed',
  ]
}

function markdown(lines: readonly (readonly string[])[]): string {
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
}

/** Puts the table and what made it between its markers. */
function writeDocs(words: readonly string[], table: string): void {
  const text = readFileSync(DOCS, 'utf8')
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`${DOCS} has lost its markers ${BEGIN} and ${END}`)
  const date = new Date().toISOString().slice(0, 10)
  const command = ['npm run bench sessions', ...(words.length > 0 ? ['--', ...words] : [])].join(' ')
  const made = `\`${command}\` on ${date}; ${cpus()[0]?.model.trim()}, one core of ${cpus().length}; Node ${process.version}.`
  writeFileSync(DOCS, `${text.slice(0, begin)}${BEGIN}\n${made}\n\n${table}\n${text.slice(end)}`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
