import t from 'tap'
import { overflows, plainTab, skip, type Letters } from './console-checks.ts'
import { openConsole } from './console-screens.ts'

/** Every screen and every state of it, in each width and with any system font; and those that time alone brings about. */

t.setTimeout(4 * 60e3)

const WIDTHS = [320, 390, 860, 1024, 1440]
const LETTERS: readonly Letters[] = ['as they are', '15 % wider', 'spaced by their reader']

const console_ = await openConsole(t)
const { browser, origin, screens, stage } = console_

t.test(
  'nothing scrolls sideways, in any width and with any font; our policy lets all in',
  { skip },
  async (t) => {
    const { context, tab } = await plainTab(browser!, { viewport: { width: 1440, height: 900 } })
    t.teardown(() => context.close())
    const complaints: string[] = []
    tab.on('console', (message) => {
      // Chromium asks for scripts of a sandboxed document to look at it; pages have none.
      const isOurs = ['error', 'warning'].includes(message.type())
      if (isOurs && !/status of 40[34]|Blocked script execution/.test(message.text()))
        complaints.push(message.text())
    })
    // The door first: with a session it leads on.
    for (const route of Object.keys(screens).sort((a, b) => b.indexOf('/sign-in') - a.indexOf('/sign-in'))) {
      if (route === 'GET /sign-in/code') await context.addCookies([await console_.waiting()])
      if (!route.includes('/sign-in')) await context.addCookies([await console_.cookie()])
      for (const path of screens[route]!) {
        await tab.goto(origin + path)
        await tab.evaluate('document.fonts.ready')
        t.ok(await tab.evaluate(`document.fonts.check('540 30px "Fraunces HN"')`), `${path} has its letters`)
        t.same(await overflows(tab, { widths: WIDTHS, letters: LETTERS }), [], path)
      }
    }
    t.same(complaints, [])
  },
)

t.test('late figures and days without any are said, and hold', { skip }, async (t) => {
  const { context, tab, violations } = await plainTab(browser!, { viewport: { width: 390, height: 844 } })
  t.teardown(() => context.close())
  const holds = async (path: string, said: RegExp): Promise<void> => {
    await tab.goto(origin + path)
    t.match(await tab.textContent('.alert'), said, path)
    t.same(await violations(), [], path)
    t.same(await overflows(tab, { widths: [320, 1440], letters: ['15 % wider'] }), [], path)
  }
  await context.addCookies([await console_.cookie()])
  await stage.store.xadd('hs:{0}:events', '1-0', 'e', '{}')
  for (const path of ['/', '/sites', '/sites/ho-hoan-kiem']) await holds(path, /Số liệu dừng lúc/)
  await stage.store.del('hs:{0}:events')

  const { now } = stage
  stage.now += 100 * 86_400_000
  await context.addCookies([await console_.cookie()])
  for (const path of ['/', '/sites/dong-anh']) await holds(path, /chưa có số liệu/)
  stage.now = now
})
