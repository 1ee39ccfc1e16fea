import type { Keys } from '../core/process/keys.ts'
import { repeat, type Running } from '../core/process/lifecycle.ts'
import { closeUnheard } from '../core/records/alerts.ts'
import { forgetCampaignDevices } from '../core/records/campaign-counts.ts'
import { forgetSiteHours, weighHours } from '../core/records/availability.ts'
import type { Records } from '../core/records/database.ts'
import { forgetDevices } from '../core/records/device-days.ts'
import { foldPeaks, forgetMinutes } from '../core/records/peaks.ts'
import { forgetPortalEvents } from '../core/records/portal-events.ts'
import { destroyKeys } from '../core/records/pseudonym-keys.ts'
import { foldReach } from '../core/records/reach-totals.ts'
import { forgetRejects } from '../core/records/rejects.ts'
import { forgetChecks } from '../core/records/session-checks.ts'
import { forgetSessionEvents } from '../core/records/session-events.ts'
import { forgetSessions } from '../core/records/session-log.ts'
import type { Store } from '../core/store/redis.ts'
import type { Collector } from './collector/collector.ts'
import { endForgotten } from './collector/forgotten-sessions.ts'

/** Work that comes due by the clock. */
export interface Job {
  readonly name: string
  readonly everyMs: number
  run(): Promise<void>
}

export interface JobParts {
  readonly store: Store
  readonly records: Records
  readonly keys: Keys
  readonly collector: Pick<Collector, 'writer' | 'backlog'>
  /** Looks at all sites, where this minute was not looked at. */
  readonly look: () => Promise<void>
  readonly now: () => number
}

const SECOND = 1000
const MINUTE = 60 * SECOND
/** With events older than this still waiting, what the log says of open sessions is no news. */
const UP_TO_DATE_MS = MINUTE

/** Every job of this process. They may run in several processes at once. */
export function analyticsJobs({ store, records, keys, collector, look, now }: JobParts): readonly Job[] {
  return [
    { name: 'merge reach', everyMs: 2 * SECOND, run: () => foldReach(records) },
    { name: 'find peaks', everyMs: MINUTE, run: () => foldPeaks(records, now()) },
    {
      name: 'destroy pseudonym keys',
      everyMs: 10 * MINUTE,
      async run() {
        collector.writer.forgetOldKeys()
        await destroyKeys(records, now())
        await forgetDevices(records, now())
      },
    },
    { name: 'forget old sessions', everyMs: 60 * MINUTE, run: () => forgetSessions(records, now()) },
    {
      name: 'forget session events',
      everyMs: 60 * MINUTE,
      run: () => forgetSessionEvents(records, now()),
    },
    { name: 'forget checks of sessions', everyMs: 60 * MINUTE, run: () => forgetChecks(records, now()) },
    { name: 'forget portal events', everyMs: 60 * MINUTE, run: () => forgetPortalEvents(records, now()) },
    { name: 'forget minutes', everyMs: 60 * MINUTE, run: () => forgetMinutes(records, now()) },
    {
      name: 'forget devices of campaigns',
      everyMs: 60 * MINUTE,
      run: () => forgetCampaignDevices(records, now()),
    },
    { name: 'look at all sites', everyMs: 2 * SECOND, run: look },
    {
      name: 'close alerts that nobody repeats',
      everyMs: 60 * MINUTE,
      run: () => closeUnheard(records, now()),
    },
    { name: 'weigh hours', everyMs: MINUTE, run: () => weighHours(records, now()) },
    { name: 'forget site hours', everyMs: 60 * MINUTE, run: () => forgetSiteHours(records, now()) },
    { name: 'forget rejects', everyMs: 60 * MINUTE, run: () => forgetRejects(records, now()) },
    {
      name: 'end forgotten sessions',
      everyMs: 10 * MINUTE,
      async run() {
        const { oldestAt } = await collector.backlog()
        if (oldestAt !== null && now() - oldestAt > UP_TO_DATE_MS) return
        await endForgotten({ store, records, keys, now: now() })
      },
    },
  ]
}

/** Runs each job now and then by its clock. A failure is told once, until the job works again. */
export function schedule(jobs: readonly Job[], failed: (job: Job, error: unknown) => void): Running {
  const running = jobs.map((job) => runNowAndThen(job, failed))
  return {
    async stop() {
      await Promise.all(running.map((each) => each.stop()))
    },
  }
}

function runNowAndThen(job: Job, failed: (job: Job, error: unknown) => void): Running {
  let failing = false
  let stopped = false
  let repeating: Running | null = null
  const turn = async (): Promise<void> => {
    try {
      await job.run()
      failing = false
    } catch (error) {
      if (!failing) failed(job, error)
      failing = true
    }
  }
  const first = turn().then(() => {
    if (!stopped) repeating = repeat(job.everyMs, turn, (error) => failed(job, error))
  })
  return {
    async stop() {
      stopped = true
      await first
      await repeating?.stop()
    },
  }
}
