import { existsSync } from 'node:fs'
import axe from 'axe-core'
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page as Tab,
} from 'playwright-core'

/** What every page of the console is held to in a real browser. */

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)
export const skip = executablePath === undefined && 'no Chromium (apt-get install chromium)'
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

export const THEMES = ['light', 'dark'] as const
/** A phone and a desk; below the first, reflow alone is promised. */
export const WIDTHS = [390, 1440] as const

/** Letters of other system fonts, and of readers who space them. A letter is half its size wide. */
const LETTERS = {
  'as they are': '',
  // Roboto is narrow, DejaVu and Segoe are wide.
  '15 % wider': '* { letter-spacing: 0.075em !important }',
  // WCAG 2.2 §1.4.12
  'spaced by their reader':
    '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }',
} as const
export type Letters = keyof typeof LETTERS

/** A browser, or null where there is none. */
export const launch = async (): Promise<Browser | null> =>
  skip ? null : chromium.launch({ executablePath: executablePath!, args: quiet })

/** A tab whose pages run no script, however they ask. */
export interface PlainTab {
  readonly context: BrowserContext
  readonly tab: Tab
  /** What axe finds against the page; axe is a script, and the only one that ever runs. */
  violations(): Promise<string[]>
}

export async function plainTab(browser: Browser, options: BrowserContextOptions): Promise<PlainTab> {
  const context = await browser.newContext({ locale: 'vi-VN', reducedMotion: 'reduce', ...options })
  const tab = await context.newPage()
  const chromium = await context.newCDPSession(tab)
  const allowScript = (allowed: boolean): Promise<unknown> =>
    chromium.send('Emulation.setScriptExecutionDisabled', { value: !allowed })
  await allowScript(false)
  return {
    context,
    tab,
    async violations() {
      await allowScript(true)
      const found = await violations(tab)
      await allowScript(false)
      return found
    },
  }
}

async function violations(tab: Tab): Promise<string[]> {
  // Half a megabyte: once a page, however often it is looked at.
  if (!(await tab.evaluate<boolean>('"axe" in window'))) await tab.evaluate(axe.source)
  const run = `axe.run(document, { runOnly: ${JSON.stringify(tags)}, resultTypes: ['violations'] })`
  const { violations } = await tab.evaluate<axe.AxeResults>(run)
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
}

/** Where the page that is open scrolls sideways, or its writing ends beyond its card, everything unfolded. */
export async function overflows(
  tab: Tab,
  { widths, letters }: { readonly widths: readonly number[]; readonly letters: readonly Letters[] },
): Promise<string[]> {
  const before = tab.viewportSize()!
  const found: string[] = []
  await tab.evaluate('for (const d of document.querySelectorAll("details")) d.open = true')
  for (const each of letters) {
    // A sheet that is made in place is no business of the page's policy.
    const css = JSON.stringify(LETTERS[each])
    await tab.evaluate(
      `document.adoptedStyleSheets = [new CSSStyleSheet()]; document.adoptedStyleSheets[0].replaceSync(${css})`,
    )
    for (const width of widths) {
      await tab.setViewportSize({ width, height: before.height })
      const scrolls = await tab.evaluate<number>('document.documentElement.scrollWidth')
      if (scrolls !== width) found.push(`letters ${each}, ${width}: ${scrolls} wide`)
      found.push(...(await cutOff(tab)).map((html) => `letters ${each}, ${width}: ${html}`))
    }
  }
  await tab.evaluate('document.adoptedStyleSheets = []')
  await tab.setViewportSize(before)
  return found
}

/** Writing that ends beyond the card it stands in. */
const cutOff = (tab: Tab): Promise<string[]> =>
  tab.evaluate(`[...document.querySelectorAll('.card, .kpis div, .sheet, .side')].flatMap((card) => {
    const right = card.getBoundingClientRect().right
    return [...card.querySelectorAll('td, th, dd, dt, p, a, b, span, h1, h2, button')]
      .filter((each) => !each.closest('.hid, .ticks, svg') && each.getBoundingClientRect().right > right + 1)
      .map((each) => each.outerHTML.slice(0, 120))
  })`)
