import t from 'tap'
import { DuplicateCache, type Seen } from '../../radius-server/duplicates.ts'

const A = Buffer.alloc(16, 1)
const B = Buffer.alloc(16, 2)
const entryOf = (seen: Seen) => {
  if (seen.kind !== 'new') throw new Error(`is ${seen.kind}`)
  return seen.entry
}

t.test('a request is new, then in progress, then answered with the same bytes', (t) => {
  const cache = new DuplicateCache()
  const entry = entryOf(cache.seen('k', A, 0))
  t.same(cache.seen('k', A, 1), { kind: 'in-progress' })
  const reply = Buffer.from('reply')
  entry.reply = reply
  const seen = cache.seen('k', A, 2)
  t.equal(seen.kind === 'answered' && seen.reply, reply)
  t.equal(cache.size, 1)
  t.end()
})

t.test('another authenticator under a key purges what was there', (t) => {
  const cache = new DuplicateCache()
  const first = entryOf(cache.seen('k', A, 0))
  first.reply = Buffer.from('reply')
  t.equal(cache.seen('k', B, 1).kind, 'new')
  t.equal(cache.seen('k', A, 2).kind, 'new')
  t.equal(cache.size, 1)
  t.end()
})

t.test('what is remembered is a copy: the datagram’s bytes may change', (t) => {
  const cache = new DuplicateCache()
  const authenticator = Buffer.from(A)
  cache.seen('k', authenticator, 0)
  authenticator.fill(9)
  t.equal(cache.seen('k', A, 1).kind, 'in-progress')
  t.end()
})

t.test('a forgotten request is new again; forgetting a purged one leaves its successor', (t) => {
  const cache = new DuplicateCache()
  const first = entryOf(cache.seen('k', A, 0))
  const second = entryOf(cache.seen('k', B, 0))
  cache.forget(first)
  t.equal(cache.seen('k', B, 0).kind, 'in-progress')
  cache.forget(second)
  t.equal(cache.seen('k', B, 0).kind, 'new')
  t.end()
})

// RFC 5080 §2.2.2: 5 to 30 seconds.
t.test('entries are kept for half a minute from their arrival and go by themselves', (t) => {
  const cache = new DuplicateCache()
  for (let i = 0; i < 100; i++) entryOf(cache.seen(`k${i}`, A, i)).reply = B
  t.equal(cache.seen('k99', A, 30_000).kind, 'answered')
  t.equal(cache.size, 99, 'only the first is too old')
  t.equal(cache.seen('k50', A, 30_050).kind, 'new')
  t.equal(cache.size, 50)
  cache.seen('another', A, 90_000)
  t.equal(cache.size, 1)
  t.end()
})

t.test('memory is bounded: past 131,072 requests the oldest leave early', (t) => {
  const cache = new DuplicateCache()
  for (let i = 0; i < 131_072 + 1000; i++) cache.seen(`k${i}`, A, 0)
  t.equal(cache.size, 131_072)
  t.equal(cache.seen('k131999', A, 0).kind, 'in-progress')
  t.equal(cache.seen('k0', A, 0).kind, 'new')
  t.end()
})
