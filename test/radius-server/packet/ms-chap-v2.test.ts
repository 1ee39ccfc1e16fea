import fc from 'fast-check'
import t from 'tap'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import {
  checkMsChapV2,
  failMsChapV2,
  hasMsChapV1,
  hasMsChapV2,
} from '../../../radius-server/packet/ms-chap-v2.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import { msChapV2, ntHash, type Login } from '../ms-chap.ts'
import type { Tlv } from '../wire.ts'
import { octets, rawPacket, read, tlv, vendorTlv } from './packets.ts'

const MICROSOFT = 311
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

const packetWith = (name: string | Buffer, attributes: readonly Tlv[]): Packet =>
  read(
    rawPacket(
      Code.AccessRequest,
      Buffer.concat([
        tlv(AttributeType.UserName, Buffer.from(name)),
        ...attributes.map((each) => tlv(...each)),
      ]),
    ),
  )
const packetOf = (login: Login): Packet => packetWith(login.userName, msChapV2(login).attributes)

/** A request whose MS-CHAP2-Response is changed before it is sent. */
function changed(login: Login, change: (response: Buffer) => Buffer): Packet {
  const [challenge, response] = msChapV2(login).attributes as [Tlv, Tlv]
  const inside = change(Buffer.from(response[1].subarray(6)))
  const again = vendorTlv(MICROSOFT, tlv(25, inside))
  return packetWith(login.userName, [challenge, [26, again.subarray(2)]])
}

// RFC 2759 §9.2
const RFC: Login = {
  userName: 'User',
  password: 'clientPass',
  authChallenge: hex('5b 5d 7c 7d 7b 3f 2f 3e 3c 2c 60 21 32 26 26 28'),
  peerChallenge: hex('21 40 23 24 25 5e 26 2a 28 29 5f 2b 3a 33 7c 7e'),
}

t.test('the login of RFC 2759 is right, and is answered as there', async (t) => {
  const { response, attributes } = msChapV2(RFC)
  t.same(ntHash('clientPass'), hex('44 eb ba 8d 53 12 b8 d6 11 47 44 11 f5 69 89 ae'))
  t.same(response, hex('82 30 9e cd 8d 70 8b 5e a0 8f aa 39 81 cd 83 54 42 33 11 4a 3d 85 d6 df'))
  t.same(checkMsChapV2(packetWith('User', attributes), 'clientPass'), {
    vendor: MICROSOFT,
    type: 26,
    value: Buffer.from('\x07S=407A5589115FD0D6209F510FE9C04566932CDA56'),
  })
  t.equal(checkMsChapV2(packetWith('User', attributes), 'clientpass'), undefined)
})

t.test('any password is right under any name and challenges, any other is wrong', async () => {
  const password = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  // A backslash would begin a Windows domain.
  const userName = fc.string({ maxLength: 60 }).filter((name) => !name.includes('\\'))
  const challenge = octets(16, 16)
  fc.assert(
    fc.property(
      password,
      password,
      userName,
      challenge,
      challenge,
      fc.nat(255),
      (password, other, userName, authChallenge, peerChallenge, ident) => {
        const login = { userName, password, authChallenge, peerChallenge, ident }
        const packet = packetOf(login)
        const success = checkMsChapV2(packet, password)
        return (
          success?.value.equals(msChapV2(login).success) === true &&
          (checkMsChapV2(packet, other) !== undefined) === (other === password)
        )
      },
    ),
  )
})

t.test('what is hashed is the password in UTF-16, so composed and decomposed letters differ', async (t) => {
  const packet = packetOf({ userName: 'an', password: 'Hồ Gươm 🐢' })
  t.ok(checkMsChapV2(packet, 'Hồ Gươm 🐢'))
  t.equal(checkMsChapV2(packet, 'Hồ Gươm 🐢'.normalize('NFD')), undefined)
})

t.test('a Windows domain before the name is not hashed (RFC 2759 §8.2)', async (t) => {
  const { attributes } = msChapV2({ userName: 'an', password: 'hoankiem' })
  t.ok(checkMsChapV2(packetWith('HANOI\\an', attributes), 'hoankiem'))
  t.equal(checkMsChapV2(packetWith('an\\HANOI', attributes), 'hoankiem'), undefined)
  const whole = msChapV2({ userName: 'HANOI\\an', password: 'hoankiem' })
  t.equal(checkMsChapV2(packetWith('HANOI\\an', whole.attributes), 'hoankiem'), undefined)
})

