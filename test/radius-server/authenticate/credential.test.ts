import t from 'tap'
import { credentialOf, proves, sentNoPassword } from '../../../radius-server/authenticate/credential.ts'
import { NOON, knownNas, requestOf, SECRET } from '../stage.ts'
import { accessRequest, tlv, type Proof, type Tlv } from '../wire.ts'

const nas = knownNas()
const packetOf = (more: readonly Tlv[] = [], proof?: Proof) =>
  requestOf(accessRequest([tlv(1, 'an'), ...more], { secret: SECRET, ...(proof && { proof }) }), nas, NOON)
    .packet

const EAP = tlv(79, Buffer.from('0201000501', 'hex'))
const ARAP = tlv(70, Buffer.alloc(16))

t.test('PAP, CHAP, EAP and nothing are told apart', async (t) => {
  t.equal(credentialOf(packetOf([], { pap: 'x' })), 'pap')
  t.equal(credentialOf(packetOf([], { chap: 'x' })), 'chap')
  t.equal(credentialOf(packetOf([EAP])), 'eap')
  t.equal(credentialOf(packetOf()), 'none')
})

// RFC 3579 §3.3 note 1: of User-Password, CHAP-Password, ARAP-Password and EAP-Message at most one.
t.test('two credentials of any kind are one too many', async (t) => {
  const second: Tlv[] = [EAP, ARAP, tlv(2, Buffer.alloc(16)), tlv(3, Buffer.alloc(17))]
  for (const [a, one] of second.entries())
    for (const [b, two] of second.entries())
      if (a !== b) t.equal(credentialOf(packetOf([one, two])), 'two-credentials', `${one[0]} and ${two[0]}`)
})

t.test('a password proves itself only in the way the request chose', async (t) => {
  const { shared } = nas
  const pap = packetOf([], { pap: 'Hồ Gươm' })
  t.ok(proves(pap, shared, 'pap', 'Hồ Gươm'))
  t.notOk(proves(pap, shared, 'chap', 'Hồ Gươm'))
  t.notOk(proves(pap, shared, 'none', 'Hồ Gươm'))
  t.notOk(proves(pap, shared, 'pap', 'Hồ Tây'))
  const long = 'x'.repeat(128)
  t.ok(proves(packetOf([], { pap: long }), shared, 'pap', long), 'eight blocks')
  const chap = packetOf([], { chap: 'Hồ Gươm', ident: 200, challenge: Buffer.alloc(16, 3) })
  t.ok(proves(chap, shared, 'chap', 'Hồ Gươm'))
  t.notOk(proves(chap, shared, 'pap', 'Hồ Gươm'))
})

t.test('an empty password proves nothing, it only tells that none was typed', async (t) => {
  const empty = packetOf([], { pap: '' })
  t.notOk(proves(empty, nas.shared, 'pap', ''))
  t.ok(sentNoPassword(empty, nas.shared, 'pap'))
  t.ok(sentNoPassword(packetOf(), nas.shared, 'none'))
  t.notOk(sentNoPassword(packetOf([], { pap: 'x' }), nas.shared, 'pap'))
  t.notOk(sentNoPassword(packetOf([], { chap: '' }), nas.shared, 'chap'), 'CHAP never tells')
})
