import t from 'tap'
import { deviceSubject } from '../../../core/domain/grants.ts'
import { parseMac, type Mac } from '../../../core/domain/mac.ts'
import { parsePassCode } from '../../../core/domain/pass.ts'
import { KEY_FAMILIES } from '../../../core/store/key-families.ts'
import { keys, LIFETIME } from '../../../core/store/keys.ts'
import { openLine } from '../../../core/store/line.ts'
import { PassStore } from '../../../core/store/passes.ts'
import { testKeys, testRedis, testStore } from '../../support/stores.ts'

const redis = await testRedis(t)
const store = await testStore(t, redis)
const line = await openLine(redis.url)
t.teardown(() => line.stop())
const passes = new PassStore(store, testKeys)

const NOW = Date.parse('2026-11-21T03:00:00Z')
const DAY = 86_400_000
const phone = (number: number): Mac => parseMac(`02AABBCCDD${number.toString(16).padStart(2, '0')}`)!
const subject = (number: number): string => deviceSubject(testKeys.subject, phone(number))
const seat = (number: number, at = NOW) => ({
  mac: phone(number),
  visit: `visit-of-phone-${number.toString().padStart(2, '0')}`.slice(-16),
  now: at,
})

t.beforeEach(() => store.flushall())

t.test('the first device of a pass counts against itself, those that join against it', async (t) => {
  t.equal(await passes.subjectOf(phone(1), NOW), subject(1), 'before there is a pass')
  const pass = await passes.make(seat(1), 5)
  t.equal(await passes.subjectOf(phone(1), NOW), subject(1), 'nothing changes for a single device')
  t.equal((await passes.join(pass.id, seat(2))).kind, 'joined')
  t.equal(await passes.subjectOf(phone(2), NOW), subject(1))
  t.same((await passes.ofDevice(phone(2)))?.id, pass.id)
  t.equal(await passes.subjectOf(phone(3), NOW), subject(3), 'a stranger stands for himself')
})

t.test('no MAC stands in the live store, in no spelling', async (t) => {
  const pass = await passes.make(seat(0xa1), 5)
  await passes.join(pass.id, seat(0xb2))
  await passes.wish('AAAAAAAAAAAAAAAA', { pass: pass.id, code: { digest: 'd', devices: 1 } })
  await passes.codeOf(pass)
  const kept: string[] = await store.keys('*')
  for (const key of [...kept])
    kept.push(
      ...((await store.type(key)) === 'hash'
        ? Object.entries(await store.hgetall(key)).flat()
        : [(await store.get(key)) ?? '']),
    )
  t.ok(kept.length > 10)
  t.notMatch(kept.join('\n').toLowerCase().replace(/[-:.]/g, ''), /aabbccdd/)
})

t.test('every key has the lifetime that the inventory says', async (t) => {
  const pass = await passes.make(seat(1), 5)
  await passes.wish('AAAAAAAAAAAAAAAA', { pass: pass.id, code: null })
  await passes.codeOf(pass)
  const found = await store.keys('*')
  t.equal(found.length, 4)
  for (const key of found) {
    const family = KEY_FAMILIES.find(({ pattern }) => pattern.test(key))!
    t.ok(family, key)
    t.equal(await store.type(key), family.type, key)
    t.equal(await store.ttl(key), family.lifetime, key)
  }
})

t.test('a use keeps a pass for 30 days more, up to its last day', async (t) => {
  const { id, endsAt } = await passes.make(seat(1), 5)
  await store.expire(keys.pass(id), 100)
  const used = await passes.join(id, seat(1, NOW + 10 * DAY))
  t.equal(used.pass?.validUntil, NOW + 40 * DAY)
  t.equal(await store.ttl(keys.pass(id)), LIFETIME.pass)
  let at = NOW + 10 * DAY
  while (at < endsAt - 25 * DAY) await passes.join(id, seat(1, (at += 25 * DAY)))
  t.equal((await passes.find(id))?.validUntil, endsAt)
  t.equal((await passes.join(id, seat(1, endsAt))).kind, 'over')
  t.equal(await passes.subjectOf(phone(1), endsAt), subject(1))
})

t.test('an expired pass lets nobody join, and counts for nobody', async (t) => {
  const { id } = await passes.make(seat(1), 5)
  await passes.join(id, seat(2))
  const late = NOW + 30 * DAY
  const joined = await passes.join(id, seat(3, late))
  t.equal(joined.kind, 'over')
  t.ok(joined.pass, 'its holder can be told so')
  t.equal(await passes.validOf(phone(2), late), null)
  t.equal(await passes.subjectOf(phone(2), late), subject(2))
  t.same(await passes.join('AAAAAAAAAAAAAAAA', seat(1)), { kind: 'over', pass: null }, 'one that never was')
  t.equal(await passes.find('../../etc/passwd'), null)
})

