import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { createPages } from '../../portal/pages.ts'
import { samplePages } from '../portal/views/samples.ts'

/** A common phone, a small window of one, and a desktop. */
const SIZES = [
  [390, 844],
  [360, 560],
  [1440, 900],
] as const
const THEMES = ['light', 'dark'] as const
/** As many as can be told apart on a screen. */
const ON_A_SHEET = 12
const ORIGIN = 'http://portal.test'
const ASSETS = new URL('../../portal/', import.meta.url)

/**
 * Photographs every state of the portal in every size and theme into `folder`, as `STATE-WIDTHxHEIGHT-THEME.png`, and those
 * of one size and theme side by side, twelve at a time, as `all-….png`. On a phone the whole page is shown, however long.
 */
export async function takeStates(browser: Browser, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const pages = createPages()
  const states = [...samplePages(pages, 'vi')].map(([name, page]) => [name, pages.render(page)] as const)
  for (const [width, height] of SIZES)
    for (const colorScheme of THEMES) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme,
        reducedMotion: 'reduce',
        locale: 'vi',
      })
      const html = new Map(states.map(([name, text]) => [`/${name}`, text]))
      await context.route('**/*', (route) => {
        const { pathname } = new URL(route.request().url())
        if (pathname.startsWith('/assets/'))
          return route.fulfill({ body: readFileSync(new URL(`.${pathname}`, ASSETS)) })
        return route.fulfill({ contentType: 'text/html; charset=utf-8', body: html.get(pathname) ?? '' })
      })
      const tab = await context.newPage()
      const taken: [name: string, picture: Buffer][] = []
      const size = `${width}x${height}-${colorScheme}`
      for (const [name] of states) {
        await tab.goto(`${ORIGIN}/${name}`)
        await tab.evaluate('document.fonts.ready')
        const path = join(folder, `${name}-${size}.png`)
        taken.push([name, await tab.screenshot({ path, fullPage: width < 1000 })])
      }
      await tab.setViewportSize({ width: 1800, height: 900 })
      for (let from = 0; from < taken.length; from += ON_A_SHEET) {
        html.set('/all', sheet(taken.slice(from, from + ON_A_SHEET), width))
        await tab.goto(`${ORIGIN}/all`)
        const path = join(folder, `all-${size}-${from / ON_A_SHEET + 1}.png`)
        await tab.screenshot({ path, fullPage: true })
      }
      await context.close()
    }
}

function sheet(taken: readonly [name: string, picture: Buffer][], width: number): string {
  const shown = width < 1000 ? 280 : 580
  const figures = taken.map(
    ([name, picture]) =>
      `<figure><img width="${shown}" src="data:image/png;base64,${picture.toString('base64')}"><figcaption>${name}</figcaption></figure>`,
  )
  return `<!doctype html><style>body{display:flex;flex-wrap:wrap;align-items:flex-start;gap:16px;background:#888;font:14px sans-serif}figure{margin:0}</style>${figures.join('')}`
}
