import t from 'tap'
import { KEY_FAMILIES } from '../../core/store/key-families.ts'
import { keys } from '../../core/store/keys.ts'
import { oldestWaiting, StaffStore } from '../../core/store/staff.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())
const { store } = stage
const staff = new StaffStore(store)
t.beforeEach(() => stage.clear())

t.test('a session is found by its id alone', async (t) => {
  const opened = await staff.open('p1', 1000)
  t.same(await staff.find(opened.id, 2000), opened)
  t.equal(await staff.find('x'.repeat(43), 2000), null)
  for (const odd of ['', 'short', `${opened.id} `, `${opened.id}x`, '*'.repeat(43)])
    t.equal(await staff.find(odd, 2000), null, odd)
})

t.test('a use that comes with the sign-out does not bring the session back', async (t) => {
  const { id } = await staff.open('p1', 1000)
  await Promise.all([staff.find(id, 2000), staff.close(id), staff.find(id, 2000)])
  t.equal(await store.exists(keys.staffSession(id)), 0)
})

t.test('tries are counted from the first one on, for a quarter of an hour', async (t) => {
  t.equal(await staff.countTry('name:linh'), 1)
  await store.expire(keys.staffTries('name:linh'), 100)
  t.equal(await staff.countTry('name:linh'), 2)
  t.ok((await store.ttl(keys.staffTries('name:linh'))) <= 100, 'a later try does not prolong it')
  await staff.takeBackTry('name:linh')
  t.equal(await staff.countTry('name:linh'), 2)
  await staff.forgetTries('name:linh')
  t.equal(await staff.countTry('name:linh'), 1)
})

t.test('taking back a try whose window ended leaves no counter without a lifetime', async (t) => {
  await staff.takeBackTry('address:203.0.113.7')
  t.ok((await store.ttl(keys.staffTries('address:203.0.113.7'))) > 0)
})

t.test('its keys are of the inventory, of their type, and none lives longer than it says', async (t) => {
  const { id } = await staff.open('p1', Date.now())
  await staff.find(id, Date.now())
  await staff.countTry('name:linh')
  for (const key of [keys.staffSession(id), keys.staffTries('name:linh')]) {
    const family = KEY_FAMILIES.find(({ pattern }) => pattern.test(key))!
    t.equal(await store.type(key), family.type)
    const ttl = await store.ttl(key)
    t.ok(ttl > 0 && ttl <= Number(family.lifetime), key)
  }
})

t.test('the oldest event that waits is found in any shard', async (t) => {
  t.equal(await oldestWaiting(store), null)
  await store.xadd(keys.events(3), '2000-0', 'e', '{}')
  await store.xadd(keys.events(11), '1500-0', 'e', '{}')
  await store.xadd(keys.events(11), '1700-0', 'e', '{}')
  t.equal(await oldestWaiting(store), 1500)
})
