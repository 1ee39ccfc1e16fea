import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { THEMES, WIDTHS } from '../interop/console-checks.ts'
import { openConsole } from '../interop/console-screens.ts'

/**
 * Photographs every screen of the console, in a city in which everything has happened, in each width and theme into
 * `folder`, whole pages, as `WIDTH-THEME/ADDRESS.png`.
 */
export async function takeConsole(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  const ends: (() => unknown)[] = []
  const console = await openConsole({ teardown: (end) => void ends.unshift(end) })
  try {
    for (const colorScheme of THEMES)
      for (const width of WIDTHS) {
        const into = join(folder, `${width}-${colorScheme}`)
        mkdirSync(into, { recursive: true })
        const options = { viewport: { width, height: 900 }, colorScheme, locale: 'vi-VN' }
        const context = await console.browser!.newContext(options)
        const tab = await context.newPage()
        const take = async (address: string): Promise<void> => {
          await tab.goto(console.origin + address)
          await tab.evaluate('document.fonts.ready')
          const name = address.slice(1).replace(/[/?&=]/g, '_') || 'city'
          await tab.screenshot({ path: join(into, `${name}.png`), fullPage: true })
        }
        await take('/sign-in')
        await context.addCookies([await console.waiting()])
        await take('/sign-in/code')
        await context.addCookies([await console.cookie()])
        for (const [route, addresses] of Object.entries(console.screens))
          if (!route.includes('/sign-in')) for (const address of addresses) await take(address)
        await context.close()
      }
  } finally {
    for (const end of ends) await end()
  }
}
