import t from 'tap'
import { credentialOf, proved, sentNoPassword } from '../../../radius-server/authenticate/credential.ts'
import { NOON, knownNas, requestOf, SECRET } from '../stage.ts'
import { msChapV2 } from '../ms-chap.ts'
import { accessRequest, tlv, vsa, type Proof, type Tlv } from '../wire.ts'

const nas = knownNas()
const packetOf = (more: readonly Tlv[] = [], proof?: Proof) =>
  requestOf(accessRequest([tlv(1, 'an'), ...more], { secret: SECRET, ...(proof && { proof }) }), nas, NOON)
    .packet

const EAP = tlv(79, Buffer.from('0201000501', 'hex'))
const ARAP = tlv(70, Buffer.alloc(16))
const MS_CHAP_V1 = vsa(311, 1, Buffer.alloc(50))
const MS_CHAP_V2 = vsa(311, 25, Buffer.alloc(50))

t.test('PAP, CHAP, MS-CHAPv2, EAP and nothing are told apart', async (t) => {
  t.equal(credentialOf(packetOf([], { pap: 'x' })), 'pap')
  t.equal(credentialOf(packetOf([], { chap: 'x' })), 'chap')
  t.equal(credentialOf(packetOf([EAP])), 'eap')
  t.equal(credentialOf(packetOf([MS_CHAP_V2])), 'ms-chap-v2')
  t.equal(credentialOf(packetOf()), 'none')
})

t.test('ARAP and the first MS-CHAP are credentials that prove nothing, not the lack of one', async (t) => {
  for (const credential of [ARAP, MS_CHAP_V1]) {
    const packet = packetOf([credential])
    t.equal(credentialOf(packet), 'unsupported')
    t.notOk(sentNoPassword(packet, nas.shared, 'unsupported'))
    t.equal(proved(packet, nas.shared, 'unsupported', ''), null)
  }
})

// RFC 3579 §3.3 note 1: of User-Password, CHAP-Password, ARAP-Password and EAP-Message at most one.
t.test('two credentials of any kind are one too many', async (t) => {
  const standard: Tlv[] = [EAP, ARAP, tlv(2, Buffer.alloc(16)), tlv(3, Buffer.alloc(17))]
  const second = [...standard, MS_CHAP_V1, MS_CHAP_V2]
  for (const [a, one] of second.entries())
    for (const [b, two] of second.entries())
      if (a !== b) t.equal(credentialOf(packetOf([one, two])), 'two-credentials', `${one[0]} and ${two[0]}`)
})

t.test('a password proves itself only in the way the request chose', async (t) => {
  const { shared } = nas
  const pap = packetOf([], { pap: 'Hồ Gươm' })
  t.same(proved(pap, shared, 'pap', 'Hồ Gươm'), [])
  for (const kind of ['chap', 'ms-chap-v2', 'none'] as const)
    t.equal(proved(pap, shared, kind, 'Hồ Gươm'), null, kind)
  t.equal(proved(pap, shared, 'pap', 'Hồ Tây'), null)
  const chap = packetOf([], { chap: 'Hồ Gươm', ident: 200, challenge: Buffer.alloc(16, 3) })
  t.same(proved(chap, shared, 'chap', 'Hồ Gươm'), [])
  t.equal(proved(chap, shared, 'pap', 'Hồ Gươm'), null)
})

t.test('PAP carries 128 octets of UTF-8, to the last', async (t) => {
  const long = `${'phố '.repeat(21)}xx`
  t.equal(Buffer.byteLength(long), 128)
  t.same(proved(packetOf([], { pap: long }), nas.shared, 'pap', long), [])
  t.equal(proved(packetOf([], { pap: `${long.slice(0, -1)}y` }), nas.shared, 'pap', long), null)
})

t.test(
  'letters composed and decomposed are two passwords: octets are compared, not how they look',
  async (t) => {
    const [typed, other] = ['Hồ', 'Hồ'.normalize('NFD')]
    t.not(typed, other)
    t.equal(proved(packetOf([], { pap: typed }), nas.shared, 'pap', other), null)
    t.equal(proved(packetOf([], { chap: typed }), nas.shared, 'chap', other), null)
  },
)

t.test('only MS-CHAPv2 answers that we know the password, too', async (t) => {
  const { attributes, success } = msChapV2({ userName: 'an', password: 'Hồ Gươm' })
  const packet = packetOf(attributes)
  t.same(proved(packet, nas.shared, 'ms-chap-v2', 'Hồ Gươm'), [{ vendor: 311, type: 26, value: success }])
  t.equal(proved(packet, nas.shared, 'ms-chap-v2', 'Hồ Tây'), null)
})

t.test('a CHAP-Password of a wrong length, and one without its challenge, are wrong passwords', async (t) => {
  for (const length of [1, 16, 18, 253])
    t.equal(
      proved(packetOf([tlv(3, Buffer.alloc(length))]), nas.shared, 'chap', 'x'),
      null,
      `${length} octets`,
    )
  const other = packetOf([], { chap: 'x', challenge: Buffer.alloc(4) })
  t.equal(proved(other, nas.shared, 'chap', 'x'), null, 'a challenge of four octets')
})

t.test('an empty password proves nothing, it only tells that none was typed', async (t) => {
  const empty = packetOf([], { pap: '' })
  t.equal(proved(empty, nas.shared, 'pap', ''), null)
  t.ok(sentNoPassword(empty, nas.shared, 'pap'))
  t.ok(sentNoPassword(packetOf(), nas.shared, 'none'))
  t.notOk(sentNoPassword(packetOf([], { pap: 'x' }), nas.shared, 'pap'))
  t.notOk(sentNoPassword(packetOf([], { chap: '' }), nas.shared, 'chap'), 'CHAP never tells')
})
