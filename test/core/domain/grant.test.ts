import fc from 'fast-check'
import { test } from 'tap'
import {
  classText,
  grantPassword,
  grantUserName,
  parseGrantUserName,
  readClass,
} from '../../../core/domain/grant.ts'
import type { Mac } from '../../../core/domain/mac.ts'

const key = Buffer.alloc(32, 7)
const mac = '02AABBCCDD01' as Mac
const visit = 'abcdefgh12345678'

test('a grant reads back from its User-Name', (t) => {
  const figure = fc.option(fc.integer({ min: 1, max: 2 ** 50 }), { nil: undefined })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 31 }),
      figure,
      figure,
      figure,
      figure,
      figure,
      (minutes, seconds, idleSeconds, downBitsPerSecond, upBitsPerSecond, octets) => {
        const grant = {
          visit,
          expiresAt: minutes * 60_000,
          limits: { seconds, idleSeconds, downBitsPerSecond, upBitsPerSecond, octets },
        }
        const userName = grantUserName(grant)
        return userName.length <= 90 && JSON.stringify(parseGrantUserName(userName)) === JSON.stringify(grant)
      },
    ),
  )
  t.pass('for generated limits')
  t.end()
})

test('no other text is a grant', (t) => {
  for (const text of [
    '',
    'g1',
    'g1.short.1.....',
    `g2.${visit}.1.....`,
    `g1.${visit}.1....`,
    `g1.${visit}.1......`,
    `g1.${visit}.-1.....`,
    `g1.${visit}.1.....\n`,
  ])
    t.equal(parseGrantUserName(text), null, JSON.stringify(text))
  t.end()
})

test('the password of a grant is good for one name, one device and one NAS', (t) => {
  const password = grantPassword(key, 'name', mac, 'nas-1')
  t.equal(password.length, 22)
  t.equal(password, grantPassword(key, 'name', mac, 'nas-1'))
  t.not(password, grantPassword(key, 'name2', mac, 'nas-1'))
  t.not(password, grantPassword(key, 'name', '02AABBCCDD02' as Mac, 'nas-1'))
  t.not(password, grantPassword(key, 'name', mac, 'nas-2'))
  t.not(password, grantPassword(Buffer.alloc(32, 8), 'name', mac, 'nas-1'))
  t.end()
})

test('a Class is read only where we signed it, for the device it was given to (RFC 2865 §5.25)', (t) => {
  const ticket = { session: 'SSSSSSSSSSSSSSSS', visit }
  const text = classText(key, ticket, mac)
  t.ok(text.length <= 253)
  t.same(readClass(key, text, mac), ticket)
  t.equal(readClass(key, text, '02AABBCCDD02' as Mac), null, 'of another device')
  t.equal(readClass(Buffer.alloc(32, 8), text, mac), null, 'under another key')
  for (let i = 0; i < text.length; i++) {
    const forged = text.slice(0, i) + (text[i] === 'A' ? 'B' : 'A') + text.slice(i + 1)
    t.equal(readClass(key, forged, mac), null, `changed at ${i}`)
  }
  t.end()
})

test('a Class tells a session whose limits nobody could check, and neither kind passes for the other', (t) => {
  const ticket = { session: 'SSSSSSSSSSSSSSSS', visit }
  const text = classText(key, { ...ticket, degraded: true }, mac)
  t.same(readClass(key, text, mac), { ...ticket, degraded: true })
  t.equal(readClass(key, text.replace(/^d1/, 'c1'), mac), null)
  t.equal(readClass(key, classText(key, ticket, mac).replace(/^c1/, 'd1'), mac), null)
  t.equal(readClass(key, text.replace(/^d1/, 'e1'), mac), null)
  t.end()
})
