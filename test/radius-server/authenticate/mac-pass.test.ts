import t from 'tap'
import { dashedMac, type Mac } from '../../../core/domain/mac.ts'
import type { Decision } from '../../../radius-server/authenticate/authenticate.ts'
import { testKeys, testRedis } from '../../support/stores.ts'
import { NOON, stageFor, type Stage } from '../stage.ts'
import { decided, OTHER_PHONE, PHONE, tapped } from './visitor.ts'
import { deviceSubject } from '../../../core/domain/grants.ts'

/** Two sites of one city: each its own rules and gateways, one live store. */
const redis = await testRedis(t)
const lake = await stageFor(t, redis.url, [{ macAuth: true }, { macAuth: true }])
const temple = await siteOf('temple', {
  login: ['click-through', 'voucher'],
  limits: { sessionSeconds: 1200, dailySeconds: 5400 },
})
const park = await siteOf('park', { login: ['voucher'], limits: { sessionSeconds: 1800 } })
const shut = await siteOf('shut', {}, { macAuth: false })

const HOUR = 3_600_000
const DAY = 24 * HOUR
const TODAY = '2026-03-12'
const subject = deviceSubject(testKeys.subject, PHONE)
const { passes, usage, visits, vouchers } = lake.rights

function siteOf(id: string, site: object, nas: object = {}): Promise<Stage> {
  return stageFor(t, redis.url, [{ id: `nas-of-${id}`, site: id, macAuth: true, ...nas }], { id, ...site })
}

function at(now: number): void {
  for (const stage of [lake, temple, park, shut]) stage.now = now
}

t.beforeEach(async () => {
  at(NOON)
  await lake.clear()
})

const comesBack = (stage: Stage, mac: Mac = PHONE, nas = 1): Promise<Decision> => {
  const name = dashedMac(mac)
  return decided(stage, stage.at(nas), { userName: name, station: name, proof: { pap: name } })
}
const reasonOf = (decision: Decision): string =>
  decision.kind === 'reject' ? decision.reason : 'was accepted'

/** A visitor who was let in at the lake, and his pass. */
async function visitor() {
  const here = await tapped(lake, lake.at(1))
  await visits.accepted(here.visit, lake.now)
  const pass = await passes.make({ mac: PHONE, visit: here.visit.id, now: lake.now }, 5)
  return { ...here, pass }
}

t.test(
  'a device with a pass comes back at a site where it never was, within that site’s limits',
  async (t) => {
    const { visit, pass } = await visitor()
    const decision = await comesBack(temple)
    t.match(decision, { kind: 'accept', limits: { seconds: 1200 }, again: false })
    if (decision.kind !== 'accept') return
    t.not(decision.visit.id, visit.id)
    t.match(await visits.find(decision.visit.id), {
      visit: { nas: 'nas-of-temple', site: 'temple', mac: PHONE },
      grant: { method: 'click-through', subject, userName: dashedMac(PHONE) },
    })
    t.equal((await passes.find(pass.id))?.devices.get(subject)?.visit, decision.visit.id)
  },
)

t.test('another device of the pass does, and what the first used at its site is missing', async (t) => {
  const { pass } = await visitor()
  t.equal(reasonOf(await comesBack(temple, OTHER_PHONE)), 'no-grant', 'not before it has joined')
  await passes.join(pass.id, { mac: OTHER_PHONE, visit: 'VVVVVVVVVVVVVVVV', now: lake.now })
  await usage.count(subject, TODAY, 's', { seconds: 5000, octets: 0 })
  t.match(await comesBack(temple, OTHER_PHONE), { kind: 'accept', limits: { seconds: 400 } })
  await usage.count(subject, TODAY, 's', { seconds: 5400, octets: 0 })
  t.equal(reasonOf(await comesBack(temple, OTHER_PHONE)), 'quota-time', 'by the rules of that site')
  t.equal((await comesBack(lake, OTHER_PHONE)).kind, 'accept', 'the lake gives 7200 seconds a day')
  at(NOON + DAY)
  t.match(await comesBack(temple, OTHER_PHONE), { kind: 'accept', limits: { seconds: 1200 } })
})

t.test('what it uses there counts for the pass', async (t) => {
  const { pass } = await visitor()
  await passes.join(pass.id, { mac: OTHER_PHONE, visit: 'VVVVVVVVVVVVVVVV', now: lake.now })
  const decision = await comesBack(temple, OTHER_PHONE)
  if (decision.kind !== 'accept') return t.fail(decision.reason)
  await visits.accepted(decision.visit, lake.now)
  for (const [status, seconds] of [
    ['start', 0],
    ['stop', 700],
  ] as const)
    await lake.sessions.record({
      status,
      nas: 'nas-of-temple',
      site: 'temple',
      acctSessionId: 'A1',
      mac: OTHER_PHONE,
      at: NOON + seconds * 1000,
      receivedAt: NOON + seconds * 1000,
      fromVisitorOctets: 10n,
      toVisitorOctets: 20n,
      gigawords: true,
      seconds,
      cause: null,
      userName: dashedMac(OTHER_PHONE),
      visit: null,
      ip: null,
      ap: null,
      interimSeconds: 300,
      classSession: null,
    })
  t.equal((await usage.used(subject, TODAY)).seconds, 700)
  t.equal((await usage.used(deviceSubject(testKeys.subject, OTHER_PHONE), TODAY)).seconds, 0)
})

