import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { PLACE_COUNT } from './city.ts'
import { pictures } from './pictures.ts'
import { isHeld, tableOf } from './rows.ts'
import { playTwin, type TwinReport } from './twin.ts'

export const twinUsage = `
       ./hotspot simulate --twin [options]

Starts a platform of its own by a clock that stands, plays some days of a city against it over real HTTP and RADIUS, and
holds the platform's figures against what it made happen (docs/reach.md).

  --days N            7 or more, from a Monday, with Tết among them (7)
  --visits N          visits of a usual day, all places together (130); the real ones have about 40,000
  --places N          the first N of its six places, 4 at least (6)
  --seed N            draws the same city again (1)
  --data FOLDER       an empty folder for the platform, which is kept (one that is removed)
  --pictures FOLDER   writes the pictures of docs/reach.md
  --json              the table as JSON
`

const FLAGS = {
  twin: { type: 'boolean' },
  days: { type: 'string', default: '7' },
  visits: { type: 'string', default: '130' },
  places: { type: 'string', default: String(PLACE_COUNT.most) },
  seed: { type: 'string', default: '1' },
  data: { type: 'string' },
  pictures: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

/** `./hotspot simulate --twin`: 0 all holds, 1 something does not, 2 usage. @throws SetupError */
export async function runTwin(argv: readonly string[]): Promise<number> {
  let values
  try {
    ;({ values } = parseArgs({ args: [...argv], options: FLAGS, allowPositionals: false }))
  } catch (error) {
    return refuse((error as Error).message)
  }
  const [days, visitsADay, seed, places] = [values.days, values.visits, values.seed, values.places].map(
    (text) => (/^\d{1,6}$/.test(text) ? Number(text) : NaN),
  ) as [number, number, number, number]
  if (!(days >= 7 && days <= 60)) return refuse('--days takes a whole number from 7 to 60')
  if (!(visitsADay >= 20)) return refuse('--visits takes a whole number of at least 20')
  if (Number.isNaN(seed)) return refuse('--seed takes a whole number')
  const { least, most } = PLACE_COUNT
  if (!(places >= least && places <= most))
    return refuse(`--places takes a whole number from ${least} to ${most}`)
  const report = await playTwin(
    {
      days,
      places,
      visitsADay,
      seed,
      configFile: resolve(process.env.HOTSPOT_CONFIG?.trim() || 'config/hanoi.json'),
      dataFolder: values.data === undefined ? null : resolve(values.data),
      environment: process.env,
    },
    (line) => void process.stderr.write(`${line}\n`),
  )
  if (values.pictures !== undefined) writePictures(report, resolve(values.pictures))
  process.stdout.write(`${values.json ? jsonOf(report) : textOf(report)}\n`)
  return report.failures.length === 0 && report.rows.every(isHeld) ? 0 : 1
}

function refuse(fault: string): number {
  process.stderr.write(`hotspot simulate: ${fault}\n${twinUsage}`)
  return 2
}

function writePictures(report: TwinReport, folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, svg] of pictures(report)) writeFileSync(join(folder, `${name}.svg`), svg)
}

function textOf(report: TwinReport): string {
  const { from, to, visits, devices, people, outages, realSeconds, failures, rows } = report
  return [
    `${from} to ${to}: ${visits} visits of ${people} people with ${devices} addresses, ${outages} outages, in ${realSeconds} s`,
    '',
    tableOf(rows),
    ...failures.map((failure) => `\nwent wrong: ${failure}`),
  ].join('\n')
}

function jsonOf({
  from,
  to,
  visits,
  devices,
  people,
  outages,
  realSeconds,
  failures,
  rows,
}: TwinReport): string {
  const told = { from, to, visits, people, addresses: devices, outages, realSeconds, failures }
  return JSON.stringify({ ...told, rows: rows.map((row) => ({ ...row, holds: isHeld(row) })) }, null, 2)
}
