import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import {
  parsePassCode,
  passCode,
  passCodeDigest,
  passEnd,
  passState,
  passToken,
  passUntil,
  readPassToken,
  spacedPassCode,
  type Pass,
} from '../../../core/domain/pass.ts'

const key = Buffer.alloc(32, 5)
const NOW = Date.parse('2026-11-21T03:00:30Z')
const DAY = 86_400_000
const ticket = { id: 'AbCdEfGh12345_-x', endsAt: passEnd(NOW) }
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

test('a token names its pass and its last day, and is short', (t) => {
  const token = passToken(key, ticket)
  t.match(token, /^p1\.AbCdEfGh12345_-x\.[0-9a-z]+\.[A-Za-z0-9_-]{22}$/)
  t.ok(token.length <= 64, `${token.length} characters`)
  t.same(readPassToken(key, token), ticket)
  t.equal(passToken(key, ticket), token, 'a printed code stays the code of its pass')
  t.end()
})

test('a token with any character changed, cut or added is none', (t) => {
  const token = passToken(key, ticket)
  for (let at = 0; at < token.length; at++) {
    const other = token[at] === 'a' ? 'b' : 'a'
    t.equal(readPassToken(key, token.slice(0, at) + other + token.slice(at + 1)), null, `place ${at}`)
  }
  for (const text of ['', token.slice(1), token.slice(0, -1), `${token}a`, ` ${token}`, token.toUpperCase()])
    t.equal(readPassToken(key, text), null, JSON.stringify(text))
  t.equal(readPassToken(key, `${token}\n`), null)
  t.end()
})

test('another key’s token, and the parts of two tokens put together, are none', (t) => {
  t.equal(readPassToken(Buffer.alloc(32, 6), passToken(key, ticket)), null)
  const later = passToken(key, { ...ticket, endsAt: ticket.endsAt + 365 * DAY }).split('.')
  const [version, id, , signature] = passToken(key, ticket).split('.')
  t.equal(readPassToken(key, [version, id, later[2], signature].join('.')), null, 'a later end')
  t.end()
})

test('a pass waits 30 days for its next use and ends after 180', (t) => {
  const pass: Pass = {
    id: ticket.id,
    subject: 'm.x',
    most: 5,
    endsAt: ticket.endsAt,
    validUntil: passUntil(ticket.endsAt, NOW),
    isRevoked: false,
    code: null,
    devices: new Map(),
  }
  t.equal(pass.validUntil, NOW + 30 * DAY)
  t.equal(passState(pass, NOW + 30 * DAY - 1), 'valid')
  t.equal(passState(pass, NOW + 30 * DAY), 'expired')
  t.equal(passState({ ...pass, isRevoked: true }, NOW), 'revoked')
  const late = NOW + 170 * DAY
  t.equal(passUntil(ticket.endsAt, late), ticket.endsAt, 'its last days are no more than it has')
  t.ok(ticket.endsAt - NOW - 180 * DAY < 60_000, 'told in whole minutes')
  t.end()
})

test('the code of a pass is ten symbols that only the key can find', (t) => {
  const code = passCode(key, ticket.id)
  t.match(code, /^[0-9A-HJKMNP-TV-Z]{10}$/)
  t.equal(passCode(key, ticket.id), code)
  t.not(passCode(Buffer.alloc(32, 6), ticket.id), code)
  t.not(passCode(key, 'AbCdEfGh12345_-y'), code)
  t.match(passCodeDigest(key, code), /^[A-Za-z0-9_-]{22}$/)
  t.notMatch(passCodeDigest(key, code), code)
  t.end()
})

test('a code is read however it is typed', (t) => {
  const code = passCode(key, ticket.id)
  for (const typed of [
    code,
    spacedPassCode(code),
    code.toLowerCase(),
    ` ${code.slice(0, 3)}-${code.slice(3)} `,
  ])
    t.equal(parsePassCode(typed), code, typed)
  t.equal(parsePassCode(code.replaceAll('0', 'o').replaceAll('1', 'l')), code)
  for (const typed of ['', code.slice(1), `${code}0`, 'HK2081XQ', '😀'.repeat(5), 'x'.repeat(1000)])
    t.equal(parsePassCode(typed), null, typed.slice(0, 20))
  t.end()
})

test('no wrong symbol and no exchange of two goes unseen', (t) => {
  for (let round = 0; round < 20; round++) {
    const code = passCode(key, randomBytes(12).toString('base64url'))
    for (let at = 0; at < 10; at++) {
      for (const symbol of SYMBOLS)
        if (symbol !== code[at] && parsePassCode(code.slice(0, at) + symbol + code.slice(at + 1)) !== null)
          t.fail(`${code} with ${symbol} at ${at}`)
      for (let other = at + 1; other < 10; other++) {
        const symbols = [...code]
        symbols[at] = code[other]!
        symbols[other] = code[at]!
        if (code[at] !== code[other] && parsePassCode(symbols.join('')) !== null)
          t.fail(`${code} with ${at} and ${other} exchanged`)
      }
    }
  }
  t.pass('of 20 codes')
  t.end()
})
