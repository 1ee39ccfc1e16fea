import { pino } from 'pino'
import { Registry } from '../../../core/process/metrics.ts'
import { readSettings } from '../../../core/process/settings.ts'
import { start } from '../../../radius-server/main.ts'
import { testKeys, type Test } from '../../support/stores.ts'

/** The server under attack, as a process starts it, with all that tells what it made of a packet. */
export interface Target {
  readonly authPort: number
  readonly acctPort: number
  /** What became of the packets so far, by the server’s own metrics. */
  fate(): Promise<Fate>
  /** How many lines it logged, those that say what no log may, and those of errors. */
  readonly log: { lines: number; readonly leaks: string[]; readonly errors: string[] }
}

export interface Fate {
  readonly answered: number
  readonly duplicates: number
  /** By reason. */
  readonly dropped: ReadonlyMap<string, number>
}

const DROPPED = 'hotspot_radius_dropped_total'

export const droppedIn = ({ dropped }: Fate): number =>
  [...dropped.values()].reduce((sum, each) => sum + each, 0)

/** Starts it on loopback, IPv4 and IPv6; whatever `forbidden` stands for must not come into its log. */
export async function startTarget(
  t: Test,
  redisUrl: string,
  { now, forbidden }: { readonly now: () => number; readonly forbidden: () => readonly string[] },
): Promise<Target> {
  const registry = new Registry()
  const log: Target['log'] = { lines: 0, leaks: [], errors: [] }
  const write = (line: string): void => {
    log.lines++
    if (forbidden().some((word) => line.includes(word)) && log.leaks.length < 10) log.leaks.push(line)
    if (line.includes('"err":') && log.errors.length < 10) log.errors.push(line)
  }
  const settings = readSettings({
    HOTSPOT_HOST: '127.0.0.1,::1',
    RADIUS_AUTH_PORT: '0',
    RADIUS_ACCT_PORT: '0',
  })
  const part = await start({
    settings,
    keys: testKeys,
    // The finest level: what is only said there is said all the same.
    log: pino({ level: 'trace' }, { write }),
    registry,
    now,
    redisUrl,
    databaseUrl: '',
    othersNotReady: () => null,
  })
  t.teardown(() => part.stop())
  const valuesOf = async (name: string): Promise<{ value: number; labels: { reason?: unknown } }[]> =>
    (await registry.getSingleMetric(name)!.get()).values
  const total = async (name: string): Promise<number> =>
    (await valuesOf(name)).reduce((sum, { value }) => sum + value, 0)
  const dropped = async (): Promise<Map<string, number>> =>
    new Map((await valuesOf(DROPPED)).map(({ value, labels }) => [labels.reason as string, value]))
  return {
    authPort: part.ports.radiusAuth!,
    acctPort: part.ports.radiusAcct!,
    log,
    fate: async () => ({
      answered: await total('hotspot_radius_requests_total'),
      duplicates: await total('hotspot_radius_duplicates_total'),
      dropped: await dropped(),
    }),
  }
}
