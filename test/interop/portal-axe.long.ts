// Every page in every state, language and theme: axe finds nothing. `portal-pages.test.ts` takes its samples of it.
import t from 'tap'
import { LANGUAGES } from '../../core/domain/language.ts'
import { samples, skip, violations, visit } from './portal-tabs.ts'

for (const lang of LANGUAGES)
  for (const colorScheme of ['light', 'dark'] as const)
    t.test(`axe finds nothing in ${lang}, ${colorScheme}`, { skip }, async (t) => {
      t.setTimeout(15 * 60e3)
      const context = { colorScheme, viewport: { width: 390, height: 844 } }
      await visit(context, samples(lang), async (tab, name, page) => {
        t.same(await violations(tab, page), [], name)
        t.equal(await tab.evaluate('document.documentElement.scrollWidth'), 390, `${name}: not sideways`)
      })
    })