t.test('of devices that join at once as many get in as there are places', async (t) => {
  const { id } = await passes.make(seat(1), 3)
  await passes.join(id, seat(2))
  const other = new PassStore(line, testKeys)
  const tries = await Promise.all(
    Array.from({ length: 20 }, (_, i) => (i % 2 ? passes : other).join(id, seat(10 + i))),
  )
  const got = tries.filter(({ kind }) => kind === 'joined')
  t.equal(got.length, 1, 'the last place has one taker')
  t.equal(tries.filter(({ kind }) => kind === 'full').length, 19)
  const pass = (await passes.find(id))!
  t.equal(pass.devices.size, 3)
  const pointed = await Promise.all(Array.from({ length: 20 }, (_, i) => passes.ofDevice(phone(10 + i))))
  t.equal(pointed.filter((each) => each !== null).length, 1, 'and he alone is known by it')
  t.equal((await passes.join(id, seat(2))).kind, 'joined', 'who is in stays in')
})

t.test('a device that is away gives up its place, unless it has come in since', async (t) => {
  const { id } = await passes.make(seat(1), 2)
  await passes.join(id, seat(2, NOW + 1000))
  const full = await passes.join(id, seat(3, NOW + 2000))
  if (full.kind !== 'full') return t.fail(full.kind)
  const away = [...full.pass.devices].find(([device]) => device === subject(1))!
  await passes.join(id, seat(1, NOW + 3000))
  t.equal((await passes.join(id, seat(3, NOW + 4000), away)).kind, 'full', 'it has come in since')
  const again = (await passes.find(id))!
  const now = [...again.devices].find(([device]) => device === subject(1))!
  t.equal((await passes.join(id, seat(3, NOW + 4000), now)).kind, 'joined')
  t.equal(await passes.ofDevice(phone(1)), null, 'whose place is gone has no pass any more')
  t.equal(await passes.subjectOf(phone(3), NOW), subject(1), 'and the quota stays the same one')
})

t.test('two that would take the same place from one who is away: one gets it', async (t) => {
  const { id } = await passes.make(seat(1), 1)
  const full = await passes.join(id, seat(2))
  if (full.kind !== 'full') return t.fail(full.kind)
  const [away] = [...full.pass.devices]
  const both = await Promise.all([passes.join(id, seat(2), away), passes.join(id, seat(3), away)])
  t.same(both.map(({ kind }) => kind).sort(), ['full', 'joined'])
})

t.test('who disconnects keeps his place, but is not counted as seen', async (t) => {
  const { id } = await passes.make(seat(1), 5)
  await passes.leave(id, phone(1))
  t.equal((await passes.find(id))?.devices.get(subject(1))?.seenAt, 0)
  await passes.leave(id, phone(9))
  t.equal((await passes.find(id))?.devices.size, 1, 'a stranger who leaves was never there')
  await passes.join(id, seat(1, NOW + 5))
  t.equal((await passes.find(id))?.devices.get(subject(1))?.seenAt, NOW + 5)
})

t.test('a revoked pass opens nothing any more, and none comes back to life by it', async (t) => {
  const { id } = await passes.make(seat(1), 5)
  t.equal(await passes.revoke(id), true)
  t.equal((await passes.find(id))?.isRevoked, true)
  t.equal((await passes.join(id, seat(1))).kind, 'over')
  t.equal((await passes.join(id, seat(2))).kind, 'over')
  t.equal(await passes.validOf(phone(1), NOW), null)
  t.equal(await passes.revoke('AAAAAAAAAAAAAAAA'), false)
  await passes.carry('AAAAAAAAAAAAAAAA', { digest: 'd', devices: 1 })
  t.equal(await passes.find('AAAAAAAAAAAAAAAA'), null)
})

t.test('a pass carries a code by its digest and serves as many devices as that', async (t) => {
  const { id } = await passes.make(seat(1), 5)
  await passes.carry(id, { digest: 'a-digest', devices: 2 })
  t.match(await passes.find(id), { code: 'a-digest', most: 2 })
})

t.test('a pass is found by its code once that was shown', async (t) => {
  const pass = await passes.make(seat(1), 5)
  const code = (await passes.codeOf(pass))!
  t.equal(parsePassCode(code), code)
  t.equal(await passes.codeOf(pass), code, 'and shown again it is the same')
  t.equal(await passes.idOfCode(code), pass.id)
  t.equal(await passes.idOfCode('0000000000'), null)
  await store.set((await store.keys('hs:{q:*'))[0]!, 'BBBBBBBBBBBBBBBB')
  t.equal(await passes.codeOf(pass), null, 'a code that another pass has is not shown')
})

t.test('a wish is remembered and taken once', async (t) => {
  const wish = { pass: 'AAAAAAAAAAAAAAAA', code: null }
  await passes.wish('VVVVVVVVVVVVVVVV', wish)
  t.same(await passes.takeWish('VVVVVVVVVVVVVVVV'), wish)
  t.equal(await passes.takeWish('VVVVVVVVVVVVVVVV'), null)
})
