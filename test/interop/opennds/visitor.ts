import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { devices, type Locator, type Page as Tab } from 'playwright-core'
import tap, { type Test } from 'tap'
import { booksAgree, countedOctets, endedSession, firewallOctets, openSession } from './books.ts'
import { NAS, PLACE, SESSION_SECONDS, SITE, type Level } from './city.ts'
import { PHONE_MAC, raiseLab, type Lab } from './lab.ts'
import { within } from './run.ts'

/** What Android asks to find out whether it is online. */
export const PROBE = 'http://connectivitycheck.gstatic.com/generate_204'
export const INTERNET = 'http://neverssl.com'

/** What openNDS allows by itself, in the lab. */
export const OPENNDS_SESSION_SECONDS = 86_400

export interface Visitor {
  readonly lab: Lab
  readonly tab: Tab
  readonly lang: 'vi' | 'en'
}

const WORDS = {
  vi: { connect: 'Kết nối ngay', online: 'Bạn đã vào mạng', ended: /đã kết thúc/ },
  en: { connect: 'Connect', online: "You're online", ended: /has ended/ },
}

/** A lab with a visitor in it, and the end of both; when something fails, what they showed last. */
export function visit(level: Level, lang: 'vi' | 'en', story: (t: Test, visitor: Visitor) => Promise<void>) {
  tap.setTimeout(170_000)
  return tap.test(`openNDS at FAS level ${level}`, async (t) => {
    const lab = await raiseLab(level)
    if (typeof lab === 'string') return void t.plan(0, lab)
    t.teardown(() => lab.down())
    const browser = await lab.browser()
    const locale = lang === 'vi' ? 'vi-VN' : 'en-GB'
    const tab = await (await browser.newContext({ ...devices['Pixel 7'], locale })).newPage()
    await story(t, { lab, tab, lang }).catch((error: unknown) =>
      t.fail((error as Error).message, { stack: (error as Error).stack ?? '' }),
    )
    if (t.passing()) return
    const picture = join(tmpdir(), `opennds-level-${level}.png`)
    await tab.screenshot({ path: picture }).catch(() => undefined)
    process.stderr.write(`the phone was at ${tab.url()}, ${picture}\n${lab.lastWords()}\n`)
  })
}

