import t from 'tap'
import { axeFindsNothing, samples, skip, violations, visit } from './portal-tabs.ts'

/** Every page in a real browser: accessibility, reflow, target sizes, and the policy we send. */

t.setTimeout(5 * 60e3)

axeFindsNothing(t, 'light')

t.test('axe finds nothing in English, and in a desktop window', { skip }, async (t) => {
  await visit({ viewport: { width: 900, height: 572 } }, samples('en'), async (tab, name, page) => {
    t.same(await violations(tab, page), [], name)
  })
})

t.test(
  'targets can be hit: the main button is 56 px high, all but links in a sentence 44',
  { skip },
  async (t) => {
    await visit({ viewport: { width: 360, height: 560 } }, samples('vi'), async (tab, name) => {
      await tab.evaluate('for (const d of document.querySelectorAll("details")) d.open = true')
      const heights = await tab.evaluate<Array<[string, number]>>(`
      [...document.querySelectorAll('a, button, summary, input:not([type=hidden])')]
        .filter((e) => !e.closest('.small'))
        .map((e) => [e.className || e.tagName, e.getBoundingClientRect().height])`)
      for (const [what, height] of heights)
        t.ok(height >= (/^go/.test(what) ? 56 : 44), `${name}: ${what} is ${height}`)
    })
  },
)

t.test('on the smallest phone the button is in the first view, under a notice, too', { skip }, async (t) => {
  const splashes = samples('vi').filter(
    ([, page]) => (page.kind === 'splash' || page.kind === 'notice') && page.actions.loginUrl,
  )
  await visit({ viewport: { width: 360, height: 560 } }, splashes, async (tab, name) => {
    const bottom = await tab.evaluate<number>('document.querySelector(".go").getBoundingClientRect().bottom')
    t.ok(bottom < 560, `${name}: ${bottom}`)
  })
})

t.test('a page is one request to usable, three to complete, and breaks no policy', { skip }, async (t) => {
  await visit({}, samples('vi'), async (tab, name, _page, seen) => {
    await tab.evaluate('document.fonts.ready')
    t.ok(seen.requests.length <= 3, `${name}: ${seen.requests.join(' ')}`)
    t.same(seen.complaints, [], name)
    t.equal(await tab.evaluate('document.compatMode'), 'CSS1Compat', name)
    t.ok(
      await tab.evaluate(`document.fonts.check('20px "Fraunces HN"', 'Hồ Hoàn Kiếm')`),
      `${name}: the letters have come`,
    )
  })
})

t.test(
  'without motion nothing moves; with it, for less than five seconds (WCAG 2.2.2)',
  { skip },
  async (t) => {
    const splash = samples('vi').slice(0, 1)
    const longest =
      'Math.max(0, ...document.getAnimations().map((a) => a.effect.getComputedTiming().endTime))'
    await visit({ reducedMotion: 'reduce' }, splash, async (tab) => t.equal(await tab.evaluate(longest), 0))
    await visit({ reducedMotion: 'no-preference' }, splash, async (tab) => {
      const milliseconds = await tab.evaluate<number>(longest)
      t.ok(milliseconds > 0 && milliseconds < 5000, `${milliseconds} ms`)
    })
  },
)
