// The same cities over the wire: signed packets, the accounting handler, a real Redis, and the events that it leaves.
import fc from 'fast-check'
import t from 'tap'
import { cityDay } from '../../core/domain/day.ts'
import type { SessionEvent } from '../../core/domain/event.ts'
import { classText } from '../../core/domain/grant.ts'
import { colonMac, dashedMac, type Mac } from '../../core/domain/mac.ts'
import { AccountingHandler } from '../../radius-server/handlers/accounting.ts'
import { endSilentSessions } from '../../radius-server/silence.ts'
import { parseAddress } from '../../radius-server/packet/address.ts'
import { SECRET, requestOf, stageFor } from '../radius-server/stage.ts'
import { ipv4, signedRequest, tlv, type Tlv } from '../radius-server/wire.ts'
import { testKeys, testRedis } from '../support/stores.ts'
import { judge } from './judge.ts'
import { expectedSessions } from './model.ts'
import type { Told } from './platform.ts'
import { isReport, type Arrived, type Counter } from './reports.ts'
import { arrivalsOf, worldOf } from './world.ts'

const redis = await testRedis(t)
// The first and the third count as RFC 2866 §5.3 says, the second from the visitor's side.
const stage = await stageFor(t, redis.url, [
  { gateway: 'mikrotik' },
  { gateway: 'coova-chilli' },
  { gateway: 'unifi' },
])
const NAMES = ['nas-1', 'nas-2', 'nas-3']
const REVERSED = 'nas-2'
const handler = new AccountingHandler(stage.handling)

const STATUS = { start: 1, stop: 2, interim: 3, on: 7, off: 8 } as const
const CAUSE: Readonly<Record<string, number>> = { 'User-Request': 1, 'Idle-Timeout': 4, 'Session-Timeout': 5 }
const SPELLINGS = [dashedMac, colonMac, (mac: Mac) => mac, (mac: Mac) => mac.replace(/(.{4})(?=.)/g, '$1.')]
const STATIONS = [(ap: Mac) => `${dashedMac(ap)}:Hanoi Free WiFi`, (ap: Mac) => colonMac(ap)]

function attributesOf({ nas, says, delaySeconds }: Arrived, turn: number): Tlv[] {
  const attributes: Tlv[] = [tlv(40, STATUS[says.status])]
  if (delaySeconds > 0) attributes.push(tlv(41, delaySeconds))
  if (!isReport(says)) return attributes
  attributes.push(tlv(44, says.acctSessionId), tlv(31, SPELLINGS[turn % SPELLINGS.length]!(says.mac)))
  const [input, output] = nas === REVERSED ? [says.to, says.from] : [says.from, says.to]
  const count = (counter: Counter | null, octets: number, gigawords: number): void => {
    if (counter) attributes.push(tlv(octets, counter.low))
    const rounds = counter?.gigawords ?? null
    if (rounds !== null) attributes.push(tlv(gigawords, rounds))
  }
  count(input, 42, 52)
  count(output, 43, 53)
  if (says.seconds !== null) attributes.push(tlv(46, says.seconds))
  if (says.cause !== null) attributes.push(tlv(49, CAUSE[says.cause]!))
  if (says.ip !== null) attributes.push(ipv4(8, says.ip))
  for (const each of says.ipv6) attributes.push([168, parseAddress(each)!])
  if (says.ap !== null) attributes.push(tlv(30, STATIONS[turn % STATIONS.length]!(says.ap)))
  if (says.classSession !== null) {
    const ticket = { session: says.classSession, visit: 'V'.repeat(16) }
    attributes.push(tlv(25, classText(testKeys.class, ticket, says.mac)))
  }
  return attributes
}

async function deliver(arrived: Arrived, turn: number): Promise<void> {
  stage.now = arrived.receivedAt
  const nas = stage.at(NAMES.indexOf(arrived.nas) + 1)
  const datagram = signedRequest(4, attributesOf(arrived, turn), { secret: SECRET, identifier: turn % 256 })
  const answer = await handler.handle(requestOf(datagram, nas, stage.now))
  if (answer.kind !== 'answer') throw new Error(`a report got ${JSON.stringify(answer)}`)
}

/** What analytics would read of each session. */
function toldBy(events: readonly SessionEvent[]): Told[] {
  const told = new Map<string, Told>()
  for (const { at, session, change, delta } of events) {
    const name = `${session.id} ${session.nas} ${session.mac} ${session.startedAt}`
    const each: Told = told.get(name) ?? { session, days: new Map(), steps: [] }
    told.set(name, each)
    each.session = session
    each.steps.push({ session, change, delta, at })
    const before = each.days.get(cityDay(at)) ?? { seconds: 0, from: 0n, to: 0n }
    each.days.set(cityDay(at), {
      seconds: before.seconds + delta.seconds,
      from: before.from + delta.fromVisitorOctets,
      to: before.to + delta.toVisitorOctets,
    })
  }
  return [...told.values()]
}

t.test('over the wire and through Redis, sessions and their days are the reference’s', async (t) => {
  let arrived = 0
  await fc.assert(
    fc.asyncProperty(
      worldOf({ losses: true, restarts: true }),
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 97 }),
      async ({ sent }, ties) => {
        await stage.clear()
        const arrivals = arrivalsOf(sent, ties)
        for (const [turn, each] of arrivals.entries()) await deliver(each, turn)
        await endSilentSessions(stage.sessions, NAMES, Infinity)
        judge({ told: toldBy(await stage.sessionEvents()) }, expectedSessions(arrivals))
        arrived += arrivals.length
      },
    ),
    { numRuns: 40, interruptAfterTimeLimit: 15_000 },
  )
  t.ok(arrived > 0, `${arrived} packets`)
})
