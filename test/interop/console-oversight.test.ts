import t from 'tap'
import { PAGES } from '../console/page-roles.ts'
import { plainTab, skip } from './console-checks.ts'
import { enter, walkAs } from './console-role-walk.ts'
import { openConsole, screenRoutes } from './console-screens.ts'

/** Who sees the whole city, and who sees nothing of it, in a real browser without script. */

t.setTimeout(4 * 60e3)

const console = await openConsole(t)

for (const role of ['city', 'auditor'] as const)
  t.test(`${role}: comes by links to every screen of the role, and to no other`, { skip }, (t) =>
    walkAs(t, console, role),
  )

t.test(
  'nobody: comes to the door from every screen, and from the door to where he was going',
  { skip },
  async (t) => {
    const { tab, context } = await plainTab(console.browser!, { viewport: { width: 390, height: 844 } })
    t.teardown(() => context.close())
    for (const route of screenRoutes(console)) {
      const path = console.screens[route]![0]!
      await tab.goto(console.origin + path)
      const isOpen = PAGES[route] === 'anyone' && path !== '/sign-in/code'
      t.equal(new URL(tab.url()).pathname, isOpen ? path : '/sign-in', path)
    }
    const hers = ['/nas/gw-1', '/promotion/dem-ho-guom', '/settings', '/sites/ho-hoan-kiem/reports/2026-02']
    const person = await console.join('auditor', 'hoa')
    for (const path of hers) {
      await context.clearCookies()
      await tab.goto(console.origin + path)
      await enter(tab, person)
      t.equal(new URL(tab.url()).pathname, path)
    }
  },
)
