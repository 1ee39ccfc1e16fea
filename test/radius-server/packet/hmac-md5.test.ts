import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { hmacMd5, hmacPads } from '../../../radius-server/packet/hmac-md5.ts'
import { Md5 } from '../../../radius-server/packet/md5.ts'

const sheet = new Md5(400)

const hmac = (key: Uint8Array, octets: Uint8Array): string => {
  const digest = Buffer.alloc(16)
  sheet.message.set(octets)
  hmacMd5(sheet, octets.length, hmacPads(key), digest)
  return digest.toString('hex')
}

// RFC 2202 §2
const cases: readonly [Buffer, Buffer, string][] = [
  [Buffer.alloc(16, 0x0b), Buffer.from('Hi There'), '9294727a3638bb1c13f48ef8158bfc9d'],
  [Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?'), '750c783e6ab0b503eaa86e310a5db738'],
  [Buffer.alloc(16, 0xaa), Buffer.alloc(50, 0xdd), '56be34521d144c88dbb8c733f0e8b3f6'],
  [
    Buffer.alloc(80, 0xaa),
    Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First'),
    '6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd',
  ],
]

for (const [index, [key, message, digest]] of cases.entries()) {
  t.test(`case ${index + 1} of RFC 2202 holds`, async (t) => t.equal(hmac(key, message), digest))
}

t.test('any key and message give what node:crypto gives', async () => {
  const key = fc.uint8Array({ minLength: 1, maxLength: 200 })
  const message = fc.uint8Array({ maxLength: 400 })
  fc.assert(
    fc.property(key, message, (key, message) => {
      return hmac(key, message) === createHmac('md5', key).update(message).digest('hex')
    }),
  )
})

t.test('a key of 63, 64 and 65 octets is padded or hashed as RFC 2104 says', async (t) => {
  for (const length of [63, 64, 65]) {
    const key = Buffer.alloc(length, 3)
    t.equal(hmac(key, Buffer.from('x')), createHmac('md5', key).update('x').digest('hex'))
  }
})
