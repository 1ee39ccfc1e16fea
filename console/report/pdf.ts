import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SetupError } from '../../core/process/errors.ts'
import { inTurns } from '../turns.ts'

/** Where systems have Chromium. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const PATIENCE_MS = 30_000

/** A browser costs some hundred MiB: one at a time, the others wait. */
const oneAtATime = inTurns(1)

export const findChromium = (): string | null => PLACES.find(existsSync) ?? null

/**
 * A page that needs nothing beside itself, as PDF. The browser has a profile of its own and reaches no network; it is ended when it takes longer than half a minute. @throws SetupError when it cannot print
 */
export const printPdf = (chromium: string, html: string): Promise<Buffer> =>
  oneAtATime(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hotspot-report-'))
    try {
      const [page, pdf] = [join(folder, 'report.html'), join(folder, 'report.pdf')]
      await writeFile(page, html)
      await run(chromium, [
        ...ALONE,
        `--user-data-dir=${join(folder, 'profile')}`,
        `--print-to-pdf=${pdf}`,
        pathToFileURL(page).href,
      ])
      return await readFile(pdf).catch(() => {
        throw new SetupError('no-pdf', 'Chromium made no PDF')
      })
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 })
    }
  })

const ALONE = [
  '--headless',
  '--disable-gpu',
  '--no-first-run',
  '--no-pdf-header-footer',
  '--disable-extensions',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // No name is found, and whatever has an address already goes to a port where nobody is.
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--proxy-server=127.0.0.1:1',
  '--proxy-bypass-list=<-loopback>',
  // Its sandbox refuses to run as root; the page is ours, and its policy lets no script run.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

function run(program: string, args: readonly string[]): Promise<void> {
  return new Promise((done, fail) => {
    // In a group of its own: it starts processes that have to end with it. Its environment is not its business.
    const child = spawn(program, args, {
      stdio: 'ignore',
      detached: true,
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: tmpdir(), LANG: 'C.UTF-8' },
    })
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // All of them are gone.
      }
    }
    const timer = setTimeout(end, PATIENCE_MS)
    child.once('error', (error) => {
      clearTimeout(timer)
      fail(new SetupError('no-pdf', `Chromium does not start: ${error.message}`))
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      end()
      if (code === 0) done()
      else
        fail(new SetupError('no-pdf', `Chromium ended with ${signal ?? `code ${code}`} and printed nothing`))
    })
  })
}
