import t from 'tap'
import { keys } from '../../core/store/keys.ts'
import type { Store } from '../../core/store/redis.ts'
import { MessageAuthenticatorMemory } from '../../radius-server/message-authenticator.ts'
import { knownNas, stageFor } from './stage.ts'
import { testRedis } from '../support/stores.ts'

const redis = await testRedis(t)
const { store, clear } = await stageFor(t, redis.url)
const auto = knownNas()
const required = knownNas({ messageAuthenticator: 'require' })
const off = knownNas({ messageAuthenticator: 'off' })

t.beforeEach(clear)

t.test('auto is not required before one was seen, require always, off never', async (t) => {
  const memory = new MessageAuthenticatorMemory(store)
  t.same(
    [auto, required, off].map((nas) => memory.required(nas)),
    [false, true, false],
  )
  await memory.saw(auto)
  t.same(
    [auto, required, off].map((nas) => memory.required(nas)),
    [true, true, false],
  )
  t.notOk(memory.required(knownNas({ id: 'another' })))
})

t.test('what one worker saw another learns at its next look, and a later run at its start', async (t) => {
  const [one, two] = [new MessageAuthenticatorMemory(store), new MessageAuthenticatorMemory(store)]
  await one.saw(auto)
  t.notOk(two.required(auto))
  await two.refresh()
  t.ok(two.required(auto))
  t.equal(await store.ttl(keys.messageAuthenticatorSeen), -1, 'forgetting it would reopen BlastRADIUS')
})

t.test(
  'what the store has lost, as a replica may that takes over, is stored again with the next one',
  async (t) => {
    const memory = new MessageAuthenticatorMemory(store)
    await memory.saw(auto)
    await store.del(keys.messageAuthenticatorSeen)
    await memory.refresh()
    t.ok(memory.required(auto), 'here it holds')
    t.ok(memory.isNew(auto))
    await memory.saw(auto)
    t.same(await store.smembers(keys.messageAuthenticatorSeen), [auto.id])
    t.notOk(memory.isNew(auto))
  },
)

t.test('a sighting that could not be stored holds here, and is stored with the next one', async (t) => {
  let away = true
  const asked: string[] = []
  const flaky = {
    sadd: async (key: string, id: string) => {
      asked.push(id)
      if (away) throw new Error('Redis is away')
      return store.sadd(key, id)
    },
  } as unknown as Store
  const memory = new MessageAuthenticatorMemory(flaky)
  await t.rejects(memory.saw(auto), /away/)
  t.ok(memory.required(auto))
  away = false
  await memory.saw(auto)
  t.same(await store.smembers(keys.messageAuthenticatorSeen), ['nas-1'])
  await memory.saw(auto)
  t.equal(asked.length, 2, 'and not again after that')
})

t.test('a sighting is news until it is stored, and where none is asked for it never is', async (t) => {
  const memory = new MessageAuthenticatorMemory(store)
  const isNews = (): boolean[] => [auto, required, off].map((nas) => memory.isNew(nas))
  // Of `require`, too: should its record be changed to `auto`, nothing is opened by it.
  t.same(isNews(), [true, true, false])
  await memory.saw(auto)
  t.same(isNews(), [false, false, false])
  const later = new MessageAuthenticatorMemory(store)
  t.ok(later.isNew(auto))
  await later.refresh()
  t.notOk(later.isNew(auto), 'what another worker stored is no news')
})
