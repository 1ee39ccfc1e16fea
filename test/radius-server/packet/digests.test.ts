import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { PacketDigests } from '../../../radius-server/packet/digests.ts'
import { maxSecretOctets, SharedSecret } from '../../../radius-server/packet/secret.ts'
import { octets, secret } from './packets.ts'

const digests = new PacketDigests()
const anySecret = octets(1, maxSecretOctets).map((bytes) => new SharedSecret(bytes))

t.test('any packet and secret give the digests of node:crypto', async () => {
  fc.assert(
    fc.property(octets(20, 4096), anySecret, (packet, secret) => {
      digests.lay(packet, packet.length)
      const md5 = createHash('md5').update(packet).update(secret.bytes).digest()
      const same = digests.authenticator(secret).equals(md5)
      digests.lay(packet, packet.length)
      return (
        same &&
        digests.messageAuthenticator(secret).equals(createHmac('md5', secret.bytes).update(packet).digest())
      )
    }),
  )
})

t.test('octets blanked or placed are signed in place of those of the packet', async (t) => {
  const packet = Buffer.alloc(60, 7)
  const source = Buffer.from('0123456789abcdefghij')
  const expected = Buffer.from(packet)
  expected.fill(0, 22, 38)
  source.copy(expected, 4, 2, 18)
  digests.lay(packet, 60)
  digests.blank(22)
  digests.place(4, source, 2)
  t.same(digests.messageAuthenticator(secret), createHmac('md5', secret.bytes).update(expected).digest())
  t.same(packet, Buffer.alloc(60, 7), 'the packet itself is not touched')
})

t.test('padding behind the packet is not signed', async (t) => {
  const padded = Buffer.alloc(100, 7)
  digests.lay(padded, 60)
  t.same(
    digests.authenticator(secret),
    createHash('md5').update(padded.subarray(0, 60)).update(secret.bytes).digest(),
  )
})
