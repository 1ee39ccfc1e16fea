// What `packet/` and the pure readers behind it make of mutated packets, at a rate that no socket allows.
// By hand: npm run fuzz -- --cases=1000000 --seed=7
import t from 'tap'
import { parseMac } from '../../../core/domain/mac.ts'
import { credentialOf, proved } from '../../../radius-server/authenticate/credential.ts'
import { readAccounting } from '../../../radius-server/handlers/accounting-record.ts'
import { accept, accountingRequests, authenticationRequests } from '../../../radius-server/packet/accept.ts'
import { Code } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest } from '../../../radius-server/packet/authenticators.ts'
import { reply } from '../../../radius-server/packet/encode.ts'
import { readExtended } from '../../../radius-server/packet/extended.ts'
import { Packet } from '../../../radius-server/packet/packet.ts'
import { revealPassword } from '../../../radius-server/packet/passwords.ts'
import { dropReasons } from '../../../radius-server/packet/reasons.ts'
import { readTaggedInteger, readTaggedText } from '../../../radius-server/packet/tagged.ts'
import { readTlvs } from '../../../radius-server/packet/tlvs.ts'
import { testKeys } from '../../support/stores.ts'
import { knownNas, SECRET } from '../stage.ts'
import { provesReply, readWire } from '../wire.ts'
import { caseOf, type Case } from './cases.ts'
import { judge, type Verdict } from './judge.ts'
import { optionOf } from './random.ts'
import { disagreement } from './second-reading.ts'

const CASES = optionOf('cases', 20_000)
const SEED = optionOf('seed', 1)

const nas = knownNas()
const known = {
  mac: parseMac('02-00-5E-00-53-01')!,
  userName: 'g1.a-visitor-of-fuzzing',
  password: 'a password of fuzzing',
  code: 'HK2081XQ',
}
const reasons: ReadonlySet<string> = new Set(dropReasons)

const METHODS = Object.entries(Object.getOwnPropertyDescriptors(Packet.prototype))
  .filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function')
  .map(([name]) => name)
const VENDORS = [0, 9, 311, 14988]
const INSIDE = [0, 1, 8, 26, 255]
const room = Buffer.alloc(4096)

t.test(`${CASES} mutated packets are read, refused and answered as the RFCs say`, async (t) => {
  const verdicts: Record<Verdict, number> = { malformed: 0, forged: 0, unsigned: 0, signed: 0 }
  let slowest = 0
  for (let number = 0; number < CASES; number++) {
    const given = caseOf(SEED, number, SECRET, known)
    const begun = performance.now()
    try {
      verdicts[examine(given)]++
    } catch (error) {
      t.fail((error as Error).message, told(given, number, error))
      if (t.counts.fail >= 5) return
    }
    slowest = Math.max(slowest, performance.now() - begun)
    // Let the collector and the operator's Ctrl-C in.
    if (number % 10_000 === 9999) await new Promise((resolve) => setImmediate(resolve))
  }
  t.comment(`seed ${SEED}: ${JSON.stringify(verdicts)}, slowest ${slowest.toFixed(1)} ms`)
  for (const [verdict, count] of Object.entries(verdicts))
    t.ok(count > CASES / 100, `enough packets are ${verdict}`)
})

t.test('both judges agree on packets that are full of one thing', async (t) => {
  const attributes = (one: Buffer): Buffer => {
    const body = Buffer.concat(Array.from({ length: Math.floor(4076 / one.length) }, () => one))
    const packet = Buffer.concat([Buffer.alloc(20), body])
    packet[0] = Code.AccountingRequest
    packet.writeUInt16BE(packet.length, 2)
    return packet
  }
  const vendor = Buffer.of(26, 255, 0, 0, 0, 9)
  for (const [name, one] of [
    ['empty attributes', Buffer.of(1, 2)],
    ['fragments without an end', Buffer.of(245, 5, 1, 0x80, 0)],
    ['fragments that are none', Buffer.of(245, 4, 1, 0x80)],
    ['extended attributes', Buffer.of(241, 3, 1)],
    [
      'vendor attributes full of empty ones',
      Buffer.concat([vendor, Buffer.alloc(248, Buffer.of(1, 2)), Buffer.of(1)]),
    ],
    [
      'vendor attributes with empty ones that tile',
      Buffer.concat([Buffer.of(26, 254, 0, 0, 0, 9), Buffer.alloc(248, Buffer.of(1, 2))]),
    ],
    ['text that is no text', Buffer.concat([Buffer.of(1, 255), Buffer.alloc(253, 0xff)])],
  ] as const) {
    const datagram = attributes(one)
    t.doesNotThrow(() => examine({ port: 'acct', datagram, story: name }), name)
  }
})

