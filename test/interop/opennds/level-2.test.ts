import { createHmac, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { booksAgree, endedSession, firewallOctets, openSession } from './books.ts'
import { NAS, SITE } from './city.ts'
import type { Lab } from './lab.ts'
import { within } from './run.ts'
import {
  getsOnline,
  INTERNET,
  isOnline,
  locationOf,
  logsIn,
  OPENNDS_SESSION_SECONDS,
  PROBE,
  visit,
  wholeVisit,
  type Visitor,
} from './visitor.ts'

/** Takes the lock that ndsctl takes while it runs (fcntl of type F_WRLCK, waiting for it) and keeps it while /tmp/busy is. */
const BUSY = [
  'perl',
  '-e',
  '$l = pack("s s x4 q q i x4", 1, 0, 0, 0, 0); open(F, ">>/tmp/ndsctl.lock"); fcntl(F, 7, $l) or die; ' +
    'open(B, ">/tmp/busy"); for (1 .. 600) { -e "/tmp/busy" or exit; select(undef, undef, undef, 0.1) } exit 1',
]

/** Who comes is encrypted with the FAS key; the limits go through the phone, signed. */
await visit(2, 'en', async (t, visitor) => {
  await t.test('an arrival that was changed on its way is refused', (t) => forgedArrivals(t, visitor.lab))
  await t.test('so is an event that is not signed by the gateway just now, for the first time', (t) =>
    forgedEvents(t, visitor.lab),
  )
  await wholeVisit(t, visitor)
  await t.test('a log-in while ndsctl is busy: the platform holds the limits that openNDS lost', (t) =>
    unlimitedVisit(t, visitor),
  )
  await t.test('a voucher opens it too, and staff can end it', (t) => voucherVisit(t, visitor))
})

async function forgedArrivals(t: Test, lab: Lab): Promise<void> {
  const { stdout } = await lab.phone('curl', '-si', PROBE)
  const good = new URL(locationOf(stdout)!)
  const ciphertext = Buffer.from(Buffer.from(good.searchParams.get('fas')!, 'base64').toString(), 'base64')
  const withCiphertext = (octets: Buffer): string => {
    const url = new URL(good)
    url.searchParams.set('fas', Buffer.from(octets.toString('base64')).toString('base64'))
    return url.href
  }
  const flipped = Buffer.from(ciphertext)
  flipped[6 * 16]! ^= 1
  const pages = new Set<string>()
  for (const address of [
    withCiphertext(flipped),
    withCiphertext(randomBytes(ciphertext.length)),
    good.href.replace(NAS, 'no-such-nas'),
    good.href.split('?')[0]!,
  ]) {
    const { status, body } = await fetched(lab, address)
    t.equal(status, 400)
    pages.add(body.replace(/\d\d:\d\d/, ''))
  }
  t.equal(pages.size, 1, 'one page for all, which tells nobody what was wrong')
  t.equal((await fetched(lab, good.href)).status, 200, 'as it was it is good')
}

async function forgedEvents(t: Test, lab: Lab): Promise<void> {
  const path = `/g/opennds/${NAS}/events`
  const post = async (key: string, nonce: string, late = 0): Promise<number> => {
    const time = Math.floor(Date.now() / 1000) - late
    const body = JSON.stringify({ kind: 'poll', at: time })
    const signature = createHmac('sha256', key).update(`${time}\n${nonce}\n${path}\n${body}`).digest('hex')
    const headers = {
      'Content-Type': 'application/json',
      'X-Hotspot-Time': time,
      'X-Hotspot-Nonce': nonce,
      'X-Hotspot-Signature': signature,
    }
    const words = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
    return (await fetched(lab, `${lab.portalUrl}${path}`, ...words, '--data-binary', body)).status
  }
  const nonce = (): string => randomBytes(16).toString('hex')
  const used = nonce()
  t.equal(await post('another-key-than-ours', nonce()), 403)
  t.equal(await post(lab.fasKey, used), 200)
  t.equal(await post(lab.fasKey, used), 403)
  t.equal(await post(lab.fasKey, nonce(), 301), 403)
}

async function unlimitedVisit(t: Test, visitor: Visitor): Promise<void> {
  const { lab, tab } = visitor
  const use = await typeVoucher(visitor, '--seconds', '600', '--octets', '1000000')
  const busy = lab.gateway(...BUSY)
  await within(30, 'the lock', async () => (await lab.gateway('test', '-e', '/tmp/busy')).code === 0)
  await use()
  await tab.waitForURL(/\/online/)
  await lab.gateway('rm', '/tmp/busy')
  t.equal((await busy).code, 0)
  t.equal(await getsOnline(t, visitor, 'voucher'), OPENNDS_SESSION_SECONDS)
  await lab.phone('curl', '-s', '-o', '/dev/null', `${INTERNET}/bytes/2000000`)
  await endedSession(t, lab, 'Data-Quota')
  t.notOk(await isOnline(lab))
}

async function voucherVisit(t: Test, visitor: Visitor): Promise<void> {
  const { lab, tab } = visitor
  await logsIn(t, visitor, () => typeVoucher(visitor, '--seconds', '600'), 'voucher', 600)
  await lab.phone('curl', '-s', '-o', '/dev/null', `${INTERNET}/bytes/1234567`)

  await tab.context().browser()?.close()
  const counted = await within(30, 'a quiet phone', async () => {
    const first = await firewallOctets(lab)
    await sleep(1000)
    const second = await firewallOctets(lab)
    return first.down === second.down && first.up === second.up && second
  })
  const { id } = await openSession(t, lab)
  await lab.hotspot('session', 'disconnect', id)
  t.same(await endedSession(t, lab, 'Admin-Reset'), counted, "to the octet what openNDS's firewall counted")
  t.notOk(await isOnline(lab))
  await booksAgree(t, lab)
}

/** A new voucher, typed in; the tap that uses it. */
async function typeVoucher({ lab, tab }: Visitor, ...limits: string[]): Promise<() => Promise<void>> {
  const words = ['voucher', 'create', '--site', SITE, '--count', '1', ...limits, '--json']
  const [voucher] = JSON.parse(await lab.hotspot(...words)) as { code: string }[]
  await tab.goto(PROBE)
  await tab.locator('details.code summary').tap()
  await tab.locator('input[name=code]').fill(voucher!.code)
  return () => tab.locator('form[action*="/login/voucher"] button').tap()
}

/** What the portal answers the phone. */
async function fetched(lab: Lab, ...words: string[]): Promise<{ status: number; body: string }> {
  const { stdout } = await lab.phone('curl', '-s', '-w', '\n%{http_code}', ...words)
  const at = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) }
}
