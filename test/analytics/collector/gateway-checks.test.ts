import t from 'tap'
import { BatchWriter } from '../../../analytics/collector/batch-writer.ts'
import { readAfter } from '../../../analytics/collector/streams.ts'
import { dashedMac, parseMac, type Mac } from '../../../core/domain/mac.ts'
import { forgetChecks, gatewayChecks } from '../../../core/records/session-checks.ts'
import { handleAccess } from '../../../radius-server/handlers/access.ts'
import { AccountingHandler } from '../../../radius-server/handlers/accounting.ts'
import type { KnownNas } from '../../../radius-server/nas-table.ts'
import { asking, tapped } from '../../radius-server/authenticate/visitor.ts'
import { NOON, requestOf, SECRET, stageFor } from '../../radius-server/stage.ts'
import { readWire, signedRequest, tlv, valueOf, type Tlv } from '../../radius-server/wire.ts'
import { testKeys, testPostgres, testRecords, testRedis } from '../../support/stores.ts'

/** Gateways that each do one thing wrong, over signed packets, a real Redis and a real PostgreSQL. */
const redis = await testRedis(t)
const records = await testRecords(t, await testPostgres(t))
const stage = await stageFor(t, redis.url, Array(11).fill({ gateway: 'mikrotik' }))
const handler = new AccountingHandler(stage.handling)
const writer = new BatchWriter({ records, keys: testKeys, now: () => stage.now })
let positions: ReadonlyMap<string, string> = new Map()

const [START, STOP, INTERIM] = [1, 2, 3]
const GIGAWORD = 2 ** 32
let devices = 0
let identifier = 0

/** What the collector finds, as it does while sessions go on. */
async function collected(): Promise<void> {
  const entries = await readAfter(stage.store, positions, 512)
  positions = (await writer.write(entries)).positions
}

interface Report {
  /** Which second of the session. */
  readonly at: number
  readonly status: number
  readonly octets?: number
}

/** A visitor's session as a good gateway reports it; what is given is what it does otherwise. */
async function session(nas: KnownNas, given: Partial<Habits> = {}): Promise<void> {
  const habits: Habits = { reports: GOOD, echoes: true, gigawords: true, id: `id-${++devices}`, ...given }
  const mac = parseMac(`02005E00${(0x1000 + ++devices).toString(16)}`) as Mac
  const station = dashedMac(mac)
  const { userName, password } = await tapped(stage, nas, { mac })
  const login = asking({ userName, station, proof: { pap: password } })
  const accepted = await handleAccess(stage.handling, requestOf(login, nas, stage.now))
  if (accepted.kind !== 'answer') throw new Error(`not let in: ${accepted.kind}`)
  const ticket = valueOf(readWire(accepted.bytes), 25)!
  const begun = stage.now
  for (const { at, status, octets = 0 } of habits.reports) {
    stage.now = begun + at * 1000
    const more: Tlv[] = [tlv(46, at), tlv(42, octets % GIGAWORD), tlv(43, octets % GIGAWORD)]
    if (habits.gigawords) for (const type of [52, 53]) more.push(tlv(type, Math.floor(octets / GIGAWORD)))
    if (habits.echoes) more.push([25, ticket])
    if (status === STOP) more.push(tlv(49, 1))
    const attributes = [tlv(40, status), tlv(44, habits.id), tlv(31, station), tlv(1, userName), ...more]
    const datagram = signedRequest(4, attributes, { secret: SECRET, identifier: identifier++ % 256 })
    const answer = await handler.handle(requestOf(datagram, nas, stage.now))
    if (answer.kind !== 'answer') throw new Error(`not recorded: ${answer.kind}`)
    await collected()
  }
}

interface Habits {
  readonly reports: readonly Report[]
  readonly echoes: boolean
  readonly gigawords: boolean
  readonly id: string
}

const GOOD: readonly Report[] = [
  { at: 0, status: START },
  { at: 300, status: INTERIM, octets: 1000 },
  { at: 601, status: INTERIM, octets: 2000 },
  { at: 700, status: STOP, octets: 2500 },
]
const LARGE: readonly Report[] = [
  { at: 0, status: START },
  { at: 300, status: INTERIM, octets: 1.5e9 },
  { at: 600, status: INTERIM, octets: 3e9 },
  { at: 900, status: STOP, octets: 4.5e9 },
]