/** In, counted, and out again. */
export async function wholeVisit(t: Test, visitor: Visitor): Promise<void> {
  const { lab, tab, lang } = visitor
  await t.test('the phone has a lease, and its probe is led to the portal', async (t) => {
    t.match((await lab.phone('ip', '-4', '-o', 'addr', 'show', 'eth0')).stdout, / 10\.77\.0\.1\d\d\//)
    const { stdout } = await lab.phone('curl', '-si', PROBE)
    t.match(stdout, /^HTTP\/1\.1 30[27] /)
    t.equal(locationOf(stdout)?.split('?')[0], `${lab.portalUrl}/g/opennds/${NAS}`)
    t.notMatch(stdout, 'fake internet')
  })

  await t.test('one tap, and the internet answers', (t) => tapConnect(t, visitor))

  await t.test('what the phone moves is counted while it is online', async (t) => {
    await lab.phone('curl', '-s', '-o', '/dev/null', `${INTERNET}/bytes/2000000`)
    await lab.phone(
      'sh',
      '-c',
      `head -c 300000 /dev/zero | curl -s -o /dev/null --data-binary @- ${INTERNET}`,
    )
    // openNDS loses what passes while it renews the rules of a rate limit.
    const { down, up } = await countedOctets(lab, { down: 1_800_000, up: 300_000 })
    t.ok(down < 2_500_000, `${down} octets down`)
    t.ok(up < 600_000, `${up} octets up`)
    const session = await openSession(t, lab)
    t.ok(Number(session.toVisitorOctets) >= 1_800_000 && Number(session.fromVisitorOctets) >= 300_000)
  })

  await t.test('the visitor taps Disconnect and is offline', async (t) => {
    const before = await firewallOctets(lab)
    await tab.goto(tab.url().replace('/online', '/status'))
    const tapped = performance.now()
    const loaded = tab.waitForEvent('domcontentloaded')
    await tab.locator('form[action*="/logout"] button').tap()
    await loaded
    t.match(await tab.locator('h1').textContent(), WORDS[lang].ended)
    t.comment(`told ${((performance.now() - tapped) / 1000).toFixed(1)} s after the tap`)
    t.notOk(await isOnline(lab))
    const ended = await endedSession(t, lab, 'Admin-Reset')
    for (const way of ['down', 'up'] as const) {
      const more = ended[way] - before[way]
      t.ok(more >= 0 && more < 100_000, `${way}: ${more} octets after the last look`)
    }
    await booksAgree(t, lab)
  })
}

/** From the probe to the online page by the one red button. */
export async function tapConnect(t: Test, visitor: Visitor): Promise<void> {
  const find = async (): Promise<() => Promise<void>> => {
    const button = await redButton(t, visitor)
    return () => button.tap()
  }
  await logsIn(t, visitor, find, 'click-through', SESSION_SECONDS)
}

/** From the probe to the splash, and its one red button. */
async function redButton(t: Test, { lab, tab, lang }: Visitor): Promise<Locator> {
  await tab.goto(PROBE)
  t.equal(new URL(tab.url()).origin, lab.portalUrl)
  t.equal(await tab.locator('h1').textContent(), PLACE[lang])
  const button = tab.locator('button.go')
  t.equal(await button.textContent(), WORDS[lang].connect)
  return button
}

/** Takes the lock that ndsctl takes while it runs, if it is free (fcntl, F_SETLK of type F_WRLCK), and lets it go. */
const TAKE_LOCK =
  '$l = pack("s s x4 q q i x4", 1, 0, 0, 0, 0); open(F, ">>/tmp/ndsctl.lock"); fcntl(F, 6, $l) or exit 1'

const lockIsFree = async (lab: Lab): Promise<boolean> =>
  (await lab.gateway('perl', '-e', TAKE_LOCK)).code === 0

/**
 * A log-in that no `ndsctl json` of the reporter disturbs: openNDS 9.10 would lose its limits. Not at level 3, where the
 * limits come another way and the visitor waits for what the reporter tells. Only the script itself is stopped: a program
 * that it has just started goes by another name when all is to go on, and would be left behind.
 */
async function undisturbed({ lab, tab }: Visitor, tap: () => Promise<void>): Promise<void> {
  const signal = (name: 'STOP' | 'CONT'): Promise<unknown> =>
    lab.level === 3
      ? Promise.resolve()
      : lab.gateway('sh', '-c', `kill -${name} $(pgrep -o -f '[h]otspot-reporter')`)
  await signal('STOP')
  if (lab.level !== 3) await within(30, 'an ndsctl that is not at work', () => lockIsFree(lab))
  await tap()
  await tab.waitForURL(/\/online/).finally(() => signal('CONT'))
}

/**
 * A log-in after which openNDS knows for how long. `arrive` leads to the page and returns the tap that logs in. At
 * levels 1 and 2 openNDS 9.10 loses the limits now and then all the same: where its log says that BinAuth is not to
 * blame, out and in again, twice at most.
 */
export async function logsIn(
  t: Test,
  visitor: Visitor,
  arrive: () => Promise<() => Promise<void>>,
  method: string,
  seconds: number,
): Promise<void> {
  const { lab } = visitor
  for (let again = lab.level === 3 ? 0 : 2; ; again--) {
    await undisturbed(visitor, await arrive())
    const allowed = await getsOnline(t, visitor, method)
    const isLost = allowed === OPENNDS_SESSION_SECONDS && hasLostLimits(lab.openndsLog(), seconds)
    if (!isLost || again === 0) return void t.equal(allowed, seconds, 'openNDS knows for how long')
    t.comment('openNDS lost the limits: out, and in again')
    await lab.hotspot('session', 'disconnect', (await openSession(t, lab)).id)
    await endedSession(t, lab, 'Admin-Reset')
  }
}

/** Whether openNDS did not call BinAuth at the last log-in, or was told the limits and passed them over. */
function hasLostLimits(log: string, seconds: number): boolean {
  const logIn = log.slice(log.lastIndexOf('BinAuth argv: '))
  const wasCalled = /Executing command: \S+ auth_client /.test(logIn)
  return !wasCalled || logIn.includes(`BinAuth returned arguments: ${seconds} `)
}

/** The online page, an internet that answers, and one session; for how long openNDS lets it run, in seconds. */
export async function getsOnline(t: Test, { lab, tab, lang }: Visitor, method: string): Promise<number> {
  await tab.waitForURL(/\/online/)
  t.equal(await tab.locator('h1').textContent(), WORDS[lang].online)
  t.ok(await isOnline(lab), 'the internet answers')
  t.match(await openSession(t, lab), { nas: NAS, site: SITE, mac: PHONE_MAC, method })
  const client = await openndsClient(lab)
  return Number(client.session_end) - Number(client.session_start)
}

/** What openNDS itself knows of the phone. */
export const openndsClient = (lab: Lab): Promise<Record<string, string>> =>
  within(30, 'an openNDS that is not busy', async () => {
    const { stdout } = await lab.gateway('ndsctl', 'json', PHONE_MAC)
    return stdout.startsWith('{') && (JSON.parse(stdout) as Record<string, string>)
  })

export const isOnline = async (lab: Lab): Promise<boolean> =>
  (await lab.phone('curl', '-s', '--max-time', '5', `${INTERNET}/`)).stdout === 'fake internet\n'

export const locationOf = (head: string): string | undefined => /^location: (\S+)/im.exec(head)?.[1]
