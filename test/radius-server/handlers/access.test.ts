import t from 'tap'
import { colonMac, dashedMac } from '../../../core/domain/mac.ts'
import type { Answer } from '../../../radius-server/handlers/request.ts'
import { handleAccess } from '../../../radius-server/handlers/access.ts'
import type { KnownNas } from '../../../radius-server/nas-table.ts'
import { asking, OTHER_PHONE, PHONE, tapped, type Asking } from '../authenticate/visitor.ts'
import { NOON, requestOf, SECRET, stageFor } from '../stage.ts'
import { blake2sOfTheRfc } from '../../support/blake2s.ts'
import { testKeys, testRedis } from '../../support/stores.ts'
import { msChapV2 } from '../ms-chap.ts'
import { ipv4, numberOf, provesReply, readWire, textOf, tlv, valueOf, vendorOf } from '../wire.ts'

const redis = await testRedis(t)
const stage = await stageFor(t, redis.url, [
  { interimSeconds: 120 },
  { gateway: 'mikrotik' },
  { gateway: 'opennds', fasKey: 'a fas key' },
  { gateway: 'unifi' },
  { macAuth: true },
])
const [chilli, routerOs, opennds, unifi, byAddress] = [
  stage.at(1),
  stage.at(2),
  stage.at(3),
  stage.at(4),
  stage.at(5),
]

t.beforeEach(async () => {
  stage.now = NOON
  await stage.clear()
})

/** What goes back for a request, which has to be an answer that proves itself. */
async function answered(request: Asking, nas = chilli) {
  const datagram = asking(request)
  const answer = await handleAccess(stage.handling, requestOf(datagram, nas, stage.now))
  if (answer.kind === 'drop') throw new Error(`dropped: ${answer.reason}`)
  t.ok(provesReply(answer.bytes, datagram, SECRET), 'the answer proves itself')
  return { kind: answer.kind, wire: readWire(answer.bytes) }
}

const droppedFor = (answer: Answer): string => (answer.kind === 'drop' ? answer.reason : answer.kind)

t.test('an Access-Accept starts with Message-Authenticator', async (t) => {
  const { userName, password } = await tapped(stage, chilli)
  const { kind, wire } = await answered({ userName, proof: { pap: password } })
  t.equal(kind, 'answer')
  t.equal(wire.code, 2)
  t.equal(wire.attributes[0]?.[0], 80)
  t.equal(wire.attributes.filter(([type]) => type === 80).length, 1)
})

t.test(
  'an Access-Reject starts with Message-Authenticator too, and tells nothing of the reason',
  async (t) => {
    const { userName } = await tapped(stage, chilli)
    for (const request of [
      { userName, proof: { pap: 'wrong' } },
      { userName: 'nobody', proof: { pap: 'wrong' } },
    ]) {
      const { kind, wire } = await answered(request)
      t.equal(kind, 'reject')
      t.equal(wire.code, 3)
      t.same(
        wire.attributes.map(([type]) => type),
        [80, 18],
      )
      t.equal(textOf(wire, 18), 'Access refused')
    }
  },
)

t.test(
  'the reason of a reject goes to analytics with its device, which the funnel is counted by, and no name',
  async (t) => {
    const { userName } = await tapped(stage, chilli)
    await answered({ userName, proof: { pap: 'wrong' } })
    const events = await stage.events()
    const refusal = { kind: 'refusal', nas: 'nas-1', site: 'lake', reason: 'bad-password', at: NOON } as const
    t.same(events, [{ ...refusal, mac: PHONE }])
    t.notMatch(JSON.stringify(events), new RegExp(userName, 'i'))
  },
)

t.test('Class names a new session and the visit, signed for the device, with each Accept', async (t) => {
  const { userName, password, visit } = await tapped(stage, chilli)
  const one = textOf((await answered({ userName, proof: { pap: password } })).wire, 25)!
  const two = textOf((await answered({ userName, proof: { pap: password } })).wire, 25)!
  const [version, session, of, signature] = one.split('.')
  t.equal(version, 'c1')
  t.equal(of, visit.id)
  const signed = (mac: string): string =>
    blake2sOfTheRfc(testKeys.class, `class\nc1.${session}.${visit.id}\n${mac}`).slice(0, 16)
  t.equal(signature, signed(PHONE))
  t.not(signature, signed(OTHER_PHONE))
  t.not(two.split('.')[1], session, 'another Accept is another session')
})

