import t from 'tap'
import {
  chapPassword,
  chapResponse,
  signedUrl,
  uamChallenge,
  uamPassword,
} from '../../../../cli/simulate/gateways/chap.ts'

/** All digests here were computed with Python's hashlib. */
const CHALLENGE = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
const SECRET = 'demo-uam-secret-001'
const MIXED = '56b355b88f6ecddb8482dccdaee51d85'

t.test('the challenge is hashed with the UAM secret, where there is one', async (t) => {
  t.equal(uamChallenge(CHALLENGE, SECRET).toString('hex'), MIXED)
  t.equal(uamChallenge(CHALLENGE, null), CHALLENGE)
})

t.test('a CHAP response is MD5 of identifier, password and challenge', async (t) => {
  const response = chapResponse(0, 'correct horse', Buffer.from(MIXED, 'hex'))
  t.equal(response.toString('hex'), '5c016e385136a0a50136b48a68248823')
  t.equal(chapPassword(7, response).toString('hex'), '075c016e385136a0a50136b48a68248823')
})

t.test('a PAP password longer than the challenge is read', async (t) => {
  const hex = '35dc27caea0db9fbecedaebecbc57fe422c730caf66ecddb8482dccdaee51d85'
  t.equal(uamPassword(hex, Buffer.from(MIXED, 'hex')), 'correct horse battery')
})

t.test('md is over the whole URL before it and the UAM secret', async (t) => {
  const url =
    'http://127.0.0.1:8080/g/coova-chilli?res=notyet&uamip=127.10.0.1&uamport=3990&challenge=00112233445566778899aabbccddeeff&mac=02-11-22-33-44-55'
  t.equal(signedUrl(url, SECRET), `${url}&md=D84C1DA8CC3A77FEE0341C53D0E03211`)
  t.equal(signedUrl(url, null), url)
})
