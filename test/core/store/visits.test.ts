import t from 'tap'
import { parseMac } from '../../../core/domain/mac.ts'
import type { Visit, VisitGrant } from '../../../core/domain/visit.ts'
import { keys, LIFETIME } from '../../../core/store/keys.ts'
import { openLine } from '../../../core/store/line.ts'
import { newVisitId, VisitStore } from '../../../core/store/visits.ts'
import { testRedis, testStore } from '../../support/stores.ts'

const redis = await testRedis(t)
const store = await testStore(t, redis)
const line = await openLine(redis.url)
t.teardown(() => line.stop())
/** As the RADIUS server has it, and as the portal has it. */
const [visits, overClient] = [new VisitStore(line), new VisitStore(store, true)]

t.beforeEach(() => store.flushall())

const NOW = Date.parse('2026-03-12T05:00:00Z')
const PHONE = parseMac('02005E005301')!
const OTHER = parseMac('02005E005302')!

const arrival = (given: Partial<Visit> = {}): Visit => ({
  id: newVisitId(),
  nas: 'nas-1',
  site: 'lake',
  mac: PHONE,
  ap: null,
  ssid: 'Hồ Gươm\tWi-Fi',
  ip: '10.5.0.7',
  lang: 'vi',
  spoken: 'ko',
  device: { family: 'phone', os: 'android' },
  context: { challenge: 'ab'.repeat(16) },
  proved: true,
  createdAt: NOW,
  ...given,
})
const RIGHT: VisitGrant = {
  method: 'click-through',
  userName: 'g1.user',
  subject: 'm.device',
  grantedAt: NOW,
  validUntil: NOW + 3_600_000,
  allowance: { seconds: 7200, octets: undefined },
  limits: {
    seconds: 3600,
    idleSeconds: 900,
    octets: undefined,
    downBitsPerSecond: 5_000_000,
    upBitsPerSecond: undefined,
  },
}
const ttl = (id: string): Promise<number> => store.ttl(keys.visit(id))

t.test('an arrival is found by its id for fifteen minutes, by whichever client', async (t) => {
  const visit = arrival()
  await visits.create(visit, false)
  for (const each of [visits, overClient])
    t.same(await each.find(visit.id), { visit, grant: null, revoked: false, acceptedAt: null, session: null })
  const seconds = await ttl(visit.id)
  t.ok(seconds > LIFETIME.arrival - 60 && seconds <= LIFETIME.arrival)
})

t.test('what is no visit’s id is not looked for, and an unknown one is nobody', async (t) => {
  for (const id of ['', 'x', '*'.repeat(16), 'a'.repeat(17), newVisitId()])
    t.equal(await visits.find(id), null, id)
  t.same(await visits.right(newVisitId()), { grant: null, revoked: false, acceptedAt: null })
})

t.test('a right is kept two days, and reads alike with the visit and alone', async (t) => {
  const visit = arrival()
  await overClient.create(visit, false)
  await overClient.grant(visit, RIGHT)
  t.same(await visits.right(visit.id), { grant: RIGHT, revoked: false, acceptedAt: null })
  t.match(await visits.find(visit.id), { visit, grant: RIGHT, revoked: false, acceptedAt: null })
  t.ok((await ttl(visit.id)) > LIFETIME.grantedVisit - 60)
})

t.test('the first redeeming counts, whichever NAS asks again', async (t) => {
  const visit = arrival()
  await visits.create(visit, false)
  await visits.grant(visit, RIGHT)
  await Promise.all([visits.accepted(visit, NOW + 1000), overClient.accepted(visit, NOW + 2000)])
  const first = (await visits.right(visit.id)).acceptedAt!
  t.ok([NOW + 1000, NOW + 2000].includes(first))
  await visits.accepted(visit, NOW + 9000)
  t.equal((await visits.right(visit.id)).acceptedAt, first)
  t.equal((await visits.provedByMac('nas-1', PHONE))?.visit.id, visit.id)
  t.equal(await visits.provedByMac('nas-2', PHONE), null, 'a device is proved at one NAS alone')
  t.equal(await visits.provedByMac('nas-1', OTHER), null)
})

