import fc from 'fast-check'
import t from 'tap'
import { DuplicateCache, type Origin, type Seen } from '../../radius-server/duplicates.ts'
import { accept } from '../../radius-server/packet/accept.ts'
import type { Packet } from '../../radius-server/packet/packet.ts'

/** How much the cache holds, and for how long: docs/radius.md promises both. */
const MOST = 65_536
const KEEP_MS = 30_000
const ASIDE_OCTETS = 8 * 1024 * 1024
/** What is worked on without being remembered. */
const NOT_REMEMBERED = -1

const NAS: Origin = { address: '10.1.0.1', port: 40_000, socket: 0 }

/** A packet of no attributes: the cache looks at code, identifier and authenticator alone. */
function packet(identifier: number, authenticator: number, code = 1): Packet {
  const datagram = Buffer.alloc(20)
  datagram.set([code, identifier, 0, 20])
  datagram.writeUInt32BE(authenticator, 16)
  const accepted = accept(datagram, new Set([1, 4, 12]))
  if (typeof accepted === 'string') throw new Error(accepted)
  return accepted
}

/** The place of a request that has to be new. */
function place(seen: Seen): number {
  if (typeof seen === 'number') return seen
  throw new Error(`not new: ${String(seen)}`)
}
const isNew = (seen: Seen): boolean => typeof seen === 'number'

/** Fills the cache with other requests, of ports that no test uses otherwise. */
function flood(cache: DuplicateCache, count: number, now = 0): void {
  const reply = Buffer.alloc(20, 9)
  for (let i = 0; i < count; i++) {
    const seen = cache.seen({ ...NAS, port: 1 + (i >> 8), socket: 9 }, packet(i & 0xff, i), true, now)
    if (typeof seen === 'number') cache.answered(seen, reply)
  }
}

t.test('a request is new, then in progress, then answered with the same bytes', (t) => {
  const cache = new DuplicateCache()
  const first = place(cache.seen(NAS, packet(1, 7), true, 0))
  t.equal(cache.seen(NAS, packet(1, 7), true, 1), 'in-progress')
  const reply = Buffer.from('a reply')
  cache.answered(first, reply)
  t.same(cache.seen(NAS, packet(1, 7), true, 2), reply)
  t.same(cache.seen(NAS, packet(1, 7), true, 3), reply, 'as often as it is asked for')
  t.end()
})

t.test('another address, port, socket, code or identifier is another request', (t) => {
  const cache = new DuplicateCache()
  cache.seen(NAS, packet(1, 7), true, 0)
  for (const [origin, request] of [
    [{ ...NAS, address: '10.1.0.2' }, packet(1, 7)],
    [{ ...NAS, port: 40_001 }, packet(1, 7)],
    [{ ...NAS, socket: 1 }, packet(1, 7)],
    [NAS, packet(1, 7, 12)],
    [NAS, packet(2, 7)],
  ] as const)
    t.ok(isNew(cache.seen(origin, request, true, 0)))
  t.equal(cache.seen(NAS, packet(1, 7), true, 0), 'in-progress', 'none of them purged it')
  t.end()
})

t.test('each of the sixteen octets of the authenticator tells requests apart', (t) => {
  for (let octet = 0; octet < 16; octet++) {
    const cache = new DuplicateCache()
    cache.seen(NAS, packet(1, 7), true, 0)
    const other = packet(1, 7)
    other.datagram[4 + octet]! ^= 1
    t.ok(isNew(cache.seen(NAS, other, true, 0)), `octet ${octet}`)
  }
  t.end()
})

t.test('another authenticator under the same identifier purges what was there', (t) => {
  const cache = new DuplicateCache()
  cache.answered(place(cache.seen(NAS, packet(1, 7), true, 0)), Buffer.from('an old reply'))
  t.ok(isNew(cache.seen(NAS, packet(1, 8), true, 1)))
  t.equal(cache.seen(NAS, packet(1, 8), true, 1), 'in-progress')
  t.ok(isNew(cache.seen(NAS, packet(1, 7), true, 2)), 'the old one is new work')
  t.end()
})

t.test('what was purged while it was worked on answers nobody when it is done', (t) => {
  const cache = new DuplicateCache()
  const old = place(cache.seen(NAS, packet(1, 7), true, 0))
  const successor = place(cache.seen(NAS, packet(1, 8), true, 0))
  cache.answered(old, Buffer.from('too late'))
  t.equal(cache.seen(NAS, packet(1, 8), true, 0), 'in-progress')
  cache.forget(old)
  t.equal(cache.seen(NAS, packet(1, 8), true, 0), 'in-progress', 'nor does it take its successor along')
  cache.answered(successor, Buffer.from('in time'))
  t.same(cache.seen(NAS, packet(1, 8), true, 0), Buffer.from('in time'))
  t.end()
})

