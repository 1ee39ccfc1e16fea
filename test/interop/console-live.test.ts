import t from 'tap'
import { nas, openSessions, recordReach, site } from '../console/sample-city.ts'
import { startStage } from '../console/stage.ts'
import { launch, skip } from './console-checks.ts'

/** Counts that move, in a real browser under our own policy. */

t.setTimeout(2 * 60e3)

const stage = await startStage()
t.teardown(() => stage.stop())
const app = await stage.console({ countEveryMs: 100 })
t.teardown(() => app.close())
const origin = await app.listen({ host: '127.0.0.1', port: 0 })
const browser = await launch()
t.teardown(() => browser?.close())

await stage.publish([site('lake')], [nas('gw', 'lake')])
await recordReach(stage.records, stage.now, { visitors: 50 })
await openSessions(stage.store, 'gw', 2, stage.now)
const session = (await stage.enter('city')).cookies.get('hotspot-staff')!

for (const path of ['/', '/sites/lake'])
  for (const reducedMotion of ['no-preference', 'reduce'] as const)
    t.test(`counts of ${path} follow the city, motion: ${reducedMotion}`, { skip }, async (t) => {
      const context = await browser!.newContext({ reducedMotion })
      t.teardown(() => context.close())
      await context.addCookies([{ name: 'hotspot-staff', value: session, url: origin }])
      const tab = await context.newPage()
      const faults: string[] = []
      tab.on('console', (line) => line.type() === 'error' && faults.push(line.text()))
      tab.on('pageerror', (error) => faults.push(error.message))
      await tab.goto(origin + path)
      const online = tab.locator('[data-count=online]')
      const pause = tab.locator('[data-live-pause]')
      const before = Number(await online.textContent())
      t.ok(before > 0, 'the page has a count of its own')
      if (reducedMotion === 'reduce') {
        t.equal(await pause.getAttribute('aria-pressed'), 'true', 'who wants no motion starts them himself')
        await pause.click()
      }
      const more = async (): Promise<string> => {
        await openSessions(stage.store, 'gw', before + 7, stage.now)
        return String(before + 7)
      }
      await tab.locator('[data-count=online]', { hasText: await more() }).waitFor()
      await pause.click()
      t.equal(await pause.getAttribute('aria-pressed'), 'true')
      await openSessions(stage.store, 'gw', before + 9, stage.now)
      await tab.waitForTimeout(500)
      t.equal(await online.textContent(), String(before + 7), 'it stands still')
      await pause.click()
      await tab.locator('[data-count=online]', { hasText: String(before + 9) }).waitFor()
      t.same(faults, [])
    })

t.test('without script the page is whole, and has no button that would do nothing', { skip }, async (t) => {
  const context = await browser!.newContext({ javaScriptEnabled: false })
  t.teardown(() => context.close())
  await context.addCookies([{ name: 'hotspot-staff', value: session, url: origin }])
  const tab = await context.newPage()
  await tab.goto(origin)
  t.ok(Number(await tab.locator('[data-count=online]').textContent()) > 0)
  t.notOk(await tab.locator('[data-live-pause]').isVisible())
})
