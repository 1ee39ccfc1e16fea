import { format, inspect } from 'node:util'
import t from 'tap'
import { PacketError } from '../../../radius-server/packet/errors.ts'
import { maxSecretOctets, SharedSecret } from '../../../radius-server/packet/secret.ts'

const secret = new SharedSecret(Buffer.from('xyzzy5461'))

t.test('a secret that is logged, joined or serialised prints [secret]', async (t) => {
  t.equal(inspect(secret), '[secret]')
  t.equal(inspect(secret, { showHidden: true, getters: true }), '[secret]')
  t.equal(inspect({ nas: { secret } }), '{ nas: { secret: [secret] } }')
  t.equal(format('%s %o %j', secret, secret, secret), '[secret] [secret] "[secret]"')
  t.equal(String(secret), '[secret]')
  t.equal(JSON.stringify({ secret }), '{"secret":"[secret]"}')
})

t.test('a secret has no property of its own to copy', async (t) => {
  t.same(Object.getOwnPropertyNames(secret), [])
  t.same({ ...secret }, {})
})

t.test('a secret is a copy: the buffer it was made from may be wiped', async (t) => {
  const bytes = Buffer.from('a long enough secret')
  const secret = new SharedSecret(bytes)
  bytes.fill(0)
  t.equal(secret.bytes.toString(), 'a long enough secret')
})

t.test('a secret does not lie in the memory that small buffers share', async (t) => {
  t.equal(secret.bytes.buffer.byteLength, secret.bytes.length)
})

t.test('an empty secret is refused (RFC 2865 §3), and one that would not fit', async (t) => {
  for (const length of [0, maxSecretOctets + 1]) {
    t.throws(
      () => new SharedSecret(Buffer.alloc(length)),
      new PacketError('secret-malformed', ''),
      `${length} octets`,
    )
  }
  t.equal(new SharedSecret(Buffer.alloc(maxSecretOctets)).bytes.length, maxSecretOctets)
})

t.test('the error about a secret does not tell it', async (t) => {
  const long = 'k'.repeat(300)
  try {
    new SharedSecret(Buffer.from(long))
    t.fail('must throw')
  } catch (error) {
    t.notMatch(String(error), 'kkk')
    t.match(String(error), '300')
  }
})
