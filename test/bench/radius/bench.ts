import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { measureBigPackets } from './big-packet.ts'
import { findFreeRadius } from './freeradius.ts'
import { limitRows } from './limits.ts'
import { compileLoad } from './load.ts'
import { describeMachine } from './machine.ts'
import { measureMemory } from './memory.ts'
import { readOptions, USAGE, type Options } from './options.ts'
import { measurePairs, PAIR_BENCHES } from './pairs.ts'
import { hottest } from './profile.ts'
import { pairRows, type Row } from './rows.ts'
import { measureScavenges } from './scavenge.ts'
import { Stage } from './stage.ts'
import { plainTable, writeDocs } from './table.ts'

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
  // PostgreSQL and FreeRADIUS run as users of their own.
  chmodSync(folder, 0o755)
  const profile = options.profile === null ? null : resolve(options.profile)
  if (profile !== null) mkdirSync(profile, { recursive: true })
  const version = options.ours ? null : await findFreeRadius(print)
  const bench = {
    folder,
    program: await compileLoad(folder),
    visitors: options.visitors,
    passes: options.pairs < 5 ? 1 : 2,
  }
  const stage = new Stage(bench, {
    workers: options.workers,
    nodeWords: profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  })
  const close = async (): Promise<void> => {
    await stage.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const abandon = (): void => void close().finally(() => process.exit(130))
  process.once('SIGINT', abandon).once('SIGTERM', abandon)
  try {
    const { rows, measured, bad } = await measureAll(stage, options)
    const origin = {
      command: commandLine(words),
      date: new Date().toISOString().slice(0, 10),
      machine: await describeMachine(version),
      threads: stage.threads,
    }
    if (profile !== null) {
      const { workers } = await stage.ours()
      await stage.stopOurs()
      print(hottest(profile, workers))
    }
    print(plainTable(rows))
    if (options.json !== null)
      writeFileSync(options.json, JSON.stringify({ ...origin, measured, rows }, null, 2))
    if (options.writeDocs) writeDocs(rows, origin)
    if (bad > 0) print(`${bad} replies were wrong`)
    return bad > 0 ? 1 : 0
  } finally {
    await close()
  }
}

/** Everything that was asked for, in order; each measurement is a line of JSON. */
async function measureAll(
  stage: Stage,
  options: Options,
): Promise<{ rows: Row[]; measured: object[]; bad: number }> {
  const rows: Row[] = []
  const measured: object[] = []
  let bad = 0
  const tell = (measurement: object): void => {
    measured.push(measurement)
    print(JSON.stringify(measurement))
  }
  for (const bench of PAIR_BENCHES) {
    if (!options.only.has(bench.name)) continue
    const measurements = await measurePairs(bench, stage, options, tell)
    bad += measurements.reduce((sum, each) => sum + each.bad, 0)
    rows.push(...pairRows(bench.name, measurements))
  }
  await stage.stopPeers()
  const memory = options.only.has('memory')
    ? await measureMemory(
        { many: await stage.ours(), few: await stage.otherOurs() },
        stage.bench,
        options,
        (cost) => tell({ bench: 'memory', ...cost }),
      )
    : []
  bad += memory.reduce((sum, cost) => sum + cost.bad, 0)
  const packets = options.only.has('big-packet') ? measureBigPackets() : []
  for (const packet of packets) tell({ bench: 'big-packet', ...packet })
  const scavenges = options.only.has('scavenge') ? await scavengesOf(stage, options) : null
  if (scavenges) tell({ bench: 'scavenge', ...scavenges })
  rows.push(...limitRows({ memory, packets, scavenges }))
  return { rows, measured, bad }
}

async function scavengesOf(stage: Stage, { rate, burst, seconds }: Options) {
  const works = (['pap', 'accounting'] as const).map((kind) => ({ kind, loop: { rate, burst }, seconds }))
  const traced = await stage.tracedOurs()
  return measureScavenges(traced, stage.bench, works, () => traced.stop())
}

/** What to type for the same figures; where they go is nobody else's matter. */
function commandLine(words: readonly string[]): string {
  const telling = words.filter((word) => !/^--(json|write-docs|profile)/.test(word))
  return ['npm run bench radius', ...(telling.length > 0 ? ['--', ...telling] : [])].join(' ')
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