t.test('a realm behind the name may have been typed, or put there by the gateway', async (t) => {
  const { attributes, success } = msChapV2({ userName: 'an@b', password: 'clientPass' })
  const right = { vendor: 311, type: 26, value: success }
  for (const name of ['an@b', 'an@b@free.hanoi.vn', 'CITY\\an@b@free.hanoi.vn'])
    t.same(checkMsChapV2(packetWith(name, attributes), 'clientPass'), right, name)
  for (const name of ['an', 'an@b@c@d', 'an@b@c@'])
    t.equal(checkMsChapV2(packetWith(name, attributes), 'clientPass'), undefined, name)
})

t.test('one bit changed in the response or in a challenge makes it wrong', async (t) => {
  for (const at of [2, 17, 26, 33, 34, 41, 42, 49]) {
    const packet = changed(RFC, (response) => {
      response[at]! ^= 0x10
      return response
    })
    t.equal(checkMsChapV2(packet, 'clientPass'), undefined, `octet ${at}`)
  }
  const { attributes } = msChapV2(RFC)
  attributes[0]![1][6]! ^= 1
  t.equal(checkMsChapV2(packetWith('User', attributes), 'clientPass'), undefined, 'MS-CHAP-Challenge')
})

// CoovaChilli sends Ident, Flags and Reserved as they happen to be in its memory.
t.test('Ident, Flags and Reserved may be anything, and Ident comes back', async (t) => {
  const packet = changed(RFC, (response) => {
    response.fill(0xee, 0, 2)
    response.fill(0xee, 18, 26)
    return response
  })
  t.equal(checkMsChapV2(packet, 'clientPass')?.value[0], 0xee)
})

t.test('a response or challenge of another length, or none, is a wrong password', async (t) => {
  for (const length of [1, 24, 49, 51, 247]) {
    const packet = changed(RFC, () => Buffer.alloc(length))
    t.ok(hasMsChapV2(packet))
    t.equal(checkMsChapV2(packet, 'clientPass'), undefined, `a response of ${length} octets`)
  }
  const [, response] = msChapV2(RFC).attributes as [Tlv, Tlv]
  t.equal(checkMsChapV2(packetWith('User', [response]), 'clientPass'), undefined, 'no challenge')
  for (const length of [8, 15, 17]) {
    const short = vendorTlv(MICROSOFT, tlv(11, Buffer.alloc(length))).subarray(2)
    t.equal(checkMsChapV2(packetWith('User', [[26, short], response]), 'clientPass'), undefined)
  }
  t.equal(checkMsChapV2(packetWith('User', []), 'clientPass'), undefined, 'nothing at all')
})

t.test('no password, and one of more than 256 characters, is never right', async (t) => {
  t.equal(checkMsChapV2(packetOf({ userName: 'an', password: '' }), ''), undefined)
  t.ok(checkMsChapV2(packetOf({ userName: 'an', password: 'x'.repeat(256) }), 'x'.repeat(256)))
  const long = 'x'.repeat(257)
  t.equal(checkMsChapV2(packetOf({ userName: 'an', password: long }), long), undefined)
})

t.test('a name that is no UTF-8 is hashed as it came', async (t) => {
  const { attributes } = msChapV2({ userName: Buffer.of(0xff), password: 'hoankiem' })
  t.ok(checkMsChapV2(packetWith(Buffer.of(0xff), attributes), 'hoankiem'))
  t.equal(checkMsChapV2(packetWith(Buffer.of(0xfe), attributes), 'hoankiem'), undefined)
})

t.test('the versions are told apart', async (t) => {
  const first = vendorTlv(MICROSOFT, tlv(1, Buffer.alloc(50))).subarray(2)
  t.ok(hasMsChapV1(packetWith('an', [[26, first]])))
  t.notOk(hasMsChapV2(packetWith('an', [[26, first]])))
  t.ok(hasMsChapV2(packetOf(RFC)))
  t.notOk(hasMsChapV1(packetOf(RFC)))
})

t.test('a failure names its Ident, 691, no retry, a challenge and version 3 (RFC 2759 §6)', async (t) => {
  const packet = packetOf({ ...RFC, ident: 200 })
  packet.authenticator.set(Buffer.from('00112233445566778899aabbccddeeff', 'hex'))
  const { value, ...attribute } = failMsChapV2(packet)
  t.same(attribute, { vendor: MICROSOFT, type: 2 })
  t.equal(value[0], 200)
  const words = /^E=691 R=0 C=[0-9A-F]{32} V=3 M=Access refused$/
  t.match(value.subarray(1).toString(), words)
  t.notMatch(value.toString(), /00112233445566778899AABBCCDDEEFF/, 'and nothing else of the request')
  const empty = changed(RFC, () => Buffer.alloc(0))
  t.equal(
    failMsChapV2(empty).value.subarray(0, 3).toString(),
    '\0E=',
    'a response without Ident is answered, too',
  )
})
