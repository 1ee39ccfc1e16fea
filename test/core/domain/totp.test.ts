import t from 'tap'
import { base32, codeAt, enrolmentUrl, stepOfCode } from '../../../core/domain/totp.ts'

/** RFC 6238 appendix B, SHA-1: eight digits under this secret. */
const SECRET = Buffer.from('12345678901234567890')
const VECTORS: readonly [seconds: number, code: string][] = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
]

t.test('the codes are those of RFC 6238', async (t) => {
  for (const [seconds, code] of VECTORS) t.equal(codeAt(SECRET, Math.floor(seconds / 30), 8), code)
})

t.test('a code is taken half a minute early or late, and no more', async (t) => {
  const now = 1_111_111_111_000
  const step = Math.floor(now / 30_000)
  for (const off of [-1, 0, 1]) t.equal(stepOfCode(SECRET, codeAt(SECRET, step + off), now), step + off)
  for (const off of [-2, 2]) t.equal(stepOfCode(SECRET, codeAt(SECRET, step + off), now), null)
  t.equal(
    stepOfCode(SECRET, ` ${codeAt(SECRET, step).slice(0, 3)} ${codeAt(SECRET, step).slice(3)}`, now),
    step,
  )
})

t.test('what is no code is none', async (t) => {
  for (const odd of ['', '12345', '1234567', 'abcdef', '١٢٣٤٥٦', '123456\0'])
    t.equal(stepOfCode(SECRET, odd, 0), null)
})

t.test('a secret is written as apps read it', async (t) => {
  // RFC 4648 §10
  t.equal(base32(Buffer.from('foobar')), 'MZXW6YTBOI')
  t.equal(base32(Buffer.from('fooba')), 'MZXW6YTB')
  t.equal(
    enrolmentUrl(Buffer.from('foobar'), { issuer: 'Hà Nội', account: 'linh:x' }),
    'otpauth://totp/H%C3%A0%20N%E1%BB%99i:linh%3Ax?secret=MZXW6YTBOI&issuer=H%C3%A0%20N%E1%BB%99i',
  )
})
