// `npm run bench figures [-- --sites=1000 --days=365 --times=15 --json=FILE --write-docs]`: what dashboards ask of the records
// after a year of a thousand sites.
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../../core/process/embedded/postgres.ts'
import { openRecords, type Records } from '../../../core/records/database.ts'
import { removeDataFolder } from '../../support/data-folder.ts'
import { questionsOf, type Question } from './questions.ts'
import { fillYear, type Year } from './year.ts'

const DOCS = resolve(import.meta.dirname, '../../../docs/performance.md')
const BEGIN = '<!-- figures: written by the bench -->'
const END = '<!-- /figures -->'
/** What a screen may wait for one question, in half of the cases. */
const MOST_MS = 50

interface Measured {
  readonly question: string
  readonly median: number
  readonly slowest: number
  /** Null where no screen waits for it. */
  readonly met: boolean | null
}

process.exitCode = await main(process.argv.slice(2))

async function main(words: readonly string[]): Promise<number> {
  // Benches that run together share one command line: what is another's is passed over.
  const { values } = parseArgs({
    args: [...words],
    strict: false,
    options: {
      sites: { type: 'string' },
      days: { type: 'string' },
      times: { type: 'string' },
      json: { type: 'string' },
      'write-docs': { type: 'boolean' },
    },
  })
  const [sites, days, times] = [values.sites ?? '1000', values.days ?? '365', values.times ?? '15'].map(
    Number,
  )
  if (![sites, days, times].every((each) => Number.isInteger(each) && each! > 0)) {
    print('--sites, --days and --times take numbers')
    return 2
  }
  const year: Year = { to: '2026-11-20', days: days!, sites: sites! }
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-bench-'))
  // PostgreSQL runs as a user of its own.
  chmodSync(folder, 0o755)
  const log = { info: () => undefined, warn: print, error: print }
  const postgres = await startPostgres({ dataFolder: folder, log })
  const records = await openRecords(postgres.url)
  const close = async (): Promise<void> => {
    await records.end()
    await postgres.stop()
    removeDataFolder(folder)
  }
  const abandon = (): void => void close().finally(() => process.exit(130))
  process.once('SIGINT', abandon).once('SIGTERM', abandon)
  try {
    const began = performance.now()
    await fillYear(records, year)
    print(`filled in ${Math.round((performance.now() - began) / 1000)} s`)
    const measured: Measured[] = []
    for (const question of questionsOf(year)) measured.push(told(await measure(records, question, times!)))
    const table = markdown(measured)
    print(table)
    if (typeof values.json === 'string')
      writeFileSync(values.json, JSON.stringify({ year, measured }, null, 2))
    if (values['write-docs']) await writeDocs(records, year, table)
    return 0
  } finally {
    await close()
  }
}

async function measure(records: Records, question: Question, times: number): Promise<Measured> {
  await question.ask(records)
  const took: number[] = []
  for (let i = 0; i < times; i++) {
    const began = performance.now()
    await question.ask(records)
    took.push(performance.now() - began)
  }
  took.sort((a, b) => a - b)
  const median = took[Math.floor(times / 2)]!
  return {
    question: question.name,
    median,
    slowest: took.at(-1)!,
    met: question.isOfScreen ? median <= MOST_MS : null,
  }
}

function told(measured: Measured): Measured {
  print(JSON.stringify({ bench: 'figures', ...measured }))
  return measured
}

function markdown(rows: readonly Measured[]): string {
  return [
    ['question', 'median, ms', 'slowest, ms', 'target', ''],
    ['---', '---', '---', '---', '---'],
    ...rows.map(({ question, median, slowest, met }) => [
      question,
      median.toFixed(1),
      slowest.toFixed(1),
      met === null ? '' : String(MOST_MS),
      met === null ? '' : met ? 'met' : 'missed',
    ]),
  ]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n')
}

/** Puts the table and what made it between its markers in docs/performance.md. */
async function writeDocs(records: Records, { sites, days }: Year, table: string): Promise<void> {
  const text = readFileSync(DOCS, 'utf8')
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`${DOCS} has lost its markers ${BEGIN} and ${END}`)
  const { rows } = await records.query<{ version: string; size: string }>(
    "SELECT current_setting('server_version') AS version, pg_size_pretty(pg_database_size(current_database())) AS size",
  )
  const date = new Date().toISOString().slice(0, 10)
  const made = `\`npm run bench figures\` on ${date}: ${sites} sites, ${days} days, ${rows[0]?.size}.
${cpus()[0]?.model.trim()}, ${cpus().length} cores; Node ${process.version}; PostgreSQL ${rows[0]?.version}.`
  writeFileSync(DOCS, `${text.slice(0, begin)}${BEGIN}\n${made}\n\n${table}\n${text.slice(end)}`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