t.test('a forgotten request is new when it comes again', (t) => {
  const cache = new DuplicateCache()
  cache.forget(place(cache.seen(NAS, packet(1, 7), true, 0)))
  t.ok(isNew(cache.seen(NAS, packet(1, 7), true, 0)))
  t.end()
})

t.test('what is remembered are copies: datagrams and replies may change', (t) => {
  const cache = new DuplicateCache()
  for (const octets of [20, 256, 257, 4096]) {
    const request = packet(1, octets)
    const number = place(cache.seen(NAS, request, true, 0))
    request.datagram.fill(9, 4)
    const reply = Buffer.alloc(octets, 1)
    cache.answered(number, reply)
    reply.fill(9)
    const told = cache.seen(NAS, packet(1, octets), true, 0)
    t.same(told, Buffer.alloc(octets, 1), `${octets} octets`)
    flood(cache, MOST)
    t.same(told, Buffer.alloc(octets, 1), 'and what was told stays as it is when its slot serves another')
  }
  t.end()
})

// RFC 5080 §2.2.2: 5 to 30 seconds.
t.test('a request is kept for half a minute from its arrival, however often it comes again', (t) => {
  const cache = new DuplicateCache()
  cache.answered(place(cache.seen(NAS, packet(1, 7), true, 1000)), Buffer.from('a reply'))
  t.notOk(isNew(cache.seen(NAS, packet(1, 7), true, 1000 + KEEP_MS - 1)))
  t.ok(isNew(cache.seen(NAS, packet(1, 7), true, 1000 + KEEP_MS)))
  t.equal(cache.seen(NAS, packet(1, 7), true, 1000 + KEEP_MS), 'in-progress')
  t.end()
})

/* What is not proved */

t.test('what is not proved purges nothing that was, and is worked on unremembered', (t) => {
  const cache = new DuplicateCache()
  const number = place(cache.seen(NAS, packet(1, 7), true, 0))
  t.equal(cache.seen(NAS, packet(1, 8), false, 0), NOT_REMEMBERED)
  t.equal(cache.seen(NAS, packet(1, 7), false, 0), NOT_REMEMBERED, 'the same authenticator shows nothing')
  cache.answered(NOT_REMEMBERED, Buffer.from('a reply to a stranger'))
  cache.forget(NOT_REMEMBERED)
  t.equal(cache.seen(NAS, packet(1, 7), true, 0), 'in-progress')
  cache.answered(number, Buffer.from('the reply'))
  t.equal(cache.seen(NAS, packet(1, 7), false, 0), NOT_REMEMBERED, 'nor is it told the reply')
  t.same(cache.seen(NAS, packet(1, 7), true, 0), Buffer.from('the reply'))
  t.ok(cache.seen(NAS, packet(1, 8), false, KEEP_MS) !== NOT_REMEMBERED, 'until that is too old to matter')
  t.end()
})

t.test('what is not proved never stands in for the proved request that it was copied from', (t) => {
  const cache = new DuplicateCache()
  const copied = place(cache.seen(NAS, packet(1, 7), false, 0))
  const real = place(cache.seen(NAS, packet(1, 7), true, 0))
  cache.answered(copied, Buffer.from('for the copy'))
  t.equal(cache.seen(NAS, packet(1, 7), true, 0), 'in-progress')
  cache.answered(real, Buffer.from('for the NAS'))
  t.same(cache.seen(NAS, packet(1, 7), true, 0), Buffer.from('for the NAS'))
  t.end()
})

t.test('where nothing is proved, duplicates are known all the same', (t) => {
  const cache = new DuplicateCache()
  const number = place(cache.seen(NAS, packet(1, 7), false, 0))
  t.equal(cache.seen(NAS, packet(1, 7), false, 0), 'in-progress')
  cache.answered(number, Buffer.from('a reply'))
  t.same(cache.seen(NAS, packet(1, 7), false, 0), Buffer.from('a reply'))
  t.ok(isNew(cache.seen(NAS, packet(1, 8), false, 0)))
  t.end()
})

/* Its bounds */

