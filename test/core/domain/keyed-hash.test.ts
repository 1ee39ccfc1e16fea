import fc from 'fast-check'
import t from 'tap'
import { keyedHash, signed, toBeSigned } from '../../../core/domain/keyed-hash.ts'
import { blake2sOfTheRfc } from '../../support/blake2s.ts'

/**
 * Python's: octets of the key, octets of the text, digest. Printed by
 *
 *     from base64 import urlsafe_b64encode
 *     from hashlib import blake2s
 *     for k in (1, 22, 32):
 *         for n in (0, 1, 63, 64, 65, 100, 128, 129, 300):
 *             key = bytes((i * 7 + k) % 256 for i in range(k))
 *             text = bytes(97 + (i * 5 + n) % 26 for i in range(n))
 *             print(k, n, urlsafe_b64encode(blake2s(text, key=key).digest()).decode().rstrip('='))
 */
const OF_PYTHON = [
  [1, 0, 'KflpH-RF0S82sXHrIxyZoA9iwLqcYYtatnU1wk6rZ_4'],
  [1, 1, 'x6Ja7cUpQnbW4abaCGAgB93IiQixNdkJDYfQrMjzMZk'],
  [1, 63, 'FIvnSYg05ek_A90DwOzFb1Cw2mistNJEcYZ7nOIeRbM'],
  [1, 64, 'dMd9WxgVuo8QQVVLZP0ICkYKOxjf0QXe9l6P4NDMxAw'],
  [1, 65, 'ekPZCWzjxylqGZcQ_nulQEGL-Gjoat2wuMmMigRpiag'],
  [1, 100, 'SFnl1J0avsNoSNjrUUcD8HLgNVTb87xwi0mM2oKgst8'],
  [1, 128, 'WX2-5_xC7ug9_Lsz6hHlqpiMv-RX2Z2Z-vGvHTted3Q'],
  [1, 129, 'bJvFs_W-mBysv56eEXMPAeh8v870lKAFVmyE7rQElwc'],
  [1, 300, '_zHgiTZHFauG7sxUZXNV8zKKHNLWGOrjB0P4wny8Xzs'],
  [22, 0, 'lKBi2weagJFvRBVt33SaKFTzq4oUeCyHQk7eoJR2-c4'],
  [22, 1, '7G4GgyANsaDMVkt8hMKE6ydmjbu4D5d-k0lG1a_87gk'],
  [22, 63, 'wZSo3QjQDLd8pIwMf8jfmGO2jOl0cwrP-gjyNQEg59Q'],
  [22, 64, 'yBcg4HC6UYwoPDsL_nEZq5_180RyvlvsmSk5UP-NlWM'],
  [22, 65, 'Fj9QOsz1dzAVQs-KGkbbR-EhO63tTSJJbYH37CFZI0o'],
  [22, 100, 'A832NSv8F1tDcu7Qz9k3jbCM96ArpIh7ermAQgpQSCo'],
  [22, 128, 'bPlvk4cWg3cHcHGgMU_442ZvMq6eUAgh83bayJyL-xc'],
  [22, 129, 'KSbfZ8R23MqWtpQJIbXh-14ZgqYpHjSxwbGKxDPOs1I'],
  [22, 300, 'LC575x7zngfpYECwIApNM2CH6fkgtplt0XEvokjaAAk'],
  [32, 0, 'fFV_4CQiLKucFj25zpBTzZnxb2mr2kqN4p43U4K1d_w'],
  [32, 1, 'rCLAiIPchh4NPJBn6iVWbn9okQ_p1mSpiKmdRIyKyII'],
  [32, 63, 'DcpwRM7mezNtl6SzBO-eKy43AEXqPu6jbmCxb33H1PY'],
  [32, 64, '04e2H3wnJoCOaGhuqKg0xsO7pAJbmZKpAx0Y_u3gMeA'],
  [32, 65, 'XpX1syFcJEyItFTpZeu1UHX6CT8h4WwbujLhab5GgOY'],
  [32, 100, 'ghBw0ncSHd_5cfOrfzGnlC1J_mi1l7n-qRAjEgra6P8'],
  [32, 128, '_ShLeC0q63czGxy6SmZfbBYP2e_25xbeF370kh8AgUM'],
  [32, 129, 'KNb-8A5wn4xRY7Ms5q8hZyoEmuYGT3x_U4s6y1GQwaY'],
  [32, 300, 'jDsJDuO0vJF0Q_8bSjYoZkINCMbar60xcIMm2a23pjo'],
] as const

const keyOf = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, i) => (i * 7 + length) & 255))
const textOf = (length: number): string =>
  String.fromCharCode(...Array.from({ length }, (_, i) => 97 + ((i * 5 + length) % 26)))

t.test('it is the keyed BLAKE2s that Python makes, once and again', (t) => {
  for (const [octets, length, digest] of OF_PYTHON) {
    const key = keyOf(octets)
    for (const when of ['once', 'again'])
      t.equal(keyedHash(key, textOf(length)), digest, `${octets}, ${length}, ${when}`)
    t.equal(blake2sOfTheRfc(key, textOf(length)), digest, 'and so is the one that tests use')
  }
  t.end()
})

t.test('for keys and texts of every length and script it is what the RFC words', (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 32 }),
      fc.oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 300 })),
      (octets, text) => keyedHash(Buffer.from(octets), text) === blake2sOfTheRfc(Buffer.from(octets), text),
    ),
  )
  t.end()
})

t.test('another text or another key gives another digest', (t) => {
  const key = fc.uint8Array({ minLength: 1, maxLength: 32 })
  const text = fc.string({ maxLength: 200 })
  fc.assert(
    fc.property(key, key, text, text, (one, other, text, another) => {
      const [a, b] = [Buffer.from(one), Buffer.from(other)]
      const given = keyedHash(a, text, 22)
      return (
        (keyedHash(a, another, 22) === given) === (text === another) &&
        (keyedHash(b, text, 22) === given) === a.equals(b)
      )
    }),
  )
  t.not(keyedHash(Buffer.from([1]), ''), keyedHash(Buffer.from([1, 0]), ''), 'a zero more in a key')
  t.end()
})

t.test('two keys by turns do not mix; one of no octets, or of more than 32, is refused', (t) => {
  const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  for (let round = 0; round < 3; round++)
    for (const key of keys) t.equal(keyedHash(key, 'ờ'), blake2sOfTheRfc(key, 'ờ'))
  t.throws(() => keyedHash(Buffer.alloc(0), ''), RangeError)
  t.throws(() => keyedHash(Buffer.alloc(33), ''), RangeError)
  t.end()
})

t.test('a key that is used for the first time does not disturb the text that is written', (t) => {
  const key = Buffer.alloc(32, 3)
  toBeSigned().text('Hồ ').text('Gươm')
  t.equal(signed(key).base64url(), blake2sOfTheRfc(key, 'Hồ Gươm'))
  t.end()
})
