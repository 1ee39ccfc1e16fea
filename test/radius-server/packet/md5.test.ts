import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { Md5 } from '../../../radius-server/packet/md5.ts'

const sheet = new Md5(600)

const md5 = (octets: Uint8Array): string => {
  const digest = Buffer.alloc(16)
  sheet.message.set(octets)
  sheet.digest(octets.length, digest)
  return digest.toString('hex')
}

// RFC 1321 §A.5
const suite: readonly [string, string][] = [
  ['', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['a', '0cc175b9c0f1b6a831c399e269772661'],
  ['abc', '900150983cd24fb0d6963f7d28e17f72'],
  ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 'd174ab98d277d9f5a5611c2c9f419d9f'],
  ['1234567890'.repeat(8), '57edf4a22be3c955ac49da2e2107b67a'],
]

for (const [message, digest] of suite) {
  t.test(`the MD5 of "${message}" is that of RFC 1321`, async (t) =>
    t.equal(md5(Buffer.from(message)), digest),
  )
}

t.test('every length up to several blocks gives what node:crypto gives', async (t) => {
  for (let length = 0; length <= 300; length++) {
    const octets = Buffer.alloc(length, length)
    if (md5(octets) !== createHash('md5').update(octets).digest('hex')) t.fail(`${length} octets`)
  }
})

t.test('any octets give what node:crypto gives', async () => {
  const octets = fc.uint8Array({ maxLength: 600 })
  fc.assert(fc.property(octets, (octets) => md5(octets) === createHash('md5').update(octets).digest('hex')))
})

t.test('hashing goes on from the state after whole blocks', async () => {
  const blocks = fc.integer({ min: 1, max: 4 })
  const rest = fc.uint8Array({ maxLength: 200 })
  fc.assert(
    fc.property(blocks, rest, fc.nat(255), (blocks, rest, filler) => {
      const start = Buffer.alloc(blocks * 64, filler)
      sheet.message.set(start)
      const state = sheet.stateAfter(start.length)
      sheet.message.set(rest)
      const digest = Buffer.alloc(16)
      sheet.digest(rest.length, digest, 0, state)
      return digest.equals(createHash('md5').update(start).update(rest).digest())
    }),
  )
})

t.test('a state is not changed by hashing from it', async (t) => {
  sheet.message.fill(7, 0, 64)
  const state = sheet.stateAfter(64)
  const digests = [Buffer.alloc(16), Buffer.alloc(16)]
  for (const digest of digests) {
    sheet.message.fill(1, 0, 10)
    sheet.digest(10, digest, 0, state)
  }
  t.same(digests[0], digests[1])
})

t.test('the digest may be written into the message, at any place', async (t) => {
  sheet.message.fill(5, 0, 40)
  sheet.digest(40, sheet.message, 3)
  t.same(sheet.message.subarray(3, 19), createHash('md5').update(Buffer.alloc(40, 5)).digest())
})

t.test('a message of the whole capacity fits', async (t) => {
  for (const capacity of [0, 1, 55, 56, 63, 64, 119, 120]) {
    const sheet = new Md5(capacity)
    const digest = Buffer.alloc(16)
    sheet.message.fill(9, 0, capacity)
    sheet.digest(capacity, digest)
    t.same(digest, createHash('md5').update(Buffer.alloc(capacity, 9)).digest(), `${capacity} octets`)
  }
})
