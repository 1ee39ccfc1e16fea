import { parseArgs } from 'node:util'

/** What is measured, in this order; `--only=auth` means all whose names begin so. */
export const BENCHES = [
  'auth-pap',
  'auth-chap',
  'first-login',
  'accounting',
  'always',
  'open-auth',
  'open-accounting',
  'workers',
  'memory',
  'big-packet',
  'scavenge',
] as const
export type BenchName = (typeof BENCHES)[number]

export interface Options {
  readonly only: ReadonlySet<BenchName>
  /** No FreeRADIUS: our figures alone. */
  readonly ours: boolean
  readonly pairs: number
  readonly seconds: number
  readonly window: number
  readonly rate: number
  /** Requests of the open loop that are due at the same moment. */
  readonly burst: number
  readonly workers: number
  /** Visitors that ask again and again in a round of authentication. */
  readonly visitors: number
  /** Open sessions at which memory and cost are looked at. */
  readonly sessions: readonly number[]
  readonly json: string | null
  readonly writeDocs: boolean
  /** Where processor profiles of our server go, or null. */
  readonly profile: string | null
}

export const USAGE = `
usage: npm run bench radius -- [options]

  --only=NAME,…    ${BENCHES.join(' ')}; the start of a name will do
  --ours           our server alone, without FreeRADIUS
  --pairs=7        rounds, each of them ours and its peers in turn
  --seconds=5      length of a round
  --window=64      requests in flight in the closed loop
  --rate=10000     requests a second in the open loop
  --burst=1        of them at the same moment: 10 are a load that ticks each millisecond
  --workers=1      RADIUS_WORKERS of our server
  --visitors=50000 visitors that ask in a round of authentication
  --sessions=1000,10000,100000,1000000   open sessions for "memory"
  --profile[=DIR]  a processor profile of our server (var/profile), and what took most of its time
  --json=FILE      every measurement
  --write-docs     the table into docs/performance.md
`

/** Reads the command line. @throws Error with a sentence about what is wrong with it. */
export function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: words.map((word) => (word === '--profile' ? '--profile=var/profile' : word)),
    strict: true,
    options: {
      only: { type: 'string', default: BENCHES.join(',') },
      ours: { type: 'boolean', default: false },
      pairs: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '5' },
      window: { type: 'string', default: '64' },
      rate: { type: 'string', default: '10000' },
      burst: { type: 'string', default: '1' },
      workers: { type: 'string', default: '1' },
      visitors: { type: 'string', default: '50000' },
      sessions: { type: 'string', default: '1000,10000,100000,1000000' },
      profile: { type: 'string' },
      json: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
    },
  })
  return {
    only: chosen(values.only),
    ours: values.ours,
    pairs: whole('pairs', values.pairs),
    seconds: whole('seconds', values.seconds),
    window: whole('window', values.window),
    rate: whole('rate', values.rate),
    burst: whole('burst', values.burst),
    workers: whole('workers', values.workers),
    visitors: whole('visitors', values.visitors),
    sessions: values.sessions.split(',').map((each) => whole('sessions', each)),
    json: values.json ?? null,
    writeDocs: values['write-docs'],
    profile: values.profile ?? null,
  }
}

function chosen(only: string): ReadonlySet<BenchName> {
  const set = new Set<BenchName>()
  for (const word of only.split(',')) {
    const named = BENCHES.filter((name) => name.startsWith(word))
    if (named.length === 0) throw new Error(`--only: there is no "${word}"; there are ${BENCHES.join(', ')}`)
    for (const name of named) set.add(name)
  }
  return set
}

function whole(name: string, given: string): number {
  if (!/^[1-9]\d{0,8}$/.test(given))
    throw new Error(`--${name} takes whole numbers of at least 1, not "${given}"`)
  return Number(given)
}
