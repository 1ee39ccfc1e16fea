import { createHash } from 'node:crypto'
import t from 'tap'
import { octets, portal } from '../../../../core/gateways/mikrotik/portal.ts'
import { handoffOf, nasOf, PHONE } from '../records.ts'

const CHAP_ID = 0xc3
const CHALLENGE = Buffer.from('00ff5c2261620d0a7f80818283c3a9fe', 'hex')
/** As RouterOS writes octets into a page. */
const octal = (bytes: Iterable<number>): string =>
  [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')

const nas = nasOf({ gateway: 'mikrotik', gatewayUrl: 'http://10.2.0.1/login' })
const arrive = (query: Readonly<Record<string, string>>) =>
  portal.arrival({
    nas,
    query: { mac: '02:00:5E:00:53:01', ...query },
    url: 'http://portal.example/g/mikrotik',
  })
const handoff = (context: Readonly<Record<string, string>>, gatewayUrl = 'http://10.2.0.1/login'): URL => {
  const result = portal.handoff(handoffOf({ nas: { ...nas, gatewayUrl }, context }))
  if (result.kind !== 'redirect') throw new Error(result.kind)
  return new URL(result.url)
}

t.test('octal escapes are octets, every one of them', (t) => {
  const all = Buffer.from(Array.from({ length: 64 }, (_, i) => i * 4 + (i % 4)))
  t.same(octets(octal(all)), all)
  t.same(octets('\\000\\377'), Buffer.of(0, 255))
  t.same(octets('a\\134b'), Buffer.from('a\\b'), 'an octet may stand for itself')
  t.same(octets('ÿ'), Buffer.of(255))
  t.same(octets(''), Buffer.alloc(0))
  t.end()
})

t.test('what is no octal escape is no octets', (t) => {
  for (const text of [
    '\\',
    '\\1',
    '\\12',
    '\\400',
    '\\777',
    '\\089',
    '\\x41',
    '\\\\',
    'Hồ',
    '\\101'.repeat(65),
  ])
    t.equal(octets(text), null, text.slice(0, 8))
  t.end()
})

t.test('http-chap: id and challenge are kept for the hand-off', (t) => {
  t.match(arrive({ ip: '10.9.0.7', 'chap-id': octal([CHAP_ID]), 'chap-challenge': octal(CHALLENGE) }), {
    kind: 'arrival',
    arrival: {
      mac: PHONE,
      ip: '10.9.0.7',
      context: { chapId: 'c3', chapChallenge: CHALLENGE.toString('hex') },
      proved: false,
      about: 'login',
    },
  })
  t.end()
})

t.test('http-pap: without a challenge there is nothing to keep', (t) => {
  for (const query of [{}, { 'chap-id': '', 'chap-challenge': '' }])
    t.match(arrive(query), { kind: 'arrival', arrival: { context: {} } })
  t.end()
})

t.test('a challenge of the wrong size, or half of one, is no arrival', (t) => {
  const id = octal([CHAP_ID])
  for (const query of [
    { 'chap-id': id },
    { 'chap-id': id, 'chap-challenge': octal(CHALLENGE.subarray(1)) },
    { 'chap-id': id, 'chap-challenge': `${octal(CHALLENGE)}\\000` },
    { 'chap-id': `${id}${id}`, 'chap-challenge': octal(CHALLENGE) },
    { 'chap-id': '\\999', 'chap-challenge': octal(CHALLENGE) },
  ] as Record<string, string>[])
    t.same(arrive(query), { kind: 'bad-arrival' }, JSON.stringify(query).slice(0, 60))
  t.end()
})

t.test('an arrival names a phone, and may tell that its login failed', (t) => {
  const of = (query: Record<string, string>) =>
    portal.arrival({ nas, query, url: 'http://portal.example/g/mikrotik' })
  t.match(of({ 'mac-esc': '02:00:5E:00:53:01' }), { arrival: { mac: PHONE, about: 'login' } })
  t.match(of({ mac: '02:00:5E:00:53:01', error: 'invalid password' }), { arrival: { about: 'failed' } })
  t.same(of({}), { kind: 'bad-arrival' })
  t.equal(portal.identifier({ identity: 'gw-2' }), 'gw-2')
  t.equal(portal.identifier({}), null)
  t.end()
})

// standards.md C3: MD5hex(chap-id octet + password + chap-challenge octets).
t.test('http-chap: the password goes back as an MD5 of id, password and challenge', (t) => {
  const url = handoff({ chapId: 'c3', chapChallenge: CHALLENGE.toString('hex') })
  const wanted = createHash('md5')
    .update(Buffer.concat([Buffer.of(CHAP_ID), Buffer.from('a password of 22 chars'), CHALLENGE]))
    .digest('hex')
  t.equal(url.searchParams.get('password'), wanted)
  t.equal(url.searchParams.get('username'), 'g1.visit.user')
  t.equal(url.searchParams.get('dst'), handoffOf().landingUrl)
  t.equal(url.searchParams.get('popup'), 'false')
  t.end()
})

t.test('http-pap: the password goes back as it is', (t) => {
  t.equal(handoff({}).searchParams.get('password'), 'a password of 22 chars')
  t.end()
})

t.test('the login page is the record’s, with the path that RouterOS has by default', (t) => {
  for (const [gatewayUrl, start] of [
    ['http://10.2.0.1/login', 'http://10.2.0.1/login?'],
    ['http://10.2.0.1', 'http://10.2.0.1/login?'],
    ['https://hotspot.example:8443/wifi/login', 'https://hotspot.example:8443/wifi/login?'],
  ] as const)
    t.ok(handoff({}, gatewayUrl).href.startsWith(start), gatewayUrl)
  t.end()
})
