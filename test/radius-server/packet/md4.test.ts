import t from 'tap'
import { md4 } from '../../../radius-server/packet/md4.ts'

const hex = (message: string | Uint8Array): string => md4(Buffer.from(message)).toString('hex')

// RFC 1320 §A.5
const suite: readonly [string, string][] = [
  ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
  ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
  ['message digest', 'd9130a8164549fe818874806e1c7014b'],
  ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
  ['1234567890'.repeat(8), 'e33b4ddc9c38f2199c3e7b164fcc0536'],
]

for (const [message, digest] of suite)
  t.test(`the MD4 of "${message}" is that of RFC 1320`, async (t) => t.equal(hex(message), digest))

t.test('messages that end near the end of a block are padded as PHP pads them', async (t) => {
  const ofPhp: readonly [number, string][] = [
    [55, '052c1f0c44784453fb6c6c840cce13c8'],
    [56, '724a3377d6b13ad69cb909fc7b611ffc'],
    [57, 'e8b92ba216454a67a2f4f4beb7b63043'],
    [63, 'ebf57c1e4777bdd56b62facc80ff022e'],
    [64, '200ae97c0519314adaaa37e96dcac49b'],
    [65, '00b8ef6474e4b6d15f38e593b48d2a96'],
    [119, '0bb7b389c413f04c6c88672682501674'],
    [120, '9185f09e38f6c3a66489cad815a42f42'],
    [127, '93a3387682f94a799fbf9aef8ea65a12'],
    [128, '78e51fce9fcd982159b6d4c6062e89f0'],
    [200, 'b92b8f0b530de8382970d3ea1eefeaca'],
  ]
  for (const [length, digest] of ofPhp) t.equal(hex('q'.repeat(length)), digest, `${length} octets`)
  t.equal(hex(Uint8Array.from({ length: 256 }, (_, octet) => octet)), '298a05bc506e1ecd5a47fd41f874f1d2')
})

t.test('the message stays as it was', async (t) => {
  const message = Buffer.from('hoankiem')
  md4(message)
  t.equal(message.toString(), 'hoankiem')
})
