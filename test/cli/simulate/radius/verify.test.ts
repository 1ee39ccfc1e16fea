import t from 'tap'
import { proveRequest, proveResponse } from '../../../../cli/simulate/radius/verify.ts'
import { dynamicRequest, parse, sign } from '../tiny-radius.ts'

const FROM = { address: '127.0.0.1', family: 'IPv4', port: 1, size: 0 } as const
const SECRET = 'xyzzy5461'
const request = (code: number): Buffer => {
  const octets = Buffer.alloc(20, 7)
  octets[0] = code
  octets.writeUInt16BE(20, 2)
  return octets
}
const accept = sign(parse(request(1), FROM), { code: 2, attributes: [[18, Buffer.from('hi')]] }, SECRET)

t.test('the answer of RFC 2865 §7.1 is good', async (t) => {
  const asked = Buffer.from(
    '010000380f403f9473978057bd83d5cb98f4227a01066e656d6f02120dbe708d93d413ce3196e43f782a0aee0406c0a8011005060000000 3'.replace(
      ' ',
      '',
    ),
    'hex',
  )
  const answered = Buffer.from(
    '0200002686fe220e7624ba2a1005f6bf9b55e0b20606000000010f06000000000e06c0a80103',
    'hex',
  )
  t.equal(proveResponse(answered, asked, SECRET, false), 'good')
  t.equal(proveResponse(answered, asked, SECRET, true), 'no-message-authenticator')
  t.equal(proveResponse(answered, asked, 'another', false), 'bad-authenticator')
})

t.test('an answer with Message-Authenticator is good, and any changed octet is not', async (t) => {
  t.equal(proveResponse(accept, request(1), SECRET, true), 'good')
  for (let at = 0; at < accept.length; at++) {
    const changed = Buffer.from(accept)
    changed[at] = changed[at]! ^ 0x01
    if (proveResponse(changed, request(1), SECRET, true) === 'good') t.fail(`octet ${at}`)
  }
})

t.test('a wrong Message-Authenticator is found even under a right authenticator', async (t) => {
  const { createHash } = await import('node:crypto')
  const forged = Buffer.from(accept)
  forged[25] = forged[25]! ^ 0xff
  request(1).copy(forged, 4, 4, 20)
  createHash('md5').update(forged).update(SECRET).digest().copy(forged, 4)
  t.equal(proveResponse(forged, request(1), SECRET, true), 'bad-message-authenticator')
})

t.test('what does not tile is refused before it is read', async (t) => {
  for (const octets of [
    Buffer.alloc(0),
    Buffer.alloc(19),
    accept.subarray(0, 30),
    Buffer.concat([accept, Buffer.from([1])]),
  ])
    t.equal(proveResponse(octets, request(1), SECRET, true), 'bad-length')
  const overlong = Buffer.from(accept)
  overlong[21] = 255
  t.equal(proveResponse(overlong, request(1), SECRET, true), 'bad-length')
})

t.test('a request to disconnect proves its secret', async (t) => {
  const octets = dynamicRequest(40, [[1, Buffer.from('user')]], SECRET)
  t.equal(proveRequest(octets, SECRET), 'good')
  t.equal(proveRequest(octets, 'another'), 'bad-authenticator')
})
