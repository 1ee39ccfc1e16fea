// Two implementations that were written apart must agree, except where the npm package `radius` is fooled.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { accept } from '../../../radius-server/packet/accept.ts'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest, verifyResponse } from '../../../radius-server/packet/authenticators.ts'
import { encodeRequest, reply } from '../../../radius-server/packet/encode.ts'
import { checkPap, revealPassword } from '../../../radius-server/packet/passwords.ts'
import { SharedSecret } from '../../../radius-server/packet/secret.ts'
import { address, integer, text, vendorText } from '../../../radius-server/packet/values.ts'
import { anyCode, octets, rawPacket, read } from './packets.ts'
import { capturesFolder, loadRadiusPackage } from './radius-package.ts'

const radius = loadRadiusPackage()
const secret = 'a secret of a NAS'
const ours = new SharedSecret(Buffer.from(secret))

/** Printable ASCII: the package stops at the first NUL of a block and reads passwords as UTF-8. */
const password = fc.string({ minLength: 1, maxLength: 128 })
const name = fc.string({ minLength: 1, maxLength: 253 })
/** Types it has no dictionary for, so that values pass as they are. */
const opaque = fc.array(fc.tuple(fc.integer({ min: 192, max: 223 }), octets(1, 253)), { maxLength: 6 })
const identifier = fc.nat(255)

t.test('we read and verify any Access-Request it encodes', async () => {
  fc.assert(
    fc.property(identifier, name, password, opaque, (identifier, name, password, opaque) => {
      const attributes = [['User-Name', name] as const, ['User-Password', password] as const, ...opaque]
      const sent = radius.encode({
        code: 'Access-Request',
        secret,
        identifier,
        attributes,
        add_message_authenticator: true,
      })
      const packet = read(sent)
      return (
        packet.identifier === identifier &&
        packet.text(AttributeType.UserName) === name &&
        verifyRequest(packet, ours) === 'proved' &&
        revealPassword(packet, ours)?.toString() === password &&
        checkPap(packet, ours, Buffer.from(password)) &&
        holds(packet.attributes(), opaque)
      )
    }),
  )
})

t.test('we read and verify any Accounting-Request it encodes', async () => {
  fc.assert(
    fc.property(identifier, name, opaque, (identifier, session, opaque) => {
      const attributes = [
        ['Acct-Status-Type', 'Stop'] as const,
        ['Acct-Session-Id', session] as const,
        ...opaque,
      ]
      const packet = read(radius.encode({ code: 'Accounting-Request', secret, identifier, attributes }))
      return (
        packet.integer(AttributeType.AcctStatusType) === 2 &&
        packet.text(AttributeType.AcctSessionId) === session &&
        verifyRequest(packet, ours) === 'proved' &&
        holds(packet.attributes(), opaque)
      )
    }),
  )
})

t.test('it reads and verifies any Access-Request we encode', async () => {
  fc.assert(
    fc.property(identifier, name, password, opaque, (identifier, name, password, opaque) => {
      const packet = encodeRequest({
        code: Code.AccessRequest,
        identifier,
        attributes: [
          text(AttributeType.UserName, name),
          integer(AttributeType.NasPort, 7),
          address(AttributeType.NasIpAddress, '192.0.2.1'),
          vendorText(14988, 8, '2M/10M'),
          ...opaque.map(([type, value]) => ({ type, value })),
        ],
        secret: ours,
        messageAuthenticator: true,
        credential: { kind: 'pap', password: Buffer.from(password) },
      })
      const decoded = radius.decode({ packet, secret })
      return (
        decoded.identifier === identifier &&
        decoded.attributes['User-Name'] === name &&
        decoded.attributes['User-Password'] === password &&
        decoded.attributes['NAS-Port'] === 7 &&
        decoded.attributes['NAS-IP-Address'] === '192.0.2.1' &&
        holds(
          decoded.raw_attributes.map(([type, value]) => ({ type, value })),
          opaque,
        )
      )
    }),
  )
})

t.test('it reads and verifies any Accounting-Request we encode', async () => {
  fc.assert(
    fc.property(identifier, name, (identifier, session) => {
      const attributes = [
        integer(AttributeType.AcctStatusType, 3),
        text(AttributeType.AcctSessionId, session),
      ]
      const { AccountingRequest } = Code
      const packet = encodeRequest({
        code: AccountingRequest,
        identifier,
        attributes,
        secret: ours,
        messageAuthenticator: false,
      })
      const decoded = radius.decode({ packet, secret })
      return (
        decoded.attributes['Acct-Status-Type'] === 'Interim-Update' &&
        decoded.attributes['Acct-Session-Id'] === session
      )
    }),
  )
})

t.test('it verifies any reply of ours, and we verify any of its', async () => {
  fc.assert(
    fc.property(identifier, name, (identifier, message) => {
      const attributes = [['User-Name', 'an'] as const, ['Proxy-State', Buffer.from('p')] as const]
      const request = radius.encode({
        code: 'Access-Request',
        secret,
        identifier,
        attributes,
        add_message_authenticator: true,
      })
      const response = reply(
        read(request),
        Code.AccessAccept,
        [text(AttributeType.ReplyMessage, message)],
        ours,
      )
      const theirs = radius.encode_response({
        packet: radius.decode({ packet: request, secret }),
        code: 'Access-Reject',
        secret,
        attributes: [['Reply-Message', message]],
      })
      return (
        radius.verify_response({ request, response, secret }) &&
        verifyResponse(read(theirs), request, ours) === 'proved' &&
        read(theirs).first(AttributeType.ProxyState)?.toString() === 'p'
      )
    }),
  )
})

