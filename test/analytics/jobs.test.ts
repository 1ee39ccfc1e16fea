import t from 'tap'
import { analyticsJobs, schedule, type Job, type JobParts } from '../../analytics/jobs.ts'
import { until } from '../support/stores.ts'

t.test('every job is registered', async (t) => {
  const parts = { now: () => 0 } as unknown as JobParts
  t.same(
    analyticsJobs(parts).map((job) => job.name),
    [
      'merge reach',
      'find peaks',
      'destroy pseudonym keys',
      'forget old sessions',
      'forget session events',
      'forget checks of sessions',
      'forget portal events',
      'forget minutes',
      'forget devices of campaigns',
      'look at all sites',
      'close alerts that nobody repeats',
      'weigh hours',
      'forget site hours',
      'forget rejects',
      'end forgotten sessions',
    ],
  )
  t.ok(analyticsJobs(parts).every((job) => job.everyMs <= 3_600_000))
})

t.test('jobs run at once and again, a failure is told once until it is over', async (t) => {
  let runs = 0
  const told: string[] = []
  const job: Job = {
    name: 'count',
    everyMs: 1,
    async run() {
      runs++
      if (runs === 2 || runs === 3 || runs === 5) throw new Error(`turn ${runs}`)
    },
  }
  const running = schedule([job], (of, error) => told.push(`${of.name}: ${(error as Error).message}`))
  t.equal(runs, 1)
  await until(() => runs >= 6)
  await running.stop()
  const stoppedAt = runs
  t.same(told, ['count: turn 2', 'count: turn 5'])
  await new Promise((resolve) => setTimeout(resolve, 5))
  t.equal(runs, stoppedAt)
})

t.test('stopping waits for the job that runs', async (t) => {
  let finish = (): void => undefined
  let done = false
  const job: Job = {
    name: 'long',
    everyMs: 1,
    run: () =>
      new Promise((resolve) => {
        finish = () => {
          done = true
          resolve()
        }
      }),
  }
  const stopping = schedule([job], () => undefined).stop()
  finish()
  await stopping
  t.equal(done, true)
})