t.test('memory is bounded: past 65,536 requests the oldest leave early', (t) => {
  const cache = new DuplicateCache()
  const oldest = place(cache.seen(NAS, packet(1, 7), true, 0))
  cache.answered(place(cache.seen(NAS, packet(2, 7), true, 0)), Buffer.from('a reply'))
  flood(cache, MOST - 2)
  t.equal(cache.seen(NAS, packet(1, 7), true, 0), 'in-progress', 'it is full, and the oldest is there')
  flood(cache, 1, KEEP_MS)
  t.ok(isNew(cache.seen(NAS, packet(1, 7), true, 0)), 'one more, and the oldest has left')
  t.ok(isNew(cache.seen(NAS, packet(2, 7), true, 0)), 'which displaced the next')
  cache.answered(oldest, Buffer.from('too late'))
  t.equal(cache.seen(NAS, packet(1, 7), true, 0), 'in-progress', 'its old place serves another request')
  t.end()
})

t.test('places stay apart when the ring has gone round many times', (t) => {
  const cache = new DuplicateCache()
  const stale: number[] = []
  for (let round = 0; round < 5; round++) {
    stale.push(place(cache.seen({ ...NAS, socket: round }, packet(1, 7), true, 0)))
    flood(cache, MOST - 1, round * KEEP_MS)
  }
  t.same(
    stale.map((number) => number % MOST),
    [0, 0, 0, 0, 0],
    'they all had the same slot',
  )
  const latest = place(cache.seen(NAS, packet(9, 9), true, 0))
  t.equal(latest % MOST, 0)
  for (const number of stale) {
    cache.answered(number, Buffer.from('another’s'))
    cache.forget(number)
  }
  t.equal(cache.seen(NAS, packet(9, 9), true, 0), 'in-progress')
  t.end()
})

t.test('long replies are kept up to eight mebibytes; past that the oldest of them are new work', (t) => {
  const cache = new DuplicateCache()
  const octets = 4096
  const fit = ASIDE_OCTETS / octets
  const origin = (i: number): Origin => ({ ...NAS, port: 1000 + (i >> 8) })
  const answer = (i: number): void =>
    cache.answered(place(cache.seen(origin(i), packet(i & 0xff, i), true, 0)), Buffer.alloc(octets, i))
  const told = (i: number): Seen => cache.seen(origin(i), packet(i & 0xff, i), true, 0)
  cache.answered(place(cache.seen(NAS, packet(1, 7), true, 0)), Buffer.from('a short one'))
  for (let i = 0; i < fit; i++) answer(i)
  t.same(told(0), Buffer.alloc(octets, 0), 'all fit')
  for (let i = fit; i < fit + 3; i++) answer(i)
  t.same([told(0), told(1), told(2)].map(isNew), [true, true, true])
  t.same(told(3), Buffer.alloc(octets, 3))
  t.same(told(fit + 2), Buffer.alloc(octets, fit + 2))
  t.same(cache.seen(NAS, packet(1, 7), true, 0), Buffer.from('a short one'), 'short ones are not in it')
  flood(cache, MOST)
  for (let i = 0; i < fit; i++) answer(i)
  t.same(told(0), Buffer.alloc(octets, 0), 'what left the ring left room')
  t.end()
})

t.test('more source addresses than a city has are forgotten together, and nothing gets mixed up', (t) => {
  const cache = new DuplicateCache()
  const address = (i: number): string => `10.${i >> 16}.${(i >> 8) & 0xff}.${i & 0xff}`
  for (let i = 0; i < MOST + 10; i++) {
    const number = place(cache.seen({ ...NAS, address: address(i) }, packet(1, 7), true, 0))
    cache.answered(number, Buffer.from(address(i)))
  }
  for (let i = MOST; i < MOST + 10; i++)
    t.same(cache.seen({ ...NAS, address: address(i) }, packet(1, 7), true, 0), Buffer.from(address(i)))
  t.ok(isNew(cache.seen({ ...NAS, address: address(MOST - 1) }, packet(1, 7), true, 0)))
  t.end()
})

/* Against a model that is plain to read */

interface Entry {
  readonly authenticator: number
  readonly proved: boolean
  readonly since: number
  readonly number: number
  reply: Buffer | null
}

/** RFC 5080 §2.2.2 with a Map, no memory to save and nothing but short replies. */
class Model {
  readonly #known = new Map<string, Entry>()
  readonly #keys = new Map<number, string>()
  #arrivals = 0

  seen(key: string, authenticator: number, proved: boolean, now: number): Seen {
    const known = this.#entry(key)
    if (known && now - known.since < KEEP_MS) {
      if (known.proved && !proved) return NOT_REMEMBERED
      if (known.proved === proved && known.authenticator === authenticator)
        return known.reply ?? 'in-progress'
    }
    const number = this.#arrivals++
    this.#known.set(key, { authenticator, proved, since: now, number, reply: null })
    this.#keys.set(number, key)
    return number
  }

