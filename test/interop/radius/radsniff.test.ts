// FreeRADIUS's radsniff reads captures of our packets, of the vectors and of mutated packets: it names what we meant,
// reads what we read, and refuses what we refuse.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { parseMac } from '../../../core/domain/mac.ts'
import { credentialOf } from '../../../radius-server/authenticate/credential.ts'
import { accept } from '../../../radius-server/packet/accept.ts'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest } from '../../../radius-server/packet/authenticators.ts'
import { encodeRequest, reply } from '../../../radius-server/packet/encode.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import { SharedSecret } from '../../../radius-server/packet/secret.ts'
import { caseOf } from '../../radius-server/fuzz/cases.ts'
import { read } from '../../radius-server/packet/packets.ts'
import { readVectors } from '../../radius-server/packet/vectors.ts'
import { testFolder } from '../../support/stores.ts'
import { sniff, type Captured } from './capture.ts'
import { writtenByUs } from './codec.ts'
import { DICTIONARIES, dictionaryFolder, readDictionary } from './dictionary.ts'
import { isPlainlySent, spread, write } from './written.ts'

/** That of the vectors. */
const SECRET = 'xyzzy5461'
const secret = new SharedSecret(Buffer.from(SECRET))
const MUTATED = 4000
/** Codes that both know, so that what is compared is the rest. */
const CODES: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 11, 12, 13, 40, 41, 42, 43, 44, 45])

const folder = dictionaryFolder()
if (folder === null || spawnSync('radsniff', ['-h']).error)
  t.plan(0, 'radsniff is not installed (apt-get install freeradius-utils)')
else allTests(folder)

function allTests(from: string): void {
  t.test('it names every attribute of our requests and answers, and reads its value', async (t) => {
    const written = DICTIONARIES.flatMap((name) =>
      readDictionary(from, name).filter(isPlainlySent).map(write),
    )
    // Two dictionaries may name one number: the later name holds.
    const known = new Map(
      written.map((each) => [`${each.described.vendor} ${each.described.path.join('.')}`, each]),
    )
    const packets = spread([...known.values()])
    const captured = packets.flatMap((list, index): Captured[] => {
      const given = list.flatMap(writtenByUs)
      // A reply brings Proxy-State back by itself.
      const own = given.filter((each) => 'vendor' in each || each.type !== AttributeType.ProxyState)
      const request = encodeRequest({
        code: Code.AccessRequest,
        identifier: index % 256,
        attributes: given,
        secret,
        messageAuthenticator: true,
      })
      return [
        { datagram: request },
        { datagram: reply(read(request), Code.AccessAccept, own, secret), answers: 2 * index },
      ]
    })
    const sniffed = sniff(testFolder(t), captured, SECRET)
    for (const [index, { refused, lines }] of sniffed.entries()) {
      t.equal(refused, null)
      for (const { line, described } of packets[index >> 1] ?? [])
        t.ok(
          // Dates it prints as such.
          lines.includes(line) ||
            (described.kind === 'date' && lines.some((each) => each.startsWith(described.name))),
          `${line} ${index % 2 === 0 ? 'of a request' : 'of an answer'}`,
        )
    }
  })

  t.test('it reads the vectors as we do, passwords included', async (t) => {
    const names = new Map(
      DICTIONARIES.flatMap((name) => readDictionary(from, name))
        .filter(({ vendor, path }) => vendor === null && path.length === 1)
        .map(({ path, name }) => [path[0], name]),
    )
    const vectors = readVectors().filter(
      ({ answers, bytes }) => answers === undefined && CODES.has(bytes[0] ?? 0),
    )
    const sniffed = sniff(
      testFolder(t),
      vectors.map(({ bytes }) => ({ datagram: bytes })),
      SECRET,
    )
    for (const [index, vector] of vectors.entries()) {
      const { refused, lines } = sniffed[index]!
      const packet = accept(vector.bytes, CODES)
      t.equal(refusesAlike(packet, refused), true, `${vector.name}: ${refused ?? 'read'}`)
      if (typeof packet === 'string' || refused !== null) continue
      const given = packet.attributes().filter(({ value }) => value.length > 0)
      const named = given.flatMap(({ type }) => names.get(type) ?? [])
      const found = lines.map((line) => line.replace(/(:\d+)? = .*/, ''))
      for (const name of named) t.ok(found.includes(name), `${vector.name}: ${name}`)
      if (vector.password !== undefined)
        t.ok(lines.includes(`User-Password = "${vector.password}"`), `${vector.name}: its password`)
    }
  })

  t.test(`of ${MUTATED} mutated packets it refuses those that we refuse`, async (t) => {
    const known = {
      mac: parseMac('02-00-5E-00-53-01')!,
      userName: 'g1.a-visitor-of-fuzzing',
      password: 'a password of fuzzing',
      code: 'HK2081XQ',
    }
    const cases = Array.from({ length: MUTATED }, (_, number) => caseOf(11, number, SECRET, known)).filter(
      ({ datagram }) => CODES.has(datagram[0] ?? 0) && datagram.length <= 4096,
    )
    const sniffed = sniff(testFolder(t), cases, SECRET)
    let refusals = 0
    for (const [index, { datagram, story }] of cases.entries()) {
      const packet = accept(datagram, CODES)
      const { refused } = sniffed[index]!
      if (refused !== null) refusals++
      if (!refusesAlike(packet, refused))
        t.fail(story, {
          us: typeof packet === 'string' ? packet : verifyRequest(packet, secret),
          it: refused,
          datagram: datagram.toString('hex'),
        })
    }
    t.ok(
      refusals > MUTATED / 10 && refusals < cases.length * 0.9,
      `it refused ${refusals} of ${cases.length}`,
    )
  })
}

/** Whether both refuse it, or both read it; some of what it refuses at once we refuse later, or may ignore. */
function refusesAlike(packet: Packet | string, refused: string | null): boolean {
  // Bounds of our own.
  if (packet === 'proxy-state-too-long' || packet === 'too-many-attributes') return true
  if (typeof packet === 'string') return refused !== null
  if (refused === null) return true
  const proof = verifyRequest(packet, secret)
  // It wants one wherever EAP-Message stands; where that has no meaning the Request Authenticator does for us.
  if (refused.startsWith('Insecure'))
    return packet.code === Code.AccessRequest || packet.code === Code.StatusServer
      ? proof === 'missing-message-authenticator'
      : packet.hasEapMessage
  if (refused.includes('Message-Authenticator has invalid length'))
    return (
      packet.all(AttributeType.MessageAuthenticator).some(({ length }) => length !== 16) && proof !== 'proved'
    )
  if (refused.includes('EAP-Message and non-EAP authentication'))
    return credentialOf(packet) === 'two-credentials'
  // RFC 2865 §5 has no type 0 and says that unknown types may be ignored.
  return refused.endsWith('Invalid attribute 0') && packet.has(0)
}
