import { test } from 'tap'
import { codeDigest, newCode, parseCode, spacedCode } from '../../../core/domain/voucher.ts'

test('a code is eight characters that nobody confuses', (t) => {
  for (let i = 0; i < 200; i++) t.match(newCode(), /^[0-9A-HJKMNP-TV-Z]{8}$/)
  t.end()
})

test('O is 0, I and L are 1; spaces, dashes and case do not count', (t) => {
  t.equal(parseCode('hk20 81xq'), 'HK2081XQ')
  t.equal(parseCode('HKZO-8IXQ'), 'HKZ081XQ')
  t.equal(parseCode(' hkzo–8lxq '), 'HKZ081XQ')
  t.equal(parseCode('ＨＫ２０８１ＸＱ'), 'HK2081XQ', 'full-width characters of a Japanese keyboard')
  t.end()
})

test('what is no code is null', (t) => {
  for (const typed of ['', 'HK2081X', 'HK2081XQQ', 'HK2081XU', '<script>', '0'.repeat(9999)])
    t.equal(parseCode(typed), null, typed.slice(0, 20))
  t.end()
})

test('a printed code reads back as itself', (t) => {
  const code = newCode()
  t.equal(parseCode(spacedCode(code)), code)
  t.end()
})

test('the live store looks codes up by a keyed digest', (t) => {
  const digest = codeDigest(Buffer.alloc(32, 1), 'HK2081XQ')
  t.notMatch(digest, /HK2081XQ/)
  t.not(digest, codeDigest(Buffer.alloc(32, 2), 'HK2081XQ'))
  t.end()
})
