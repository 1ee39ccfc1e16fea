import { existsSync, readFileSync } from 'node:fs'
import axe from 'axe-core'
import { type BrowserContextOptions, chromium, type Page as Tab } from 'playwright-core'
import type { Test } from 'tap'
import type { Lang } from '../../portal/messages.ts'
import { createPages, type Page } from '../../portal/pages.ts'
import { samplePages } from '../portal/views/samples.ts'

/** The portal's pages in a real browser. */

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)
export const skip = executablePath === undefined && 'no Chromium (apt-get install chromium)'
export const pages = createPages()
export const samples = (lang: Lang) => [...samplePages(pages, lang)]

const origin = 'http://portal.test'
const assets = new URL('../../portal/', import.meta.url)
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Seen {
  readonly requests: string[]
  readonly complaints: string[]
}

/** Opens each page in turn, from memory: no port, no network. */
export async function visit(
  options: BrowserContextOptions,
  wanted: ReadonlyArray<[string, Page]>,
  look: (tab: Tab, name: string, page: Page, seen: Seen) => unknown,
): Promise<void> {
  if (executablePath === undefined) return
  const browser = await chromium.launch({ executablePath, args: quiet })
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  const byPath = new Map(wanted.map(([name, page]) => [`/${name}`, pages.render(page)]))
  const headers = { 'content-security-policy': pages.contentSecurityPolicy(['http://10.5.50.1/login']) }
  await context.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url())
    if (pathname.startsWith('/assets/'))
      return route.fulfill({ body: readFileSync(new URL(`.${pathname}`, assets)) })
    return route.fulfill({
      headers,
      contentType: 'text/html; charset=utf-8',
      body: byPath.get(pathname) ?? '',
    })
  })
  const tab = await context.newPage()
  let seen: Seen = { requests: [], complaints: [] }
  tab.on('request', (request) => request.url().startsWith('http') && seen.requests.push(request.url()))
  tab.on('console', (message) => seen.complaints.push(message.text()))
  for (const [name, page] of wanted) {
    seen = { requests: [], complaints: [] }
    await tab.goto(`${origin}/${name}`)
    await look(tab, name, page, seen)
  }
  await browser.close()
}

export async function violations(tab: Tab, page: Page): Promise<string[]> {
  await tab.evaluate(axe.source)
  // A page that waits must look again by itself where there is no script. Nothing is typed or read there, it stops by
  // itself, and a link does the same by hand: WCAG 2.2.1, exception "real-time".
  const rules = page.kind === 'connecting' ? { 'meta-refresh': { enabled: false } } : {}
  const options = JSON.stringify({
    resultTypes: ['violations'],
    runOnly: { type: 'tag', values: tags },
    rules,
  })
  return tab.evaluate<string[]>(
    `axe.run(document, ${options}).then(({ violations }) => violations.flatMap((v) => v.nodes.map((n) => v.id + ' ' + n.target + ' ' + n.failureSummary)))`,
  )
}

/** Tests that axe finds nothing on pages in a theme, on a usual and on the narrowest phone, and that none goes sideways. */
export function axeFindsNothing(t: Pick<Test, 'test'>, colorScheme: 'light' | 'dark'): void {
  for (const [width, height] of [
    [390, 844],
    [320, 640],
  ] as const)
    t.test(`axe finds nothing, ${colorScheme}, ${width} wide`, { skip }, async (t) => {
      await visit({ colorScheme, viewport: { width, height } }, samples('vi'), async (tab, name, page) => {
        if (width === 320)
          await tab.evaluate('for (const d of document.querySelectorAll("details")) d.open = true')
        t.same(await violations(tab, page), [], name)
        t.equal(
          await tab.evaluate('document.documentElement.scrollWidth'),
          width,
          `${name} needs no scrolling sideways`,
        )
      })
    })
}
