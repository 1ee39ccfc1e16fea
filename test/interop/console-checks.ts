import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { chromium, type Browser, type Page as Tab } from 'playwright-core'

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

/** A browser, or null where there is none. */
export const launch = async (): Promise<Browser | null> =>
  skip ? null : chromium.launch({ executablePath: executablePath!, args: quiet })

/** What axe finds against a page. */
export async function violations(tab: Tab): Promise<string[]> {
  await tab.evaluate(axe.source)
  const run = `axe.run(document, { runOnly: ${JSON.stringify(tags)}, resultTypes: ['violations'] })`
  const { violations } = await tab.evaluate<axe.AxeResults>(run)
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
}

/** Writing that ends beyond the card it stands in. */
export const cutOff = (tab: Tab): Promise<string[]> =>
  tab.evaluate(`[...document.querySelectorAll('.card, .kpis div, .sheet, .side')].flatMap((card) => {
    const right = card.getBoundingClientRect().right
    return [...card.querySelectorAll('td, th, dd, dt, p, a, b, span, h1, h2, button')]
      .filter((each) => !each.closest('.hid, .ticks, svg') && each.getBoundingClientRect().right > right + 1)
      .map((each) => each.outerHTML.slice(0, 120))
  })`)
