import { createHash } from 'node:crypto'
import t from 'tap'
import { Secret } from '../../../../core/domain/secret.ts'
import { portal } from '../../../../core/gateways/coova-chilli/portal.ts'
import type { Arrival, Query } from '../../../../core/gateways/gateway.ts'
import { handoffOf, nasOf, PHONE } from '../records.ts'

const UAM_SECRET = 'a uam secret'
const CHALLENGE = '00112233445566778899aabbccddeeff'
const signing = nasOf({ uamSecret: new Secret(UAM_SECRET) })
const md5 = (...parts: (string | Buffer)[]): Buffer =>
  createHash('md5')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest()

/** What CoovaChilli's redir_buildurl makes: every parameter it knows, `md` last. @see standards.md C1 */
function redirectOf(given: Readonly<Record<string, string | null>> = {}): string {
  const query: Record<string, string | null> = {
    res: 'notyet',
    uamip: '10.1.0.1',
    uamport: '3990',
    challenge: CHALLENGE,
    called: '00-1F-7A-00-00-01',
    mac: '02-00-5E-00-53-01',
    ip: '10.9.0.7',
    nasid: 'gw-1',
    sessionid: '5f00000001',
    userurl: 'http://captive.apple.com/hotspot-detect.html?a=b&md=c',
    ...given,
  }
  const pairs = Object.entries(query).filter(([, value]) => value !== null)
  return `http://portal.example/g/coova-chilli?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value!)}`).join('&')}`
}
const signed = (url: string, secret = UAM_SECRET): string =>
  `${url}&md=${md5(url, secret).toString('hex').toUpperCase()}`
const queryOf = (url: string): Query => Object.fromEntries(new URL(url).searchParams)
const arrive = (url: string, nas = signing) => portal.arrival({ nas, query: queryOf(url), url })
const arrivalOf = (url: string, nas = signing): Arrival | null => {
  const result = arrive(url, nas)
  return result.kind === 'arrival' ? result.arrival : null
}

t.test('a signed redirect is an arrival, proved', (t) => {
  t.same(arrivalOf(signed(redirectOf({ ssid: 'Hanoi Free WiFi' }))), {
    mac: PHONE,
    ap: null,
    ssid: 'Hanoi Free WiFi',
    ip: '10.9.0.7',
    context: { challenge: CHALLENGE },
    proved: true,
    about: 'login',
  })
  t.ok(arrivalOf(`${redirectOf()}&md=${md5(redirectOf(), UAM_SECRET).toString('hex')}`), 'in lower case, too')
  t.end()
})

t.test('a redirect whose md is wrong, absent or not at the end is none', (t) => {
  const url = redirectOf()
  const good = signed(url)
  for (const [what, bad] of [
    ['absent', url],
    ['empty', `${url}&md=`],
    ['of another secret', signed(url, 'another')],
    ['of another phone', good.replace('53-01', '53-02')],
    ['of another host', good.replace('portal.example', 'portal.evil')],
    ['one digit off', good.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))],
    ['cut', good.slice(0, -1)],
    ['too long', `${good}0`],
    ['followed by more', `${good}&mac=02-00-5E-00-53-02`],
    ['no hex', `${url}&md=${'Z'.repeat(32)}`],
  ] as const)
    t.same(arrive(bad), { kind: 'bad-arrival' }, what)
  t.end()
})

t.test('without a uamSecret there is no signature, and what it says is hearsay', (t) => {
  t.match(arrivalOf(redirectOf(), nasOf()), { mac: PHONE, proved: false })
  t.match(arrivalOf(signed(redirectOf(), 'whatever'), nasOf()), { proved: false })
  t.end()
})

t.test('each res says what the redirect is about', (t) => {
  for (const [res, about] of [
    ['notyet', 'login'],
    ['challenge', 'login'],
    ['splash', 'login'],
    ['success', 'online'],
    ['already', 'online'],
    ['failed', 'failed'],
    ['logoff', 'left'],
  ] as const)
    t.equal(arrivalOf(signed(redirectOf({ res })))?.about, about, res)
  for (const res of ['', 'popup1', 'constructor', '__proto__'])
    t.equal(arrivalOf(signed(redirectOf({ res }))), null, res)
  t.end()
})

t.test('a login needs a challenge of 32 hex digits; who is online needs none', (t) => {
  for (const challenge of [null, '', 'zz'.repeat(16), CHALLENGE.slice(2), `${CHALLENGE}00`])
    t.equal(arrivalOf(signed(redirectOf({ challenge }))), null, String(challenge))
  t.match(arrivalOf(signed(redirectOf({ challenge: null, res: 'success' }))), { context: { challenge: '' } })
  t.match(arrivalOf(signed(redirectOf({ challenge: CHALLENGE.toUpperCase() }))), {
    context: { challenge: CHALLENGE },
  })
  t.end()
})

t.test('a redirect names a phone, in any spelling', (t) => {
  for (const mac of ['02:00:5e:00:53:01', '02005E005301'])
    t.equal(arrivalOf(signed(redirectOf({ mac })))?.mac, PHONE)
  for (const mac of [null, '', 'phone', '00-00-00-00-00-00'])
    t.equal(arrivalOf(signed(redirectOf({ mac }))), null)
  t.end()
})

t.test('a redirect names its gateway by nasid', (t) => {
  t.equal(portal.identifier(queryOf(redirectOf())), 'gw-1')
  t.equal(portal.identifier({}), null)
  t.end()
})

/** The address that the phone is sent to. */
function logon(given: Parameters<typeof handoffOf>[0] = {}): URL {
  const handoff = portal.handoff(handoffOf({ context: { challenge: CHALLENGE }, nas: signing, ...given }))
  if (handoff.kind !== 'redirect') throw new Error(handoff.kind)
  return new URL(handoff.url)
}

// standards.md C1: response = MD5(0x00 ident | password | C'), C' = MD5(challenge | uamsecret).
t.test('the hand-off answers the challenge by CHAP, mixed with the UAM secret', (t) => {
  const url = logon()
  const mixed = md5(Buffer.from(CHALLENGE, 'hex'), UAM_SECRET)
  const response = md5(Buffer.of(0), 'a password of 22 chars', mixed).toString('hex')
  t.equal(url.origin + url.pathname, 'http://10.1.0.1:3990/logon')
  t.same([...url.searchParams.keys()], ['username', 'response', 'userurl'])
  t.equal(url.searchParams.get('username'), 'g1.visit.user')
  t.equal(url.searchParams.get('response'), response)
  t.equal(url.searchParams.get('userurl'), handoffOf().landingUrl)
  t.notMatch(url.href, /a(\+|%20)password/, 'the password itself stays here')
  t.end()
})

t.test('without a uamSecret the challenge is answered as it is', (t) => {
  const response = md5(Buffer.of(0), 'a password of 22 chars', Buffer.from(CHALLENGE, 'hex')).toString('hex')
  t.equal(logon({ nas: nasOf() }).searchParams.get('response'), response)
  t.end()
})

t.test('where the phone goes is said by the record alone, never by the redirect', (t) => {
  const arrival = arrivalOf(signed(redirectOf({ uamip: 'evil.example', uamport: '80' })))!
  t.equal(logon({ context: arrival.context }).host, '10.1.0.1:3990')
  for (const [gatewayUrl, start] of [
    ['https://gw.example:3991', 'https://gw.example:3991/logon?'],
    ['http://[2001:db8::1]:3990/', 'http://[2001:db8::1]:3990/logon?'],
  ] as const)
    t.ok(logon({ nas: { ...signing, gatewayUrl } }).href.startsWith(start), gatewayUrl)
  t.end()
})
