import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { reportJson, reportText } from '../../../cli/simulate/report.ts'
import { simulate, type Progress, type SimulateOptions } from '../../../cli/simulate.ts'
import { cityJson } from './stage.ts'
import { tinyPlatform, type TinyPlatform } from './tiny-platform.ts'

const VENDORS = ['coova-chilli', 'mikrotik', 'opennds'] as const

async function stage(t: Test): Promise<{ platform: TinyPlatform; options: SimulateOptions }> {
  const platform = await tinyPlatform()
  t.teardown(() => platform.close())
  const folder = t.testdir({
    'city.json': JSON.stringify(cityJson(VENDORS)),
    'run.json': JSON.stringify(platform.run),
  })
  const options: SimulateOptions = {
    visitors: 60,
    sites: 3,
    minutes: 20,
    speed: 1200,
    seed: 11,
    dataFolder: folder,
    configFile: join(folder, 'city.json'),
    environment: {},
    portalUrl: null,
    giveUpShare: 0.1,
    vouchers: new Map([['site-1', ['AAAA0001', 'AAAA0002']]]),
    voucherShare: 1,
    mischief: { loss: 0, duplicates: 0.1, reorder: 0.1 },
    concurrency: 16,
  }
  return { platform, options }
}

t.test('what the simulation says is what the platform heard', async (t) => {
  const { platform, options } = await stage(t)
  const seen: Progress[] = []
  const report = await simulate(options, (progress) => void seen.push(progress))
  t.same(report.failures, [])
  t.same(platform.faults, [])
  const heard = [...platform.sessions.values()]
  t.equal(report.sessionsStarted, heard.length)
  t.equal(report.sessionsEnded, heard.length)
  t.ok(
    heard.every(({ started, stopped }) => started === 1 && stopped === 1),
    'each began once and ended once, for all that was sent twice',
  )
  const total = (pick: 'from' | 'to', nas?: string): bigint =>
    heard.filter((each) => nas === undefined || each.nas === nas).reduce((sum, each) => sum + each[pick], 0n)
  t.equal(report.fromVisitorOctets, total('from'))
  t.equal(report.toVisitorOctets, total('to'))
  for (const site of report.sites) {
    t.equal(site.sessions, heard.filter(({ nas }) => nas === site.nas).length, site.gateway)
    t.ok(site.sessions > 0, site.gateway)
    t.equal(site.fromVisitorOctets, total('from', site.nas), site.gateway)
    t.equal(site.toVisitorOctets, total('to', site.nas), site.gateway)
  }
  const macs = new Set(heard.map(({ mac }) => mac.replace(/\W/g, '').toUpperCase()))
  t.equal(report.uniqueDevices, macs.size)
  t.equal(report.splashViews, report.arrivals)
  t.equal(report.taps, platform.counts.taps)
  t.equal(report.taps + report.gaveUp, report.splashViews)
  t.equal(report.accepts, report.sessionsStarted)
  t.same(platform.counts.codes.sort(), ['AAAA0001', 'AAAA0002'], 'each code is typed once')
  t.equal(report.codes, 2)
  t.ok(report.interims > 0 && report.duplicates > 0 && report.reordered > 0)
  t.match(seen.at(-1), { arrivals: report.arrivals, online: 0, failures: 0 })

  const json = JSON.parse(reportJson(report)) as Record<string, unknown>
  t.equal(json.toVisitorOctets, Number(report.toVisitorOctets))
  t.match(reportText(report), /site-2 +mikrotik/)
})

t.test('the same seed moves the same octets at the same sites', async (t) => {
  const { options } = await stage(t)
  const figures = async (seed: number): Promise<unknown> => {
    const { sites, languages, devices, uniqueDevices } = await simulate(
      { ...options, seed, visitors: 30 },
      () => {},
    )
    return { sites, languages, devices, uniqueDevices }
  }
  const first = await figures(1)
  t.same(await figures(1), first)
  t.notSame(await figures(2), first)
})

t.test('a stay that is over before its page has come is no failure', async (t) => {
  const { platform, options } = await stage(t)
  // The longest stay there is takes less than a page.
  const report = await simulate({ ...options, visitors: 20, speed: 10_000_000 }, () => {})
  t.same(report.failures, [])
  t.ok(report.sessionsStarted > 0)
  t.equal(report.sessionsEnded, report.sessionsStarted)
  t.equal(platform.sessions.size, report.sessionsStarted)
})

t.test('an interruption ends every session and tells of what was', async (t) => {
  const { platform, options } = await stage(t)
  const interruption = new AbortController()
  const report = await simulate(
    { ...options, minutes: 600, speed: 600, visitors: 200, signal: interruption.signal },
    ({ online }) => {
      if (online >= 3) interruption.abort()
    },
  )
  t.equal(report.interrupted, true)
  t.equal(report.sessionsEnded, report.sessionsStarted)
  t.ok([...platform.sessions.values()].every(({ stopped }) => stopped === 1))
  t.ok(report.causes['NAS-Request']! >= 1)
  t.ok(report.arrivals < 200)
})

t.test('it says why it cannot begin', async (t) => {
  const { platform, options } = await stage(t)
  const run = (more: Partial<SimulateOptions>) => simulate({ ...options, ...more }, () => {})
  await t.rejects(run({ sites: 4 }), { code: 'too-few-sites', message: /has 3 live sites/ })
  await t.rejects(run({ dataFolder: '/nowhere' }), { code: 'no-platform' })
  const interruption = new AbortController()
  let running: Promise<unknown> = Promise.resolve()
  await new Promise<void>((resolve) => {
    running = simulate({ ...options, minutes: 600, signal: interruption.signal }, ({ arrivals }) => {
      if (arrivals > 0) resolve()
    })
  })
  await t.rejects(run({}), { code: 'address-taken', message: /another simulation/ })
  interruption.abort()
  t.match(await running, { failures: [], interrupted: true })
  writeFileSync(join(options.dataFolder, 'run.json'), JSON.stringify({ ...platform.run, portal: 9 }))
  await t.rejects(run({}), { code: 'no-platform', message: /does not answer \(ECONNREFUSED\)/ })
})