/** Of which checks a gateway's sessions broke how many, as `check kept/of`. */
async function broken(nas: KnownNas): Promise<string[]> {
  const results = await gatewayChecks(records, nas.id, NOON - 86_400_000)
  return results.filter(({ kept, of }) => kept !== of).map(({ check, kept, of }) => `${check} ${kept}/${of}`)
}

t.beforeEach(() => {
  stage.now = NOON
})

t.test('a good gateway keeps every check, each of them asked', async (t) => {
  const nas = stage.at(1)
  await session(nas)
  await session(nas, { reports: LARGE })
  t.same(await gatewayChecks(records, nas.id, NOON - 1), [
    { check: 'session-id', kept: 2, of: 2 },
    { check: 'start', kept: 2, of: 2 },
    { check: 'interim', kept: 2, of: 2 },
    { check: 'interval', kept: 2, of: 2 },
    { check: 'usage', kept: 2, of: 2 },
    { check: 'stop', kept: 2, of: 2 },
    { check: 'stop-highest', kept: 2, of: 2 },
    { check: 'class', kept: 2, of: 2 },
    { check: 'gigawords', kept: 1, of: 1 },
  ])
})

/** What one habit breaks, beside one good session. */
const HABITS: readonly (readonly [what: string, habit: Partial<Habits>, broken: string])[] = [
  ['no Class', { echoes: false }, 'class 1/2'],
  ['no Interim-Update', { reports: [GOOD[0]!, GOOD[3]!] }, 'interim 1/2'],
  ['no Start', { reports: GOOD.slice(1) }, 'start 1/2'],
  [
    'a Stop with less than the report before it',
    { reports: [...GOOD.slice(0, 3), { ...GOOD[3]!, octets: 1500 }] },
    'stop-highest 1/2',
  ],
  [
    'usage that falls between reports',
    { reports: [GOOD[0]!, { ...GOOD[1]!, octets: 2200 }, GOOD[2]!, GOOD[3]!] },
    'usage 1/2',
  ],
  [
    'an interval of its own',
    { reports: [GOOD[0]!, { at: 600, status: INTERIM, octets: 9 }, { at: 700, status: STOP, octets: 9 }] },
    'interval 1/2',
  ],
  [
    'reports by the minute',
    {
      reports: [
        GOOD[0]!,
        ...Array.from({ length: 11 }, (_, i) => ({ at: 60 * (i + 1), status: INTERIM, octets: i })),
        GOOD[3]!,
      ],
    },
    'interval 1/2',
  ],
  ['no Gigawords', { reports: LARGE, gigawords: false }, 'gigawords 0/1'],
]

for (const [i, [what, habit, breaks]] of HABITS.entries())
  t.test(`a gateway fails one check for ${what}`, async (t) => {
    const nas = stage.at(i + 2)
    await session(nas)
    stage.now = NOON + 3_600_000
    await session(nas, habit)
    t.same(await broken(nas), [breaks])
  })

t.test('a gateway fails one check for an id that comes again, on another device or the same', async (t) => {
  const nas = stage.at(10)
  await session(nas, { id: '80000001' })
  stage.now = NOON + 3_600_000
  await session(nas, { id: '80000001' })
  t.same(await broken(nas), ['session-id 1/2'])
})

t.test(
  'a session that ended in silence lacks its Stop alone, and one that goes on is asked of its beginning',
  async (t) => {
    const nas = stage.at(11)
    await session(nas, { reports: GOOD.slice(0, 3) })
    t.same(await broken(nas), [])
    const asked = async (): Promise<string[]> =>
      (await gatewayChecks(records, nas.id, NOON - 1)).filter(({ of }) => of > 0).map(({ check }) => check)
    t.same(await asked(), ['session-id', 'start', 'usage', 'class'])
    stage.now = NOON + 3_600_000
    for (const ref of await stage.sessions.open(nas.id)) await stage.sessions.endIfSilent(ref, stage.now)
    await collected()
    t.same(await broken(nas), ['stop 0/1'])
  },
)

t.test('what is older than a report may look is forgotten', async (t) => {
  const nas = stage.at(1)
  await forgetChecks(records, NOON + 7 * 86_400_000)
  t.match(await gatewayChecks(records, nas.id, 0), [{ of: 2 }])
  await forgetChecks(records, NOON + 9 * 86_400_000)
  t.match(await gatewayChecks(records, nas.id, 0), [{ of: 0 }])
})
