import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cityTime } from '../../../core/domain/city-time.ts'
import { addDays, dayBegins } from '../../../core/domain/day.ts'
import { readCityFile } from '../../../core/process/city-file.ts'
import { SetupError } from '../../../core/process/errors.ts'
import { chooseLab } from '../lab.ts'
import { createRandom } from '../random.ts'
import { findPlatform } from '../run-file.ts'
import { calendar } from './calendar.ts'
import { twinCity, type TwinPlace } from './city.ts'
import { judge, readShown, type Shown } from './judge.ts'
import { announcedUntil, planTwin, type TwinPlan } from './plan.ts'
import { Play } from './play.ts'
import { startTwinPlatform, type TwinPlatform } from './platform.ts'
import { Comparison, type Row } from './rows.ts'
import { Truth } from './truth.ts'

export interface TwinOptions {
  readonly days: number
  readonly places: number
  /** Visits of a usual day, all places together. */
  readonly visitsADay: number
  readonly seed: number
  /** The real city, of which the twin is made. */
  readonly configFile: string
  /** An empty folder that is kept; null is one that is removed. */
  readonly dataFolder: string | null
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What a play came to. */
export interface TwinReport {
  readonly from: string
  readonly to: string
  readonly visits: number
  readonly devices: number
  readonly people: number
  readonly outages: number
  readonly realSeconds: number
  /** What should not have happened. */
  readonly failures: readonly string[]
  readonly rows: readonly Row[]
  readonly truth: Truth
  readonly plan: TwinPlan
  readonly shown: Shown
}

/**
 * Starts a platform by a clock of its own, plays some days of a city against it over HTTP and RADIUS, and holds the
 * platform's figures against what it made happen.
 * @throws SetupError when the platform does not start or the folder is not empty.
 */
export async function playTwin(options: TwinOptions, tell: (line: string) => void): Promise<TwinReport> {
  const began = performance.now()
  const folder = folderOf(options.dataFolder)
  const random = createRandom(options.seed)
  const days = calendar(options.days, { now: Date.now(), random: random.fork('calendar') })
  if (days === null) throw new SetupError('no-tet', 'The twin knows no Tết that is still to come.')
  const { places, configFile } = writeCity(options, folder)
  const scale = options.visitsADay / places.reduce((sum, each) => sum + each.visitsADay, 0)
  const plan = planTwin(days, { places, scale, random })
  const truth = new Truth(places)
  const platform = await startTwinPlatform({
    dataFolder: folder,
    configFile,
    at: dayBegins(days[0]!.day),
    environment: options.environment,
  })
  try {
    tell(
      `${days[0]!.day}: the platform runs; ${plan.visits.length} visits and ${plan.outages.length} outages are to come`,
    )
    const remade = await play({ plan, truth, platform, random, folder, configFile }, tell)
    const shown = await readShown(plan, truth, platform)
    const rows = [...(await judge(plan, truth, { shown, platform })), remade]
    const { sessions, failures } = truth
    return {
      from: days[0]!.day,
      to: days.at(-1)!.day,
      visits: truth.arrivals.length,
      devices: new Set(sessions.map(({ mac }) => mac)).size,
      people: new Set(sessions.map(({ person }) => person)).size,
      outages: plan.outages.length,
      realSeconds: Math.round((performance.now() - began) / 1000),
      failures,
      rows,
      truth,
      plan,
      shown,
    }
  } finally {
    await platform.stop()
  }
}

/** Plays it, and while devices of a day can be told apart makes its figures again. */
async function play(
  of: {
    readonly plan: TwinPlan
    readonly truth: Truth
    readonly platform: TwinPlatform
    readonly random: ReturnType<typeof createRandom>
    readonly folder: string
    readonly configFile: string
  },
  tell: (line: string) => void,
): Promise<Row> {
  const { plan, truth, platform, random, folder, configFile } = of
  for (const outage of plan.outages.filter(({ kind }) => kind === 'planned')) {
    const [from, until] = [cityTime(outage.from), cityTime(announcedUntil(outage))]
    const words = [
      '--title',
      'vi=Bảo trì',
      '--title',
      'en=Maintenance',
      '--body',
      'vi=Tạm dừng.',
      '--body',
      'en=Paused.',
    ]
    const where = ['--site', truth.places[outage.place]!.id, '--from', from, '--until', until]
    await platform.hotspot(['notice', 'create', '--kind', 'maintenance', ...where, ...words, '--yes'])
  }
  const remade = new Comparison()
  let rows = 0
  const labs = chooseLab(readCityFile(configFile, {}), truth.places.length)
  const stage = { plan, labs, platform, random, truth, addresses: findPlatform(folder, null) }
  await new Play({
    ...stage,
    async dayOver(number) {
      const { day } = plan.days[number]!
      tell(`${day}: ${truth.sessions.length} sessions so far`)
      // Devices of a day can be told apart until a day after it: every other day is often enough.
      const isLast = number === plan.days.length - 1
      if (number % 2 === 0 && !isLast) return
      const from = isLast ? plan.days[0]!.day : addDays(day, -1)
      const words = ['figures', 'rebuild', '--check', '--json', '--from', from]
      const tables = JSON.parse(await platform.hotspot(words, [0, 1])) as RemadeTable[]
      for (const { table, different } of tables) remade.add(`${table} at the end of ${day}`, 0, different)
      rows += tables.reduce((sum, each) => sum + each.rows, 0)
    },
  }).run()
  return remade.row('records', 'roll-ups made again from the records', `${rows} rows, none different`)
}

interface RemadeTable {
  readonly table: string
  readonly rows: number
  readonly different: number
}

function folderOf(asked: string | null): string {
  if (asked === null) {
    const folder = mkdtempSync(join(tmpdir(), 'hotspot-twin-'))
    // PostgreSQL runs as another user than root.
    chmodSync(folder, 0o755)
    // However the play ends.
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    return folder
  }
  mkdirSync(asked, { recursive: true })
  if (readdirSync(asked).length > 0)
    throw new SetupError('not-empty', `${asked} is not empty: a twin begins without a past.`)
  return asked
}

function writeCity(
  { configFile: realFile, places: count }: TwinOptions,
  folder: string,
): { places: readonly TwinPlace[]; configFile: string } {
  // Addresses that no other play on this machine has.
  const block = `127.${20 + ((process.pid >> 8) & 31)}.${process.pid & 255}`
  const { json, places } = twinCity(JSON.parse(readFileSync(realFile, 'utf8')), { count, block })
  const configFile = join(folder, 'city.json')
  writeFileSync(configFile, JSON.stringify(json, null, 2))
  return { places, configFile }
}
