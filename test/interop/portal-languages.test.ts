import type { Page as Tab } from 'playwright-core'
import t from 'tap'
import type { Lang } from '../../portal/messages.ts'
import { pages, samples, skip, violations, visit } from './portal-tabs.ts'

/** Every language in a real browser: what is longer, shorter, or broken into lines by other rules. */

/** Of every kind of text one: what differs between languages is words, not pages. */
const TELLING =
  'splash-code-open splash-code-wrong splash-back status-ending quota-time error-L-05 pass privacy terms help'.split(
    ' ',
  )
const telling = (lang: Lang) => samples(lang).filter(([name]) => TELLING.includes(name))

t.setTimeout(3 * 60e3)

t.test('axe finds nothing in any language', { skip }, async (t) => {
  for (const lang of pages.catalogues.languages)
    await visit(
      { viewport: { width: 390, height: 844 } },
      telling(lang).slice(0, 2),
      async (tab, name, page) => t.same(await violations(tab, page), [], `${name} in ${lang}`),
    )
})

/** What sticks out of its own box, or out of the window. */
const clipped = `
  [...document.querySelectorAll('a, button, summary, label, h1, h2, li, p, dt, dd, b')]
    .filter((e) => {
      const { left, right, width } = e.getBoundingClientRect()
      return width > 0 && (left < 0 || right > innerWidth + 0.5 || e.scrollWidth > e.clientWidth + 1)
    })
    .filter((e) => getComputedStyle(e).display !== 'inline' && !e.closest('.hid'))
    .map((e) => e.tagName + ' ' + e.textContent.trim())`

t.test(
  'every language stands in 320 px, in plain and in double size, and nothing is cut',
  { skip },
  async (t) => {
    for (const lang of pages.catalogues.languages) {
      await visit({ viewport: { width: 320, height: 640 } }, telling(lang), async (tab, name) => {
        await tab.evaluate('document.fonts.ready')
        t.same(
          await tab.evaluate(
            `[...document.querySelectorAll('.go')].filter((e) => e.offsetHeight > 64).map((e) => e.textContent)`,
          ),
          [],
          `${name} in ${lang}: a main button is one line`,
        )
        await tab.evaluate('for (const d of document.querySelectorAll("details")) d.open = true')
        for (const size of ['100%', '200%']) {
          await tab.evaluate(`document.documentElement.style.fontSize = "${size}"`)
          t.equal(
            await tab.evaluate('document.documentElement.scrollWidth'),
            320,
            `${name} in ${lang}, ${size}: no scrolling sideways`,
          )
          t.same(await tab.evaluate(clipped), [], `${name} in ${lang}, ${size}`)
        }
      })
    }
  },
)

t.test('lines are broken where each script allows, and letters are the phone’s own', { skip }, async (t) => {
  const style = (lang: Lang) => {
    let seen: string[] = []
    const look = async (tab: Tab) => {
      seen = await tab.evaluate<string[]>(`(() => {
        const { wordBreak, lineBreak } = getComputedStyle(document.querySelector('.lead'))
        const face = (selector) => getComputedStyle(document.querySelector(selector)).fontFamily.split(',')[0]
        return [wordBreak, lineBreak, face('.near h2'), face('h1 [lang]'), face('.brand')]
      })()`)
    }
    return visit({}, telling(lang).slice(0, 1), look).then(() => seen)
  }
  const latin = '"Fraunces HN"'
  t.same(await style('ko'), ['keep-all', 'auto', 'system-ui', latin, latin])
  t.same(await style('ja'), ['normal', 'strict', 'system-ui', latin, latin])
  t.same(await style('zh-Hans'), ['normal', 'strict', 'system-ui', latin, latin])
  t.same(await style('zh-Hant'), ['normal', 'strict', 'system-ui', latin, latin])
  t.same(await style('ru'), ['normal', 'auto', 'system-ui', latin, latin])
  t.same(await style('fr'), ['normal', 'auto', latin, latin, latin])
})
