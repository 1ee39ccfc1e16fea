import type { Contender, Figures, Work } from './contenders.ts'
import type { BenchName, Options } from './options.ts'
import type { Stage } from './stage.ts'

/** One measurement of one contender in one round. */
export interface Measurement extends Figures {
  readonly bench: BenchName
  readonly round: number
  readonly who: string
}

/** A bench that sets ours beside others, round by round. */
export interface PairBench {
  readonly name: BenchName
  readonly work: (options: Options) => Work
  /** Those beside ours; none where FreeRADIUS is not wanted. */
  readonly others: (stage: Stage, options: Options) => Promise<Contender[]>
  readonly fsync?: 'always'
}

const closed = ({ window, seconds }: Options): Omit<Work, 'kind'> => ({ loop: { window }, seconds })
const open = ({ rate, burst, seconds }: Options): Omit<Work, 'kind'> => ({ loop: { rate, burst }, seconds })

const logins = async (stage: Stage, options: Options): Promise<Contender[]> =>
  options.ours ? [] : [await stage.peer('redis', 'closed'), await stage.peer('files', 'closed')]

export const PAIR_BENCHES: readonly PairBench[] = [
  { name: 'auth-pap', work: (options) => ({ kind: 'pap', ...closed(options) }), others: logins },
  { name: 'auth-chap', work: (options) => ({ kind: 'chap', ...closed(options) }), others: logins },
  {
    name: 'first-login',
    work: (options) => ({ kind: 'pap', ...closed(options), isFirst: true }),
    others: async (stage, options) => (options.ours ? [] : [await stage.peer('redis', 'closed')]),
  },
  {
    name: 'accounting',
    work: (options) => ({ kind: 'accounting', ...closed(options) }),
    others: async (stage, options) => (options.ours ? [] : [await stage.peer('accounting', 'closed')]),
  },
  {
    name: 'always',
    work: (options) => ({ kind: 'accounting', ...closed(options) }),
    others: async (stage, options) => (options.ours ? [] : [await stage.peer('accounting', 'always')]),
    fsync: 'always',
  },
  {
    name: 'open-auth',
    work: (options) => ({ kind: 'pap', ...open(options) }),
    others: async (stage, options) => (options.ours ? [] : [await stage.peer('redis', 'open')]),
  },
  {
    name: 'open-accounting',
    work: (options) => ({ kind: 'accounting', ...open(options) }),
    others: async (stage, options) => (options.ours ? [] : [await stage.peer('accounting', 'open')]),
  },
  {
    name: 'workers',
    work: (options) => ({ kind: 'accounting', ...closed(options) }),
    others: async (stage, options) => [await stage.ourServer('ours, one worker more', options.workers + 1)],
  },
]

/** Measures ours and the others in turn, the first of a round being another one each time. */
export async function measurePairs(
  bench: PairBench,
  stage: Stage,
  options: Options,
  tell: (measurement: Measurement) => void,
): Promise<Measurement[]> {
  const contenders = [await stage.ourServer(), ...(await bench.others(stage, options))]
  const work = bench.work(options)
  const measurements: Measurement[] = []
  const setFsync = async (how: string): Promise<void> => {
    for (const { store } of [await stage.ours(), ...(options.ours ? [] : [await stage.peerRedis()])])
      await store.config('SET', 'appendfsync', how)
  }
  if (bench.fsync) await setFsync(bench.fsync)
  try {
    // Not counted: programs compile themselves, FreeRADIUS's best thread count is found.
    for (const contender of contenders) await contender.measure({ ...work, seconds: 2 })
    for (let round = 0; round < options.pairs; round++)
      for (let turn = 0; turn < contenders.length; turn++) {
        const contender = contenders[(round + turn) % contenders.length]!
        const measured = {
          bench: bench.name,
          round: round + 1,
          who: contender.name,
          ...(await contender.measure(work)),
        }
        measurements.push(measured)
        tell(measured)
      }
  } finally {
    if (bench.fsync) await setFsync('everysec')
  }
  return measurements
}