t.test('it goes on where it was, once its hour there is over', async (t) => {
  await visitor()
  at(NOON + HOUR + 1000)
  t.match(await comesBack(lake), { kind: 'accept', limits: { seconds: 3600 }, again: false })
})

t.test('only where the NAS’s record allows it', async (t) => {
  await visitor()
  t.equal(reasonOf(await comesBack(shut)), 'mac-auth-off')
})

t.test('a revoked pass opens no site, not even the one where its last grant still lasts', async (t) => {
  const { pass } = await visitor()
  await passes.revoke(pass.id)
  for (const stage of [lake, temple, park]) t.equal(reasonOf(await comesBack(stage)), 'pass-revoked')
})

t.test('an expired pass is none', async (t) => {
  await visitor()
  at(NOON + 30 * DAY)
  t.equal(reasonOf(await comesBack(temple)), 'no-grant')
  await visitor()
  t.equal((await comesBack(temple)).kind, 'accept')
})

t.test('who disconnected stays away, everywhere, until he taps again', async (t) => {
  const { visit, pass } = await visitor()
  await passes.leave(pass.id, PHONE)
  t.equal(reasonOf(await comesBack(temple)), 'logged-out')
  await visits.revoke(visit.id)
  t.equal(reasonOf(await comesBack(lake)), 'revoked')
  await passes.join(pass.id, { mac: PHONE, visit: visit.id, now: lake.now })
  t.equal((await comesBack(temple)).kind, 'accept')
})

t.test('a session that staff ended does not come back at its gateway while its grant lasts', async (t) => {
  const { visit } = await visitor()
  await visits.revoke(visit.id)
  t.equal(reasonOf(await comesBack(lake)), 'revoked')
})

t.test('a site of codes lets in whose pass carries one, for what is left of it', async (t) => {
  const { pass } = await visitor()
  t.equal(reasonOf(await comesBack(park)), 'method-off')
  const code = { id: 'v1', site: 'lake', seconds: 1500, octets: null, devices: 1, expiresAt: null }
  await vouchers.publish('HK2081XQ', code)
  await passes.carry(pass.id, { digest: vouchers.digestOf('HK2081XQ'), devices: 1 })
  const decision = await comesBack(park)
  t.match(decision, { kind: 'accept', limits: { seconds: 1500 } })
  if (decision.kind === 'accept')
    t.match(await visits.find(decision.visit.id), { grant: { method: 'voucher', subject: 'v.v1' } })
  await usage.count('v.v1', null, 's', { seconds: 1400, octets: 0 })
  t.match(await comesBack(park), { kind: 'accept', limits: { seconds: 100 } })
  await usage.count('v.v1', null, 's', { seconds: 1500, octets: 0 })
  t.equal(reasonOf(await comesBack(park)), 'code-used')
})

t.test('a code that a gateway’s own form sent is carried, too', async (t) => {
  await vouchers.publish('HK2081XQ', {
    id: 'v1',
    site: 'lake',
    seconds: 1500,
    octets: null,
    devices: 1,
    expiresAt: null,
  })
  const first = await decided(lake, lake.at(1), { userName: 'HK2081XQ', proof: { pap: 'HK2081XQ' } })
  t.equal(first.kind, 'accept')
  t.match(await comesBack(park), { kind: 'accept', limits: { seconds: 1500 } })
  t.match(await passes.ofDevice(PHONE), { most: 1 })
})

t.test('a code that has expired opens nothing by its pass either', async (t) => {
  // The live store forgets expired codes by its own clock.
  at(Date.now())
  const { pass } = await visitor()
  const code = { id: 'v1', site: 'lake', seconds: null, octets: null, devices: 1, expiresAt: lake.now + HOUR }
  await vouchers.publish('HK2081XQ', code)
  await passes.carry(pass.id, { digest: vouchers.digestOf('HK2081XQ'), devices: 1 })
  t.equal((await comesBack(park)).kind, 'accept')
  at(lake.now + HOUR)
  t.equal(reasonOf(await comesBack(park)), 'method-off')
})

t.test('where the day is used up, the code of the pass goes on; not once it is taken back', async (t) => {
  const { pass } = await visitor()
  await vouchers.publish('HK2081XQ', {
    id: 'v1',
    site: 'lake',
    seconds: 900,
    octets: null,
    devices: 1,
    expiresAt: null,
  })
  await passes.carry(pass.id, { digest: vouchers.digestOf('HK2081XQ'), devices: 1 })
  await usage.count(subject, TODAY, 's', { seconds: 5400, octets: 0 })
  t.match(await comesBack(temple), { kind: 'accept', limits: { seconds: 900 } })
  await vouchers.revoke('HK2081XQ')
  at(NOON + HOUR)
  t.equal(reasonOf(await comesBack(temple)), 'quota-time')
})