  answered(number: number, reply: Buffer): void {
    const entry = this.#entry(this.#keys.get(number) ?? '')
    if (entry?.number === number) entry.reply = reply
  }

  forget(number: number): void {
    const key = this.#keys.get(number) ?? ''
    if (this.#entry(key)?.number === number) this.#known.delete(key)
  }

  #entry(key: string): Entry | undefined {
    const entry = this.#known.get(key)
    return entry && entry.number >= this.#arrivals - MOST ? entry : undefined
  }
}

type Step =
  | { readonly seen: { address: number; identifier: number; authenticator: number; proved: boolean } }
  | { readonly answered: number; readonly octets: number }
  | { readonly forget: number }
  | { readonly wait: number }
  | { readonly others: number }

/** Cache and model on the same way; every answer is compared. */
class Both {
  readonly cache = new DuplicateCache()
  readonly model = new Model()
  readonly places: number[] = []
  now = 0
  #others = 0

  step(step: Step): string | null {
    if ('wait' in step) this.now += step.wait
    else if ('seen' in step) {
      const { address, identifier, authenticator, proved } = step.seen
      return this.ask(`10.1.0.${address}`, identifier, authenticator, proved)
    } else if ('others' in step) {
      for (let i = 0; i < step.others; i++) {
        const other = this.#others++
        const told = this.ask(
          // Fewer addresses than are told apart: what happens past that has a test of its own.
          `10.2.${(other >> 16) & 0xff}.${other & 0xff}`,
          (other >> 8) & 0xff,
          other,
          true,
        )
        if (told) return told
      }
    } else {
      const number = this.places.at(-('forget' in step ? step.forget : step.answered) - 1)
      if (number === undefined) return null
      if ('forget' in step) {
        this.cache.forget(number)
        this.model.forget(number)
      } else this.answer(number, step.octets)
    }
    return null
  }

  /** What differs, if anything does. */
  ask(address: string, identifier: number, authenticator: number, proved: boolean): string | null {
    const origin = { ...NAS, address }
    const seen = this.cache.seen(origin, packet(identifier, authenticator), proved, this.now)
    const wanted = this.model.seen(`${address} ${identifier}`, authenticator, proved, this.now)
    if (typeof seen === 'number' && seen !== NOT_REMEMBERED) this.places.push(seen)
    const isSame = Buffer.isBuffer(seen) && Buffer.isBuffer(wanted) ? seen.equals(wanted) : seen === wanted
    return isSame ? null : `${String(seen)} instead of ${String(wanted)}`
  }

  answer(number: number, octets: number): void {
    const reply = Buffer.alloc(octets, number & 0xff)
    this.cache.answered(number, reply)
    this.model.answered(number, reply)
  }
}

t.test('whatever comes in whatever order, the cache says what a plain Map would', (t) => {
  const recent = fc.nat(6)
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        seen: fc.record({
          address: fc.nat(1),
          identifier: fc.nat(2),
          authenticator: fc.nat(2),
          proved: fc.boolean(),
        }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ answered: recent, octets: fc.integer({ min: 20, max: 600 }) }) },
    { weight: 1, arbitrary: fc.record({ forget: recent }) },
    { weight: 1, arbitrary: fc.record({ wait: fc.constantFrom(1, 14_999, KEEP_MS) }) },
    { weight: 1, arbitrary: fc.record({ others: fc.constantFrom(1, 60, MOST - 7, MOST) }) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const both = new Both()
      for (const each of steps) {
        const difference = both.step(each)
        if (difference) throw new Error(difference)
      }
    }),
    { numRuns: 60 },
  )
  t.pass('60 ways')
  t.end()
})

t.test('a full cache, where chains are long and slots change hands, says the same', (t) => {
  const both = new Both()
  let seed = 20_260_312
  // xorshift32: the same numbers in each run, whatever a property library does with its seeds.
  const random = (below: number): number => {
    seed ^= seed << 13
    seed ^= seed >>> 17
    seed ^= seed << 5
    return (seed >>> 0) % below
  }
  let differences = 0
  for (let i = 0; i < 400_000; i++) {
    both.now += random(2)
    // Some 100,000 keys of 400 sources for 65,536 places.
    const source = random(400)
    const address = `10.3.${source >> 8}.${source & 0xff}`
    if (both.ask(address, random(256), random(3), random(10) > 0) !== null) differences++
    if (i % 3 === 0) both.answer(both.places.at(-1 - random(50)) ?? 0, random(8) === 0 ? 300 : 40)
    if (i % 17 === 0) both.step({ forget: random(50) })
  }
  t.equal(differences, 0)
  t.end()
})
