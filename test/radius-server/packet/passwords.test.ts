import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { PacketError } from '../../../radius-server/packet/errors.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import {
  answerChap,
  checkChap,
  checkPap,
  hidePassword,
  revealPassword,
} from '../../../radius-server/packet/passwords.ts'
import { octets, otherSecret, rawPacket, read, secret, tlv } from './packets.ts'

const authenticator = Buffer.from('0123456789abcdef')
const packetWith = (...attributes: Buffer[]): Packet => {
  const datagram = rawPacket(Code.AccessRequest, Buffer.concat(attributes))
  authenticator.copy(datagram, 4)
  return read(datagram)
}
const papPacket = (password: Uint8Array, by = secret): Packet =>
  packetWith(tlv(AttributeType.UserPassword, hidePassword(password, authenticator, by)))
const chapPacket = (password: Uint8Array, challenge: Buffer): Packet =>
  packetWith(
    tlv(AttributeType.ChapPassword, answerChap(7, password, challenge)),
    tlv(AttributeType.ChapChallenge, challenge),
  )

/** A password PAP can carry: it does not end in NUL, which is padding. */
const anyPassword = octets(1, 128).filter((password) => password.at(-1) !== 0)

t.test('by PAP any password is revealed and right, any other is wrong', async () => {
  fc.assert(
    fc.property(anyPassword, anyPassword, (password, other) => {
      const packet = papPacket(password)
      return (
        revealPassword(packet, secret)?.equals(password) === true &&
        checkPap(packet, secret, password) &&
        checkPap(packet, secret, other) === other.equals(password) &&
        !checkPap(packet, otherSecret, password)
      )
    }),
  )
})

t.test('PAP: hidden as RFC 2865 §5.2 says, block after block', async () => {
  fc.assert(
    fc.property(anyPassword, (password) => {
      const padded = Buffer.alloc(Math.ceil(password.length / 16) * 16)
      password.copy(padded)
      let before = authenticator
      const expected = Buffer.alloc(padded.length)
      for (let at = 0; at < padded.length; at += 16) {
        const mask = createHash('md5').update(secret.bytes).update(before).digest()
        for (let index = 0; index < 16; index++) {
          expected[at + index] = (padded[at + index] ?? 0) ^ (mask[index] ?? 0)
        }
        before = expected.subarray(at, at + 16)
      }
      return hidePassword(password, authenticator, secret).equals(expected)
    }),
  )
})

t.test('PAP: two wrong byte strings that look alike as text are not the same password', async (t) => {
  const [sent, expected] = [Buffer.from([0x61, 0x80]), Buffer.from([0x61, 0x81])]
  t.equal(sent.toString(), expected.toString())
  t.notOk(checkPap(papPacket(sent), secret, expected))
  t.ok(checkPap(papPacket(sent), secret, sent))
})

t.test('PAP: a password that begins like the right one, or goes on behind it, is wrong', async (t) => {
  const right = Buffer.from('hoankiem')
  for (const sent of ['hoankie', 'hoankiem1', 'hoankiem\0x', 'Hoankiem', '']) {
    t.notOk(checkPap(papPacket(Buffer.from(sent)), secret, right), JSON.stringify(sent))
  }
})

t.test('PAP: padding of more than one block is padding still', async (t) => {
  const right = Buffer.from('hoankiem')
  const packet = papPacket(Buffer.concat([right, Buffer.alloc(40)]))
  t.ok(checkPap(packet, secret, right))
  t.same(revealPassword(packet, secret), right)
})

t.test('PAP: nothing is right where no password was expected', async (t) => {
  const empty = papPacket(Buffer.alloc(0))
  t.same(revealPassword(empty, secret), Buffer.alloc(0))
  for (const expected of [Buffer.alloc(0), Buffer.alloc(16), Buffer.alloc(129, 1), Buffer.from('an\0')]) {
    t.notOk(checkPap(empty, secret, expected))
    t.notOk(checkPap(papPacket(expected.subarray(0, 128)), secret, expected))
  }
})