t.test(
  'the same request at another worker, whose cache does not know it, gets the same answer',
  async (t) => {
    // RFC 5080 §2.2.2: a NAS that sends again must not be told of two sessions.
    const { userName, password } = await tapped(stage, chilli)
    await stage.rights.vouchers.publish('HK2081XQ', {
      id: 'vch-1',
      site: 'lake',
      seconds: null,
      octets: null,
      devices: 1,
      expiresAt: null,
    })
    for (const datagram of [
      asking({ userName, proof: { pap: password } }),
      asking({ userName: 'HK2081XQ', proof: { pap: '' } }),
    ]) {
      const [one, two] = await Promise.all(
        [1, 2].map(() => handleAccess({ ...stage.handling }, requestOf(datagram, chilli, stage.now))),
      )
      t.equal(one?.kind, 'answer')
      t.same(one, two)
    }
  },
)

t.test(
  'a visitor is noted as let in, so that his session’s clock runs and his device is known',
  async (t) => {
    const { userName, password, visit } = await tapped(stage, chilli)
    stage.now += 5000
    await answered({ userName, proof: { pap: password } })
    t.equal((await stage.rights.visits.find(visit.id))?.acceptedAt, NOON + 5000)
    t.equal((await stage.rights.visits.provedByMac(chilli.id, PHONE))?.visit.id, visit.id)
  },
)

t.test('limits are in the attributes and units of CoovaChilli', async (t) => {
  const { userName, password } = await tapped(stage, chilli)
  const { wire } = await answered({ userName, proof: { pap: password } })
  t.equal(numberOf(wire, 27), 3600, 'Session-Timeout')
  t.equal(numberOf(wire, 28), 900, 'Idle-Timeout')
  t.equal(numberOf(wire, 85), 120, 'Acct-Interim-Interval is the NAS’s own')
  t.equal(numberOf(wire, 29), undefined, 'no Termination-Action: the session just ends')
  const vendor = (id: number, type: number) => vendorOf(wire, id, type)?.readUInt32BE(0)
  t.equal(vendor(14122, 7), 2_000_000, 'WISPr-Bandwidth-Max-Up, bit/s')
  t.equal(vendor(14122, 8), 5_000_000, 'WISPr-Bandwidth-Max-Down, bit/s')
  t.equal(vendor(14559, 4), 2000, 'ChilliSpot-Bandwidth-Max-Up, kbit/s')
  t.equal(vendor(14559, 5), 5000, 'ChilliSpot-Bandwidth-Max-Down, kbit/s')
  t.equal(vendor(14559, 3), 1_000_000_000, 'ChilliSpot-Max-Total-Octets')
  t.equal(vendor(14559, 23), undefined, 'no Gigawords below 2³²')
})

t.test('limits are in the attributes and units of MikroTik', async (t) => {
  const { userName, password } = await tapped(stage, routerOs)
  const { wire } = await answered({ userName, proof: { pap: password } }, routerOs)
  t.equal(numberOf(wire, 27), 3600)
  t.equal(numberOf(wire, 85), 300)
  t.equal(vendorOf(wire, 14988, 8)?.toString(), '2000k/5000k', 'Mikrotik-Rate-Limit: rx is the upload')
  t.equal(vendorOf(wire, 14988, 17)?.readUInt32BE(0), 1_000_000_000, 'Mikrotik-Total-Limit')
  t.equal(vendorOf(wire, 14559, 3), undefined, 'nothing of another vendor')
})

t.test('a gateway gets of the limits what it understands', async (t) => {
  for (const [nas, wanted] of [
    [opennds, [80, 25, 27, 28, 85]],
    [unifi, [80, 25, 27, 26, 26, 85]],
  ] as const) {
    const { userName, password } = await tapped(stage, nas)
    const { wire } = await answered({ userName, proof: { pap: password } }, nas)
    t.same(
      wire.attributes.map(([type]) => type),
      wanted,
      nas.gateway,
    )
  }
})

t.test('Session-Timeout is what a quota leaves, once that is less than a session', async (t) => {
  const { userName, password, grant } = await tapped(stage, chilli)
  await stage.rights.usage.count(grant.subject, '2026-03-12', 'a', { seconds: 7199, octets: 999_999_999 })
  const { wire } = await answered({ userName, proof: { pap: password } })
  t.equal(numberOf(wire, 27), 1)
  t.equal(vendorOf(wire, 14559, 3)?.readUInt32BE(0), 1)
})

