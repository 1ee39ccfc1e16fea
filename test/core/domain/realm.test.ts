import t from 'tap'
import { comparedRealm, isRealm, nameInRealms, withoutRealm } from '../../../core/domain/realm.ts'

const OURS = new Set(['free.hanoi.vn', comparedRealm('wifi.hànội.vn')])

// RFC 7542 §2.2, §3
t.test('a name is parted from its realm at the last @, and realms are compared without case', (t) => {
  for (const [told, name] of [
    ['an', 'an'],
    ['an@free.hanoi.vn', 'an'],
    ['An@FREE.Hanoi.VN', 'An'],
    ['an@khach@free.hanoi.vn', 'an@khach'],
    ['other.vn!an@free.hanoi.vn', 'other.vn!an'],
    ['FREE\\an', 'FREE\\an'],
    ['@@free.hanoi.vn', '@'],
    ['an@wifi.hànội.vn'.normalize('NFD'), 'an'],
    ['an@WIFI.HÀNỘI.VN', 'an'],
  ] as const)
    t.equal(nameInRealms(told, OURS), name, told)
  t.end()
})

t.test('a name of another realm, and one of nobody in ours, says which it is', (t) => {
  for (const told of [
    'an@other.vn',
    'an@',
    '@',
    '@other.vn',
    'an@free.hanoi.vn@other.vn',
    'an@hanoi.vn',
    'an@x.free.hanoi.vn',
  ])
    t.same(nameInRealms(told, OURS), { refused: 'unknown-realm' }, told)
  for (const told of ['@free.hanoi.vn', '@Free.Hanoi.vn'])
    t.same(nameInRealms(told, OURS), { refused: 'anonymous-name' }, told)
  t.end()
})

t.test('a city without realms reads every name as it is', (t) => {
  for (const told of ['an', 'an@free.hanoi.vn', '@free.hanoi.vn', 'an@'])
    t.equal(nameInRealms(told, new Set()), told)
  t.end()
})

t.test('a realm has two labels or more, each with hyphens inside alone', (t) => {
  for (const realm of [
    'free.hanoi.vn',
    'a.b',
    '1.vn',
    'a--b.vn',
    'hànội.vn',
    '河内.越南',
    'xn--hni-fla.vn',
    `${'a'.repeat(248)}.vn`,
  ])
    t.ok(isRealm(realm), realm)
  for (const realm of [
    'vn',
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    '-a.vn',
    'a.-',
    'a@b.vn',
    'a b.vn',
    'a.vn\n',
    `${'ộ'.repeat(83)}.vn`,
  ])
    t.notOk(isRealm(realm), realm)
  t.end()
})

t.test('what a report names is read without its realm, whichever that is', (t) => {
  t.same(['an', 'an@a.vn', 'an@b@a.vn', '@a.vn'].map(withoutRealm), ['an', 'an', 'an@b', ''])
  t.end()
})
