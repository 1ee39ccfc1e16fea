// `npm run bench portal [-- OPTIONS]`: the portal's pages beside a bare Fastify, whole logins, and a crowd.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describeMachine } from '../radius/machine.ts'
import { readOptions, USAGE, type Options } from './options.ts'
import { Rounds } from './rounds.ts'
import { rowsOf } from './rows.ts'
import { startPortal } from './stage.ts'
import { tableOf, writeDocs } from './table.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help')) {
    print(USAGE.trim())
    return 0
  }
  let options: Options
  try {
    options = readOptions(words)
  } catch (error) {
    print(`${(error as Error).message}\n${USAGE.trim()}`)
    return 2
  }
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-bench-'))
  // PostgreSQL runs as a user of its own.
  chmodSync(folder, 0o755)
  const portal = await startPortal(folder, profiling(options))
  const close = async (): Promise<void> => {
    await portal.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const abandon = (): void => void close().finally(() => process.exit(130))
  process.once('SIGINT', abandon).once('SIGTERM', abandon)
  try {
    const rounds = new Rounds(portal, folder, options, (each) => print(JSON.stringify(each)))
    const measured = await rounds.all()
    const rows = rowsOf(measured)
    print(tableOf(rows))
    const machine = await describeMachine(null)
    if (options.json !== null)
      writeFileSync(options.json, JSON.stringify({ machine, measured, rows }, null, 2))
    if (options.writeDocs) writeDocs(rows, commandLine(words), machine)
    const wrong = measured.reduce((sum, { bad, lost }) => sum + bad + lost, 0)
    if (wrong > 0) print(`${wrong} answers were wrong or did not come`)
    return wrong > 0 ? 1 : 0
  } finally {
    await close()
  }
}

function profiling({ profile }: Options): string[] {
  if (profile === null) return []
  mkdirSync(profile, { recursive: true })
  return ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`]
}

/** What to type for the same figures; where they go is nobody else's matter. */
function commandLine(words: readonly string[]): string {
  const telling = words.filter((word) => !/^--(json|write-docs|profile)/.test(word))
  return ['npm run bench portal', ...(telling.length > 0 ? ['--', ...telling] : [])].join(' ')
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