// Standards A3.9: what an attacker may choose of an answer helps him to forge another (CVE-2024-3596).
t.test('nothing of a request comes back but Proxy-State and the Ident of MS-CHAPv2', async (t) => {
  const { userName, password } = await tapped(stage, chilli)
  const text = 'MARKMARKMARKMARK'
  const mark = Buffer.from(text)
  const marked = [4, 8, 11, 18, 25, 26, 30, 44, 61, 87, 200].map((type) => tlv(type, mark))
  const more = [...marked, ...marked.map(([type, value]) => tlv(type, value.toString('hex')))]
  const { attributes } = msChapV2({ userName: text, password: 'wrong' })
  for (const request of [
    { userName, proof: { pap: password }, more },
    { userName: text, proof: { pap: text }, more },
    { userName: text, more: [...more, ...attributes] },
    { userName: text, more: [...more, tlv(79, mark)] },
    { userName, more: [...more, tlv(24, mark)] },
  ]) {
    const { wire } = await answered({ ...request, authenticator: mark })
    const said = Buffer.concat(wire.attributes.map(([, value]) => value)).toString('latin1')
    for (const echo of [text, mark.toString('hex')])
      t.notOk(said.toLowerCase().includes(echo.toLowerCase()), `code ${wire.code}: ${echo}`)
  }
})

t.test('Proxy-State comes back as it was, in order, behind everything else', async (t) => {
  const { userName, password } = await tapped(stage, chilli)
  const states = [Buffer.of(0, 1, 255), Buffer.from('two')]
  const more = states.map((state) => tlv(33, state))
  for (const proof of [{ pap: password }, { pap: 'wrong' }]) {
    const { wire } = await answered({ userName, proof, more })
    t.same(
      wire.attributes.slice(-2),
      states.map((state) => [33, state]),
    )
  }
})

t.test('an unproved request is answered alike where the NAS may send one', async (t) => {
  const { userName, password } = await tapped(stage, chilli)
  const { wire } = await answered({ userName, proof: { pap: password }, messageAuthenticator: false })
  t.equal(wire.code, 2)
  t.equal(wire.attributes[0]?.[0], 80)
})

/* MS-CHAPv2: RFC 2759, RFC 2548 §2.3 */

const MICROSOFT = 311
const MS_CHAP_ERROR = 2
const MS_CHAP2_SUCCESS = 26

t.test('who logs in by MS-CHAPv2 hears in the Accept that we know the password, too', async (t) => {
  const { userName, password, visit } = await tapped(stage, chilli)
  const login = msChapV2({ userName, password, ident: 42 })
  const { kind, wire } = await answered({ userName, more: login.attributes })
  t.equal(kind, 'answer')
  t.equal(wire.code, 2)
  t.same(vendorOf(wire, MICROSOFT, MS_CHAP2_SUCCESS), login.success)
  t.equal(vendorOf(wire, MICROSOFT, MS_CHAP_ERROR), undefined)
  t.equal(textOf(wire, 25)?.split('.')[2], visit.id)
  t.equal(numberOf(wire, 27), 3600, 'with the limits that PAP gets')
  const byPap = await answered({ userName, proof: { pap: password } })
  t.equal(vendorOf(byPap.wire, MICROSOFT, MS_CHAP2_SUCCESS), undefined, 'PAP asks for no such thing')
})

t.test('a refusal of MS-CHAPv2 says so in its own words, the same whatever the reason', async (t) => {
  const { userName, password } = await tapped(stage, chilli)
  for (const [name, word] of [
    [userName, 'wrong'],
    ['nobody', password],
    [dashedMac(PHONE), password],
  ] as const) {
    const more = msChapV2({ userName: name, password: word, ident: 42 }).attributes
    const authenticator = Buffer.alloc(16, 0xc5)
    const { kind, wire } = await answered({ userName: name, more, authenticator })
    t.equal(kind, 'reject')
    t.same(
      wire.attributes.map(([type]) => type),
      [80, 18, 26],
    )
    const error = vendorOf(wire, MICROSOFT, MS_CHAP_ERROR)
    t.equal(error?.[0], 42, 'the Ident of the response')
    t.match(error?.toString('latin1', 1), /^E=691 R=0 C=[0-9A-F]{32} V=3 M=Access refused$/)
    t.equal(vendorOf(wire, MICROSOFT, MS_CHAP2_SUCCESS), undefined)
  }
})