t.test('a revoked right stays revoked until there is a new one, which begins afresh', async (t) => {
  const visit = arrival()
  await visits.create(visit, false)
  await visits.grant(visit, RIGHT)
  await visits.accepted(visit, NOW)
  await visits.revoke(visit.id)
  t.match(await visits.right(visit.id), { revoked: true, acceptedAt: NOW })
  await visits.update({ ...visit, lang: 'en' })
  t.match(
    await visits.find(visit.id),
    { revoked: true, visit: { lang: 'en' } },
    'the same arrival again is no right',
  )
  await visits.grant(visit, { ...RIGHT, userName: 'g1.again' })
  t.same(await visits.right(visit.id), {
    grant: { ...RIGHT, userName: 'g1.again' },
    revoked: false,
    acceptedAt: null,
  })
})

t.test(
  'what becomes of a visit is written while it is kept; one that is gone does not come back without an end',
  async (t) => {
    const visit = arrival()
    const session = { nas: 'nas-1', acctSessionId: 'a\tb', mac: PHONE }
    await visits.attachSession(visit.id, session)
    await visits.revoke(visit.id)
    await visits.update(visit)
    await visits.accepted(visit, NOW)
    t.equal(await store.exists(keys.visit(visit.id)), 0)
    await visits.create(visit, false)
    await visits.attachSession(visit.id, { ...session, more: 'that a session has' } as typeof session)
    t.same((await visits.find(visit.id))?.session, session)
    t.ok((await ttl(visit.id)) > 0)
  },
)

t.test('a device comes back to the visit that it made at that NAS, if its arrival was proved', async (t) => {
  const [proved, hearsay] = [arrival(), arrival({ mac: OTHER })]
  await visits.create(proved, true)
  await visits.create(hearsay, false)
  t.equal((await overClient.resume('nas-1', PHONE))?.visit.id, proved.id)
  t.equal(await visits.resume('nas-1', OTHER), null)
  t.equal(await visits.resume('nas-2', PHONE), null)
  const kept = (): Promise<number> => store.ttl(keys.resume('nas-1', PHONE))
  t.ok((await kept()) <= LIFETIME.arrival, 'no longer than the visit')
  await visits.grant(proved, RIGHT)
  t.ok((await kept()) > LIFETIME.grantedVisit - 60)
  await visits.grant(hearsay, RIGHT)
  t.equal(await store.exists(keys.resume('nas-1', OTHER)), 0)
  await store.del(keys.visit(proved.id))
  t.equal(await visits.resume('nas-1', PHONE), null, 'what is kept longer than the visit leads nowhere')
})

t.test('a device arrives once in fifteen minutes, however many ask at the same moment', async (t) => {
  const firsts = await Promise.all(
    [visits, overClient, visits].map((each) => each.isFirstArrival('nas-1', PHONE)),
  )
  t.equal(firsts.filter(Boolean).length, 1)
  t.ok(await visits.isFirstArrival('nas-1', OTHER))
  t.ok(await visits.isFirstArrival('nas-2', PHONE))
  t.ok((await store.ttl(keys.arrived('nas-1', PHONE))) > LIFETIME.arrival - 60)
})

t.test(
  'only who asks for it keeps visits in memory, and then what another process wrote is not held to',
  async (t) => {
    const visit = arrival()
    await visits.create(visit, false)
    t.equal(visits.remembered(visit.id), undefined, 'nothing of what was written here')
    await visits.find(visit.id)
    t.equal(visits.remembered(visit.id), undefined, 'nor of what was read')
    await overClient.find(visit.id)
    const read = overClient.remembered(visit.id)!
    t.same(read.visit, visit)
    t.same((await overClient.again(read))?.visit, visit)
    await visits.update({ ...visit, site: 'museum' })
    t.equal(await overClient.again(read), null)
    t.equal((await overClient.find(visit.id))?.visit.site, 'museum')
  },
)
