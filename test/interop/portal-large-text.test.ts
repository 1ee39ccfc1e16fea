import t from 'tap'
import { samples, skip, visit } from './portal-tabs.ts'

/** Every page in letters of double size, in a real browser. */

t.setTimeout(5 * 60e3)

t.test('text at 200 % flows again, in 390 and 320', { skip }, async (t) => {
  for (const width of [390, 320]) {
    for (const lang of ['vi', 'en'] as const) {
      await visit({ viewport: { width, height: 844 } }, samples(lang), async (tab, name) => {
        await tab.evaluate('document.documentElement.style.fontSize = "200%"')
        await tab.evaluate('for (const d of document.querySelectorAll("details")) d.open = true')
        t.equal(
          await tab.evaluate('document.documentElement.scrollWidth'),
          width,
          `${name} in ${lang}, ${width}`,
        )
      })
    }
  }
})