t.test('a wrong PAP or CHAP password is refused without a word of MS-CHAP', async (t) => {
  const { userName } = await tapped(stage, chilli)
  for (const proof of [{ pap: 'wrong' }, { chap: 'wrong' }])
    t.equal(vendorOf((await answered({ userName, proof })).wire, MICROSOFT, MS_CHAP_ERROR), undefined)
})

t.test(
  'a MAC authentication with an empty password or its own MAC is accepted where the NAS opts in',
  async (t) => {
    const { visit } = await tapped(stage, byAddress)
    await stage.rights.visits.accepted(visit, stage.now)
    const logins = [
      { userName: dashedMac(PHONE), proof: { pap: dashedMac(PHONE) } },
      { userName: colonMac(PHONE), proof: { pap: '' } },
    ]
    for (const login of logins) {
      const { wire } = await answered(login, byAddress)
      t.equal(wire.code, 2)
      t.equal(textOf(wire, 25)?.split('.')[2], visit.id)
      // RFC 5080 §2.1.1: the address is no secret.
      t.equal((await answered({ ...login, messageAuthenticator: false }, byAddress)).kind, 'reject')
    }
    t.equal((await answered(logins[1]!, chilli)).kind, 'reject')
    t.same(
      (await stage.events())
        .map((event) => event.kind === 'refusal' && `${event.nas} ${event.reason}`)
        .sort(),
      ['nas-1 mac-auth-off', 'nas-5 mac-auth-unproved', 'nas-5 mac-auth-unproved'],
    )
  },
)

t.test('a request that does not say from which NAS it is is answered and noted', async (t) => {
  // RFC 2865 §4.1, RFC 5080 §2.7.1
  const { userName, password } = await tapped(stage, chilli)
  for (const [more, notes] of [
    [[], 1],
    [[tlv(32, 'nas-1')], 0],
    [[ipv4(4, '10.1.0.1')], 0],
    [[ipv4(4, '169.254.0.1')], 1],
  ] as const) {
    stage.notes.length = 0
    t.equal((await answered({ userName, proof: { pap: password }, more })).wire.code, 2)
    t.same(stage.notes, Array(notes).fill(['no-nas-identification', 'nas-1']))
  }
})

t.test('State and Authorize-Only, which ask for what we never gave, are refused', async (t) => {
  // RFC 5080 §2.1.1
  const { userName, password } = await tapped(stage, chilli)
  for (const more of [[tlv(24, 'a state')], [tlv(6, 17)]])
    t.equal((await answered({ userName, proof: { pap: password }, more })).kind, 'reject')
  t.same(
    (await stage.events()).map((event) => event.kind === 'refusal' && event.reason),
    ['unknown-state', 'authorize-only'],
  )
})

t.test('two credentials, or none and no Message-Authenticator, are dropped', async (t) => {
  // RFC 3579 §3.3 note 1
  const { userName } = await tapped(stage, chilli)
  const answer = (request: Asking) =>
    handleAccess(stage.handling, requestOf(asking(request), chilli, stage.now)).then(droppedFor)
  const chap = tlv(3, Buffer.alloc(17))
  t.equal(await answer({ userName, proof: { pap: 'x' }, more: [chap] }), 'two-credentials')
  t.equal(await answer({ userName, messageAuthenticator: false }), 'no-credential')
  t.equal(await answer({ userName }), 'reject', 'with Message-Authenticator it is answered')
  t.same(
    (await stage.events()).map(({ kind }) => kind),
    ['refusal'],
    'what is dropped is no refusal of a visitor',
  )
})

t.test('EAP is refused, never begun', async (t) => {
  const { kind, wire } = await answered({
    userName: 'an@example.vn',
    more: [tlv(79, Buffer.of(2, 1, 0, 5, 1))],
  })
  t.equal(kind, 'reject')
  t.equal(valueOf(wire, 79), undefined)
  t.match(await stage.events(), [{ reason: 'eap-not-offered' }])
})

t.test('a NAS whose site is not in the tables yet is not answered: it will ask again', async (t) => {
  const lost: KnownNas = { ...chilli, site: 'nowhere' }
  const answer = await handleAccess(stage.handling, requestOf(asking({ userName: 'x' }), lost, stage.now))
  t.equal(droppedFor(answer), 'unknown-site')
})