t.test('PAP: User-Password of another length than 16 to 128 in blocks of 16 is no password', async (t) => {
  for (const length of [0, 1, 15, 17, 144, 240]) {
    const packet = packetWith(tlv(AttributeType.UserPassword, Buffer.alloc(length)))
    t.equal(revealPassword(packet, secret), undefined, `${length} octets`)
    t.notOk(checkPap(packet, secret, Buffer.from('x')))
  }
  t.equal(revealPassword(packetWith(), secret), undefined)
  t.notOk(checkPap(packetWith(), secret, Buffer.from('x')))
})

t.test('PAP: a password of 128 octets fits, of 129 it does not', async (t) => {
  t.equal(hidePassword(Buffer.alloc(128, 1), authenticator, secret).length, 128)
  const hide = (): Buffer => hidePassword(Buffer.alloc(129, 1), authenticator, secret)
  t.throws(hide, new PacketError('password-malformed', ''))
})

t.test('PAP: what is revealed stays when the next password is', async (t) => {
  const first = revealPassword(papPacket(Buffer.from('first')), secret)
  revealPassword(papPacket(Buffer.from('second')), secret)
  t.equal(first?.toString(), 'first')
})

t.test('by CHAP any password is right by any challenge, any other is wrong', async () => {
  const challenge = octets(5, 253)
  const password = octets(1, 128)
  fc.assert(
    fc.property(password, password, challenge, (password, other, challenge) => {
      const packet = chapPacket(password, challenge)
      return checkChap(packet, password) && checkChap(packet, other) === other.equals(password)
    }),
  )
})

t.test(
  'CHAP: without CHAP-Challenge the Request Authenticator is the challenge (RFC 2865 §5.40)',
  async (t) => {
    const answer = tlv(AttributeType.ChapPassword, answerChap(7, Buffer.from('hoankiem'), authenticator))
    t.ok(checkChap(packetWith(answer), Buffer.from('hoankiem')))
    const challenge = tlv(AttributeType.ChapChallenge, Buffer.from('another challenge'))
    t.notOk(checkChap(packetWith(answer, challenge), Buffer.from('hoankiem')), 'CHAP-Challenge goes first')
  },
)

t.test('CHAP: the answer is the identifier and MD5(identifier + password + challenge)', async (t) => {
  const md5 = createHash('md5').update(Buffer.of(200)).update('hoankiem').update(authenticator).digest()
  t.same(answerChap(200, Buffer.from('hoankiem'), authenticator), Buffer.concat([Buffer.of(200), md5]))
})

t.test('CHAP: a challenge shorter than five octets is refused (RFC 2865 §5.40)', async (t) => {
  for (const length of [0, 4])
    t.notOk(checkChap(chapPacket(Buffer.from('x'), Buffer.alloc(length)), Buffer.from('x')))
  t.ok(checkChap(chapPacket(Buffer.from('x'), Buffer.alloc(5)), Buffer.from('x')))
})

t.test(
  'CHAP: no password, one too long, and an answer of another length than 17 are never right',
  async (t) => {
    t.notOk(checkChap(chapPacket(Buffer.alloc(0), authenticator), Buffer.alloc(0)))
    t.notOk(checkChap(chapPacket(Buffer.alloc(128, 1), authenticator), Buffer.alloc(129, 1)))
    t.notOk(checkChap(packetWith(), Buffer.from('x')))
    for (const length of [0, 1, 16, 18]) {
      t.notOk(checkChap(packetWith(tlv(AttributeType.ChapPassword, Buffer.alloc(length))), Buffer.from('x')))
    }
    t.throws(() => answerChap(1, Buffer.alloc(129), authenticator), new PacketError('password-malformed', ''))
    t.throws(
      () => answerChap(1, Buffer.alloc(1), Buffer.alloc(254)),
      new PacketError('password-malformed', ''),
    )
  },
)
