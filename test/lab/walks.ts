import type { Page as Tab } from 'playwright-core'
import type { LoginMethodName } from '../../core/domain/site.ts'
import { until } from '../support/platform.ts'
import type { LabPhone } from './phone.ts'
import type { Profile } from './profiles.ts'

/** One way in, as a visitor walks it. Another login method is another line of `WALKS`. */
export interface Walk {
  readonly method: LoginMethodName
  /** Whether the gateway proves whose phone it sends. */
  readonly gateway: 'proving' | 'hearsay'
  /** When the window is lost once: another app was opened, and the network went with it. */
  readonly lost: 'before it is sent' | 'on the way back to the gateway'
  /** From the splash to what is sent. */
  send(tab: Tab, code: string): Promise<void>
}

export const WALKS: readonly Walk[] = [
  {
    method: 'click-through',
    gateway: 'proving',
    lost: 'before it is sent',
    send: (tab) => press(tab, 'form[action^="/login/click-through"] button'),
  },
  {
    method: 'voucher',
    gateway: 'hearsay',
    lost: 'on the way back to the gateway',
    async send(tab, code) {
      await tab.click('details:has(form[action^="/login/voucher"]) summary')
      await tab.fill('form[action^="/login/voucher"] input[name=code]', code)
      await press(tab, 'form[action^="/login/voucher"] button')
    },
  },
]

/** What a walk showed; the matrix prints it. */
export interface Walked {
  /** Every probe was sent to the portal. */
  readonly caught: boolean
  /** The button stands in the first view. */
  readonly firstView: boolean
  /** Nothing scrolls sideways, also with text at 200 %. */
  readonly reflows: boolean
  /** The window after the lost one had the same visit. */
  readonly resumed: boolean
  readonly online: boolean
  /** By whom the last window was closed. */
  readonly closed: 'the system' | 'Done' | 'nobody'
  /** True where the landing page was seen; a window that is shut at once need not show it. */
  readonly landed: boolean
}

export async function walk(phone: LabPhone, profile: Profile, way: Walk, code: string): Promise<Walked> {
  const caught = (await phone.probes()).every((location) => location !== null && ARRIVAL.test(location))
  const lost = await phone.window()
  const visit = await visitOf(lost)
  const firstView = await isInFirstView(lost, profile)
  const reflows = await doesReflow(lost)
  if (way.lost === 'on the way back to the gateway') {
    phone.way.cut()
    await way.send(lost, code)
    await lost.waitForEvent('requestfailed', { timeout: PATIENCE_MS }).catch(() => undefined)
  }
  await shut(lost)
  phone.way.mend()
  if (await phone.isOnline()) throw new Error('online without a login')
  const tab = await phone.window()
  const resumed = (await visitOf(tab)) === visit
  const closed = closing(tab, phone, profile)
  await way.send(tab, code)
  const { by, landed } = await closed
  return { caught, firstView, reflows, resumed, online: await phone.isOnline(), closed: by, landed }
}

const ARRIVAL = /\/g\/(?:coova-chilli|mikrotik)\?/
const LANDING = /\/online\?/
const PATIENCE_MS = 30_000
const CLOSE_MS = 1000

/** Presses a button and does not wait for the page: the window may be gone by then. */
async function press(tab: Tab, button: string): Promise<void> {
  await tab.click(button, { noWaitAfter: true })
}

/** The window's end as its system has it. */
async function closing(
  tab: Tab,
  phone: LabPhone,
  profile: Profile,
): Promise<{ by: Walked['closed']; landed: boolean }> {
  const hasLanded = (): boolean => !tab.isClosed() && LANDING.test(tab.url())
  if (profile.closes === 'at once') {
    await until('the system sees the world', () => phone.isOnline(), PATIENCE_MS)
    const landed = hasLanded()
    await shut(tab)
    return { by: 'the system', landed }
  }
  if (profile.closes === 'never') {
    await tab.waitForURL(LANDING, { timeout: PATIENCE_MS })
    return { by: 'nobody', landed: true }
  }
  // "Done" comes up when the probe gets through after a full navigation, and by nothing else that a page could do.
  const isDone = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE_MS)
    tab.on('load', () => {
      void phone.isOnline().then((online) => {
        if (!online) return
        clearTimeout(timer)
        resolve(true)
      })
    })
  })
  const landed = hasLanded()
  await shut(tab)
  return { by: isDone ? 'Done' : 'nobody', landed }
}

/** Closes a window. Chromium may never be done with one that is loading: it is told, and soon nobody waits any more. */
const shut = (tab: Tab): Promise<unknown> =>
  Promise.race([tab.close(), new Promise((resolve) => setTimeout(resolve, CLOSE_MS))])

const visitOf = (tab: Tab): Promise<string | null> =>
  tab.getAttribute('form[action^="/login/"] input[name=v]', 'value')

async function isInFirstView(tab: Tab, { viewport }: Profile): Promise<boolean> {
  const box = await tab.locator('button.go').first().boundingBox()
  return box !== null && box.y + box.height <= viewport.height
}

async function doesReflow(tab: Tab): Promise<boolean> {
  const fits = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth'
  const before = await tab.evaluate<boolean>(fits)
  await tab.evaluate('document.documentElement.style.fontSize = "200%"')
  const after = await tab.evaluate<boolean>(fits)
  await tab.evaluate('document.documentElement.style.fontSize = ""')
  return before && after
}
