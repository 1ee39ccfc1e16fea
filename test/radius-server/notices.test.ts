import t from 'tap'
import { cityDay } from '../../core/domain/day.ts'
import type { Notice } from '../../core/domain/notice.ts'
import { dashedMac } from '../../core/domain/mac.ts'
import { Endings } from '../../core/store/endings.ts'
import { publishNotices } from '../../core/store/tables.ts'
import { accept, responses } from '../../radius-server/packet/accept.ts'
import { Code } from '../../radius-server/packet/attributes.ts'
import { AccountingHandler } from '../../radius-server/handlers/accounting.ts'
import { handleAccess } from '../../radius-server/handlers/access.ts'
import { PHONE, asking, tapped, type Visitor } from './authenticate/visitor.ts'
import { NOON, requestOf, SECRET, stageFor } from './stage.ts'
import { testRedis, until } from '../support/stores.ts'
import { signedRequest, tlv } from './wire.ts'

/** What a notice that lifts limits changes for RADIUS: what is granted, and what is not ended. */

const HOURS = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '05:00', to: '23:00' }]
const DAY = { seconds: 7200, octets: 1_000_000_000 }
const SESSION_TIMEOUT = 27

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [{ gateway: 'mikrotik' }], { hours: HOURS })
const nas = stage.at(1)
const { tables, sessions } = stage.handling
const { visits, usage } = stage.rights
const endings = new Endings({ store: stage.store, sessions, visits, usage, tables, wayTo: () => 'coa' })
const handler = new AccountingHandler(stage.handling, () => undefined)

const told = async (lifts: Notice['lifts'] | null): Promise<void> => {
  const flood: Notice = {
    id: 'flood',
    kind: 'warning',
    places: { kind: 'sites', ids: ['lake'] },
    from: NOON,
    until: null,
    title: { vi: 'Ngập', en: 'Flood' },
    body: { vi: 'Ngập', en: 'Flood' },
    lifts: lifts ?? [],
    approvedAt: NOON,
  }
  await publishNotices(stage.store, lifts === null ? [] : [flood])
  const known = () => tables.current.notices.flatMap((each) => each.lifts).join() === (lifts ?? []).join()
  await until(() => known() && tables.current.notices.length === (lifts === null ? 0 : 1))
}

/** What the gateway is answered: the code, and Session-Timeout if there is one. */
async function asks({ userName, password }: Visitor): Promise<[code: number, seconds?: number]> {
  const request = requestOf(asking({ userName, proof: { pap: password } }), nas, stage.now)
  const answer = await handleAccess(stage.handling, request)
  if (answer.kind === 'drop') throw new Error(answer.reason)
  const packet = accept(answer.bytes, responses)
  if (typeof packet === 'string') throw new Error(packet)
  const seconds = packet.integer(SESSION_TIMEOUT)
  return seconds === undefined ? [packet.code] : [packet.code, seconds]
}

let identifier = 0
async function reports({ userName }: Visitor, status: number, seconds: number, octets: number) {
  const attributes = [
    tlv(40, status),
    tlv(44, 's-1'),
    tlv(31, dashedMac(PHONE)),
    tlv(1, userName),
    tlv(46, seconds),
    tlv(42, octets),
  ]
  const datagram = signedRequest(4, attributes, { secret: SECRET, identifier: identifier++ % 256 })
  await handler.handle(requestOf(datagram, nas, stage.now))
  const session = await sessions.find({ nas: nas.id, acctSessionId: 's-1', mac: PHONE })
  if (!session) throw new Error('there is no session')
  return session
}

t.test(
  'a used-up day is granted again while a notice lifts it, without a limit, and refused afterwards',
  async (t) => {
    const visitor = await tapped(stage, nas)
    await usage.count(visitor.grant.subject, cityDay(NOON), 'before', { since: NOON - 7_200_000, ...DAY })
    t.same(await asks(visitor), [Code.AccessReject])
    await told(['time'])
    t.same(await asks(visitor), [Code.AccessReject], 'its data is used up, too')
    await told(['time', 'data'])
    t.same(await asks(visitor), [Code.AccessAccept])
    await told(null)
    t.same(await asks(visitor), [Code.AccessReject])
  },
)

t.test('a site that is closed lets people in while a notice lifts time', async (t) => {
  await stage.clear()
  stage.now = NOON + 11.5 * 3_600_000
  const visitor = await tapped(stage, nas)
  t.same(await asks(visitor), [Code.AccessReject])
  await told(['time', 'data', 'codes'])
  t.same(await asks(visitor), [Code.AccessAccept])
  await told(null)
})

t.test('no session is ended for a limit that is lifted, and each is held to it afterwards', async (t) => {
  await stage.clear()
  stage.now = NOON
  const visitor = await tapped(stage, nas)
  await visits.accepted(visitor.visit, stage.now)
  await reports(visitor, 1, 0, 0)
  await told(['time', 'data'])
  stage.now = NOON + 4 * 3_600_000
  let session = await reports(visitor, 3, 4 * 3600, 1_500_000_000)
  t.equal(await endings.reason(session, stage.now), null)
  const next = await endings.look(session, stage.now)
  t.ok(next.at <= stage.now + 15 * 60_000, 'it is looked at again within a quarter of an hour')
  await told(['data'])
  t.equal(await endings.reason(session, stage.now), 'quota-time')
  await told(['time'])
  t.equal(await endings.reason(session, stage.now), 'quota-data')
  await told(['time', 'data'])
  stage.now = NOON + 11.5 * 3_600_000
  session = await reports(visitor, 3, 11.5 * 3600, 1_500_000_001)
  await endings.atClosing(stage.now)
  t.equal(await stage.store.zcard('hs:{endings}:asked'), 0, 'it is past closing time')
  await visits.revoke(visitor.visit.id)
  t.equal(await endings.reason(session, stage.now), 'revoked', 'what is taken back is no limit')
  await told(null)
  await endings.atClosing(stage.now)
  t.equal(await stage.store.zcard('hs:{endings}:asked'), 1)
})
