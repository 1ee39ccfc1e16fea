import { readCityFile } from '../../core/process/city-file.ts'
import { realClock } from './clock.ts'
import { Crowd } from './crowd.ts'
import type { VirtualGateway } from './gateways/gateway.ts'
import { createGateway } from './gateways/index.ts'
import { chooseLab } from './lab.ts'
import { requirePortal } from './portal-check.ts'
import { createRandom } from './random.ts'
import type { Mischief } from './radius/client.ts'
import { findPlatform } from './run-file.ts'
import { Tally, type Counts } from './tally.ts'

export interface SimulateOptions {
  /** Devices that come; one in ten comes twice if there is time. */
  readonly visitors: number
  readonly sites: number
  /** Simulated minutes until the last visitor has left. */
  readonly minutes: number
  /** Simulated seconds in a real one. */
  readonly speed: number
  readonly seed: number
  readonly dataFolder: string
  readonly configFile: string
  /** For secrets that the city file takes from the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** PORTAL_URL of the platform where it is not its address on loopback. */
  readonly portalUrl: string | null
  /** Share of visitors who read the splash and go away. */
  readonly giveUpShare: number
  /** Codes by site id; a visitor who likes codes takes the next. */
  readonly vouchers: ReadonlyMap<string, readonly string[]>
  readonly voucherShare: number
  readonly mischief: Mischief
  /** Visitors who get online at the same moment; the others wait their turn. */
  readonly concurrency: number
  /** Ends it early: nobody new comes, open sessions end, the report tells of what was. */
  readonly signal?: AbortSignal
}

export interface SimulationReport extends Counts {
  readonly seed: number
  readonly visitors: number
  readonly minutes: number
  readonly speed: number
  /** Epoch ms. */
  readonly startedAt: number
  readonly realSeconds: number
  readonly interrupted: boolean
}

/** How far a simulation is. */
export interface Progress {
  readonly simulatedMinutes: number
  readonly minutes: number
  readonly arrivals: number
  readonly visitors: number
  readonly online: number
  readonly failures: number
}

const PROGRESS_MS = 250

/**
 * Plays visitors and gateways against a running platform, over real HTTP and real UDP on loopback.
 * @returns what happened, once every session has ended and the platform has confirmed it.
 * @throws SetupError when no platform runs, the city file has too few sites to play, or an address is taken.
 */
export async function simulate(
  options: SimulateOptions,
  report: (progress: Progress) => void,
): Promise<SimulationReport> {
  const platform = findPlatform(options.dataFolder, options.portalUrl)
  const labs = chooseLab(readCityFile(options.configFile, options.environment), options.sites)
  await requirePortal(platform)
  const clock = realClock(options.speed)
  const random = createRandom(options.seed)
  const tally = new Tally(labs)
  const gateways = labs.map((lab) =>
    createGateway({
      lab,
      platform,
      clock,
      random: random.fork(`gateway ${lab.nas.id}`),
      mischief: options.mischief,
      observer: tally,
    }),
  )
  const startedAt = clock.now()
  const crowd = new Crowd(options, { platform, gateways, labs, clock, random, tally })
  const ticking = setInterval(() => report(crowd.progress()), PROGRESS_MS)
  try {
    await openAll(gateways)
    await crowd.live()
  } finally {
    clearInterval(ticking)
    await Promise.all(gateways.map((gateway) => gateway.endAll('NAS-Request')))
    await Promise.all(gateways.map((gateway) => gateway.close()))
  }
  report(crowd.progress())
  const { seed, visitors, minutes, speed, signal } = options
  return {
    seed,
    visitors,
    minutes,
    speed,
    startedAt,
    realSeconds: Math.round((clock.now() - startedAt) / 100) / 10,
    interrupted: signal?.aborted === true,
    ...tally.counts(),
  }
}

/** All of them, or none: a first failure is thrown when the others have settled, and the caller closes what did open. */
async function openAll(gateways: readonly VirtualGateway[]): Promise<void> {
  const opened = await Promise.allSettled(gateways.map((gateway) => gateway.open()))
  for (const each of opened) if (each.status === 'rejected') throw each.reason
}
