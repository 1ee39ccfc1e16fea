import type { Port } from './judge.ts'
import { anyMutation, lookalike, signed } from './mutations.ts'
import { randomOf, type Random } from './random.ts'
import { seeds, type Known, type Seed } from './traffic.ts'

/** One packet of the fuzzer, with what was done to it for whoever has to look at it. */
export interface Case {
  readonly port: Port
  readonly datagram: Buffer
  readonly story: string
}

const { vectors, traffic } = seeds()

/** Traffic twice as often: a third of the vectors are answers, which no port of ours takes. */
const anySeed = (random: Random): Seed => random.pick(random.oneIn(3) ? vectors : traffic)

/** Twice a packet and more: longer ones say nothing new, and sockets do not take them all. */
const MOST_OCTETS = 9000

/** Case `number` of a seed: the same for the same numbers, secret and visitor, whatever ran before. */
export function caseOf(seed: number, number: number, secret: string, known: Known): Case {
  const random = randomOf(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b))
  const start = anySeed(random)
  const other = anySeed(random).make(random, secret, known)
  const story = [start.name]
  let datagram = start.make(random, secret, known)
  // One case in sixteen stays whole, so that what is good is answered in the midst of what is not.
  for (let left = random.oneIn(16) ? 0 : 1 + random.below(4); left > 0 && datagram.length > 0; left--) {
    const mutation = anyMutation(random)
    story.push(mutation.name)
    datagram = mutation.of(datagram, random, other)
  }
  datagram = finished(datagram, { random, secret, story }).subarray(0, MOST_OCTETS)
  // Now and then at the wrong door.
  const port = random.oneIn(20) ? random.pick<Port>(['auth', 'acct']) : start.port
  return { port, datagram, story: story.join(', ') }
}

interface Finish {
  readonly random: Random
  readonly secret: string
  readonly story: string[]
}

/** Half of the cases are signed after all: only those show what the handlers make of odd contents. */
function finished(datagram: Buffer, { random, secret, story }: Finish): Buffer {
  const way = random.below(16)
  if (way < 6) return datagram
  // A new identifier, or the duplicate cache would answer in place of the handlers.
  const fresh = Buffer.from(datagram)
  if (fresh.length > 1) fresh[1] = random.below(256)
  if (fresh.length >= 20 && !random.oneIn(4)) fresh.writeUInt16BE(fresh.length & 0xffff, 2)
  if (way < 14) {
    story.push('signed')
    const right = signed(fresh, secret, !random.oneIn(3))
    if (!random.oneIn(12)) return right
    story.push('its signature replaced by one that reads alike')
    return lookalike(right, random.oneIn(2) ? 'authenticator' : 'message-authenticator')
  }
  story.push('signed with another secret')
  return signed(fresh, `${secret}.`, true)
}
