import type { Page as Tab } from 'playwright-core'
import type { Test } from 'tap'
import { loadWordings } from '../../console/wording.ts'
import type { Role } from '../../core/records/people.ts'
import { PAGES } from '../console/page-roles.ts'
import { overflows, plainTab } from './console-checks.ts'
import {
  ANOTHERS,
  PASSWORD,
  screenAt,
  screenRoutes,
  type Newcomer,
  type OpenConsole,
} from './console-screens.ts'

/** How each role looks at it, so that every way is somebody's; all ways on all screens are in `console-vietnamese` and -`english`. */
const EYES = {
  city: { lang: 'vi', colorScheme: 'light', width: 1440 },
  operator: { lang: 'vi', colorScheme: 'dark', width: 390 },
  'site-manager': { lang: 'en', colorScheme: 'light', width: 390 },
  editor: { lang: 'en', colorScheme: 'dark', width: 1440 },
  auditor: { lang: 'en', colorScheme: 'light', width: 1440 },
} as const

const wordings = loadWordings()

/** Signs in with a role, comes by links to every screen of the role and to no other, and is turned away from the rest. */
export async function walkAs(t: Test, console: OpenConsole, role: Role): Promise<void> {
  const { browser, origin, screens } = console
  const routes = screenRoutes(console)
  const { lang, colorScheme, width } = EYES[role]
  const { say } = wordings[lang]
  const locale = lang === 'vi' ? 'vi-VN' : 'en-GB'
  const opened = await plainTab(browser!, { locale, colorScheme, viewport: { width, height: 900 } })
  t.teardown(() => opened.context.close())
  const { tab } = opened
  await tab.goto(`${origin}/`)
  await enter(tab, await console.join(role))
  t.equal(pathOf(tab), role === 'city' || role === 'auditor' ? '/' : '/sites')

  const holds = async (): Promise<void> => {
    const path = pathOf(tab)
    t.equal(await tab.getAttribute('html', 'lang'), lang, path)
    t.same(await overflows(tab, { widths: [width], letters: ['15 % wider'] }), [], path)
    t.same(await opened.violations(), [], path)
  }

  // As far as links lead: from each screen to those that it is the first to show.
  const walked = new Set([screenAt(pathOf(tab))!])
  const toSee = await linksOn(tab)
  await holds()
  for (let next = toSee.shift(); next !== undefined; next = toSee.shift()) {
    const route = screenAt(next.href)
    if (route === undefined || walked.has(route) || isAnyones(route) || !routes.includes(route)) continue
    if (pathOf(tab) !== next.from) await tab.goto(origin + next.from)
    await tab.evaluate('for (const d of document.querySelectorAll("details")) d.open = true')
    await openMenu(tab)
    await tab.locator(`a[href="${next.href}"]`).first().click()
    await tab.waitForLoadState('load')
    t.not(await tab.textContent('h1'), say('message.forbidden'), `${next.from} leads to ${next.href}`)
    walked.add(route)
    walked.add(screenAt(pathOf(tab))!)
    toSee.push(...(await linksOn(tab)))
    await holds()
  }
  const his = routes.filter((route) => !isAnyones(route) && isOf(role, route))
  // Who has some sites begins at them.
  const first = role === 'city' || role === 'auditor' ? [] : ['GET /']
  t.same([...walked, ...first].sort(), his.sort(), 'each screen of the role is somewhere linked')

  const refused = routes
    .filter((route) => !isAnyones(route) && !isOf(role, route))
    .map((route) => screens[route]![0]!)
  const ofOthers = role === 'city' || role === 'auditor' ? [] : [`/sites/${ANOTHERS}`]
  const forbidden = [...refused, ...ofOthers]
  for (const path of forbidden) {
    const answer = await tab.goto(origin + path)
    t.equal(answer!.status(), 403, path)
    t.equal(await tab.textContent('h1'), say('message.forbidden'), path)
    await openMenu(tab)
    t.ok(await tab.isVisible('nav a[href="/account"]'), 'with the way on')
  }
  if (forbidden.length > 0) await holds()
}

const isAnyones = (route: string): boolean => PAGES[route] === 'anyone'
const isOf = (role: Role, route: string): boolean => (PAGES[route] as readonly Role[]).includes(role)
const pathOf = (tab: Tab): string => new URL(tab.url()).pathname

/** Through the form, and the second one where the person has an app. */
export async function enter(tab: Tab, person: Newcomer): Promise<void> {
  await tab.fill('#name', person.name)
  await tab.fill('#password', PASSWORD)
  await tab.click('button.act')
  const code = person.code()
  if (code === null) return
  await tab.fill('#code', code)
  await tab.click('button.act')
}

/** Where the navigation has no room beside the page. */
async function openMenu(tab: Tab): Promise<void> {
  const menu = tab.locator('a[href="#nav"]')
  if (await menu.isVisible()) await menu.click()
}

/** Links to pages of the console, of the navigation and of the page. */
async function linksOn(tab: Tab): Promise<{ from: string; href: string }[]> {
  const hrefs = await tab.evaluate<string[]>(
    `[...document.querySelectorAll('a[href^="/"]:not([hreflang])')].map((each) => each.getAttribute('href'))`,
  )
  return hrefs.map((href) => ({ from: pathOf(tab), href }))
}