t.test('we read its captures of real controllers as it does', async (t) => {
  const captures = [
    'aruba_mac_auth',
    'cisco_accounting',
    'cisco_accounting_response',
    'cisco_mac_auth',
    'cisco_mac_auth_reject',
    'eap_request',
    'motorola_accounting',
  ]
  for (const capture of captures) {
    const packet = readFileSync(new URL(`${capture}.packet`, capturesFolder))
    const decoded = radius.decode_without_secret({ packet })
    t.same(
      read(packet).attributes(),
      decoded.raw_attributes.map(([type, value]) => ({ type, value })),
      capture,
    )
  }
  const invalid = readFileSync(new URL('invalid_register.packet', capturesFolder))
  t.equal(typeof accept(invalid, anyCode), 'string')
})

t.test('an Accounting-Request forged without the secret fools it, not us', async (t) => {
  const { genuine, forged } = lookalikes((identifier) => {
    const attributes = [text(AttributeType.AcctSessionId, 'a'), integer(AttributeType.AcctStatusType, 1)]
    const packet = encodeRequest({
      code: Code.AccountingRequest,
      identifier,
      attributes,
      secret: ours,
      messageAuthenticator: false,
    })
    return { packet, at: 4 }
  })
  t.equal(
    radius.decode({ packet: forged, secret }).code,
    'Accounting-Request',
    'the package takes it for signed',
  )
  t.equal(verifyRequest(read(forged), ours), 'bad-request-authenticator')
  t.equal(verifyRequest(read(genuine), ours), 'proved')
})

t.test('a Message-Authenticator forged without the secret fools it, not us', async (t) => {
  const { genuine, forged } = lookalikes((identifier) => {
    const attributes = [text(AttributeType.UserName, 'an')]
    const { AccessRequest } = Code
    const packet = encodeRequest({
      code: AccessRequest,
      identifier,
      attributes,
      secret: ours,
      messageAuthenticator: true,
    })
    return { packet, at: 22 }
  })
  t.equal(radius.decode({ packet: forged, secret }).code, 'Access-Request', 'the package takes it for signed')
  t.equal(verifyRequest(read(forged), ours), 'bad-message-authenticator')
  t.equal(verifyRequest(read(genuine), ours), 'proved')
})

t.test('a Response Authenticator forged without the secret fools it, not us', async (t) => {
  const attributes = [integer(AttributeType.AcctStatusType, 1)]
  const requests: Buffer[] = []
  const { genuine, forged } = lookalikes((identifier) => {
    const { AccountingRequest } = Code
    const request = encodeRequest({
      code: AccountingRequest,
      identifier,
      attributes,
      secret: ours,
      messageAuthenticator: false,
    })
    requests.push(request)
    return { packet: reply(read(request), Code.AccountingResponse, [], ours), at: 4 }
  })
  const request = requests.at(-1) ?? Buffer.alloc(0)
  t.ok(
    radius.verify_response({ request, response: Buffer.from(forged), secret }),
    'the package takes it for signed',
  )
  t.equal(verifyResponse(read(forged), request, ours), 'bad-response-authenticator')
  t.equal(verifyResponse(read(genuine), request, ours), 'proved')
})

t.test('an attribute longer than its packet is decoded by it, not by us', async (t) => {
  const overlong = rawPacket(Code.AccessRequest, Buffer.from([1, 200, 0x61, 0x6e]))
  t.equal(radius.decode_without_secret({ packet: overlong }).attributes['User-Name'], 'an')
  t.equal(accept(overlong, anyCode), 'attribute-overflow')
})

t.test('a packet of five octets is decoded by it, not by us', async (t) => {
  const short = Buffer.from([1, 0, 0, 5, 0x41])
  t.equal(radius.decode_without_secret({ packet: short }).code, 'Access-Request')
  t.equal(accept(short, anyCode), 'datagram-too-short')
})

/** All of `given` are among `found`, octet for octet. */
function holds(
  found: readonly { type: number; value: Buffer }[],
  given: readonly [number, Buffer][],
): boolean {
  return given.every(([type, value]) =>
    found.some((other) => other.type === type && other.value.equals(value)),
  )
}

/**
 * A signed packet, and the same with one octet of the signature changed so that both read alike as UTF-8: a stray
 * continuation octet becomes another. A forger without the secret hits such a digest in some million tries.
 */
function lookalikes(encode: (identifier: number) => { packet: Buffer; at: number }): {
  genuine: Buffer
  forged: Buffer
} {
  for (let identifier = 0; identifier < 256; identifier++) {
    const { packet, at } = encode(identifier)
    const digest = packet.subarray(at, at + 16)
    for (let index = 0; index < 16; index++) {
      const forged = Buffer.from(packet)
      forged[at + index] = (digest[index] ?? 0) ^ 1
      const looksAlike = forged.subarray(at, at + 16).toString() === digest.toString()
      if (looksAlike) return { genuine: packet, forged }
    }
  }
  throw new Error('no digest of 256 has a stray continuation octet')
}
