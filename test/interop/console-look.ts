import type { Test } from 'tap'
import type { Lang } from '../../console/messages.ts'
import { plainTab, THEMES, WIDTHS } from './console-checks.ts'
import { openConsole, screenRoutes } from './console-screens.ts'

const LOCALES: Readonly<Record<Lang, string>> = { vi: 'vi-VN', en: 'en-GB' }

/** Holds each screen of the console to axe in a language, light and dark, narrow and wide; each lesser state of it in two of these. */
export async function holdScreens(t: Test, lang: Lang): Promise<void> {
  const console = await openConsole(t)
  t.same(Object.keys(console.screens).sort(), screenRoutes(console).sort(), 'every screen has an address')
  const opened = await plainTab(console.browser!, { locale: LOCALES[lang] })
  const { context, tab } = opened
  // The door first: with a session it leads on.
  for (const isIn of [false, true]) {
    if (isIn) await context.addCookies([await console.cookie()])
    for (const [route, [full, ...states]] of Object.entries(console.screens)) {
      if (isDoor(route) === isIn) continue
      if (route === 'GET /sign-in/code') await context.addCookies([await console.waiting()])
      await tab.goto(console.origin + full!)
      t.equal(new URL(tab.url()).pathname, full, 'no other page came')
      t.equal(await tab.getAttribute('html', 'lang'), lang, full!)
      t.equal(
        await tab.locator('script:not([src^="/assets/live-"])').count(),
        0,
        `${full} has no other script`,
      )
      for (const colorScheme of THEMES) for (const width of WIDTHS) await held(full!, colorScheme, width)
      for (const state of states) {
        await tab.goto(console.origin + state)
        await held(state, 'light', 390)
        await held(state, 'dark', 1440)
      }
    }
  }

  async function held(path: string, colorScheme: (typeof THEMES)[number], width: number): Promise<void> {
    await tab.emulateMedia({ colorScheme })
    await tab.setViewportSize({ width, height: 900 })
    await tab.evaluate('for (const d of document.querySelectorAll("details")) d.open = true')
    t.same(await opened.violations(), [], `${path}, ${colorScheme}, ${width}`)
  }
}

const isDoor = (route: string): boolean => route.startsWith('GET /sign-in')