/** Does with a datagram all that the server could; throws where two implementations disagree. */
function examine({ port, datagram }: Case): Verdict {
  const verdict = judge(datagram, port, SECRET)
  const before = Buffer.from(datagram)
  const packet = accept(datagram, port === 'auth' ? authenticationRequests : accountingRequests)
  if (typeof packet === 'string') {
    insist(verdict === 'malformed', `refused as ${packet}, and judged ${verdict}`)
    insist(reasons.has(packet), `${packet} is no reason of the list`)
    return verdict
  }
  insist(verdict !== 'malformed', 'accepted, and judged malformed')
  const proof = verifyRequest(packet, nas.shared)
  const wanted = { signed: 'proved', unsigned: 'unproved' }[verdict as string]
  if (wanted === undefined) insist(reasons.has(proof), `${proof}, and judged forged`)
  else insist(proof === wanted, `${proof}, and judged ${verdict}`)
  callEveryGetter(packet)
  const otherwise = disagreement(packet)
  insist(otherwise === null, `${otherwise} read otherwise the second time`)
  readInside(packet)
  const credential = credentialOf(packet)
  if (credential !== 'two-credentials' && credential !== 'eap')
    proved(packet, nas.shared, credential, known.password)
  revealPassword(packet, nas.shared)
  if (proof === 'proved' || proof === 'unproved') {
    readAccounting({ packet, nas, proof, receivedAt: 0 }, testKeys.class)
    answer(packet)
  }
  insist(datagram.equals(before), 'reading it changed it')
  return verdict
}

/** The answer verifies by the second implementation, fits a packet and brings every Proxy-State back in order. */
function answer(packet: Packet): void {
  const request = packet.datagram.subarray(0, packet.length)
  for (const code of [Code.AccessReject, Code.AccountingResponse]) {
    const bytes = reply(packet, code, [], nas.shared)
    insist(bytes.length <= 4096, 'the answer is longer than a packet')
    insist(provesReply(bytes, request, SECRET), 'the answer does not verify')
    const states = (datagram: Buffer): string =>
      readWire(datagram)
        .attributes.filter(([type]) => type === 33)
        .map(([, value]) => value.toString('hex'))
        .join()
    insist(states(bytes) === states(request), 'Proxy-State came back changed')
  }
}

/** What stands inside of attributes, to the bottom: extended ones, TLVs, tags. Nothing comes out that did not go in. */
function readInside(packet: Packet): void {
  let octets = 0
  for (const { value } of readExtended(packet)) {
    octets += value.length
    let level: Buffer[] = [value]
    while (level.length > 0) level = level.flatMap((each) => readTlvs(each) ?? []).map((tlv) => tlv.value)
  }
  insist(octets <= packet.length, 'extended attributes hold more octets than came')
  for (const { value } of packet.attributes()) {
    readTaggedInteger(value)
    readTaggedText(value)
  }
}

/** Calls all that a packet can be asked, by reflection: a getter that is added is fuzzed from its first day. */
function callEveryGetter(packet: Packet): void {
  const types = [...new Set(packet.attributes().map(({ type }) => type))].slice(0, 40)
  for (const name of METHODS) {
    const method = Reflect.get(packet, name) as (...given: unknown[]) => unknown
    const ask = (...given: unknown[]): unknown => Reflect.apply(method, packet, given)
    if (method.length === 0) ask()
    else if (name === 'copyAll') for (const type of types) ask(type, room, 0)
    else if (name.startsWith('vendor'))
      for (const vendor of VENDORS) for (const type of INSIDE) ask(vendor, type)
    else for (const type of types) ask(type, types[0])
  }
}

function insist(holds: boolean, message: string): void {
  if (!holds) throw new Error(message)
}

function told({ port, datagram, story }: Case, number: number, error: unknown): object {
  const found = String((error as Error).stack)
  return { found, seed: SEED, case: number, port, story, datagram: datagram.toString('hex') }
}
