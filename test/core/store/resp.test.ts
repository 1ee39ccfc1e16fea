import fc from 'fast-check'
import t from 'tap'
import type { Reply } from '../../../core/store/redis.ts'
import { CommandWriter, RedisRefusal, ReplyReader } from '../../../core/store/resp.ts'

/** A reply as a server means it; its octets are written here a second time, from the protocol's description. */
type Said =
  | { readonly simple: string }
  | { readonly refusal: string }
  | { readonly integer: number }
  | { readonly bulk: string }
  | { readonly nothing: '$' | '*' }
  | { readonly list: readonly Said[] }

function octetsOf(said: Said): Buffer {
  if ('simple' in said) return Buffer.from(`+${said.simple}\r\n`, 'latin1')
  if ('refusal' in said) return Buffer.from(`-${said.refusal}\r\n`)
  if ('integer' in said) return Buffer.from(`:${said.integer}\r\n`)
  if ('nothing' in said) return Buffer.from(`${said.nothing}-1\r\n`)
  if ('bulk' in said) return Buffer.from(`$${Buffer.byteLength(said.bulk)}\r\n${said.bulk}\r\n`)
  return Buffer.concat([Buffer.from(`*${said.list.length}\r\n`), ...said.list.map(octetsOf)])
}

/** What a reader makes of it: a list with a refusal in it is the last of these. */
function meant(said: Said): Reply | RedisRefusal {
  if ('simple' in said) return said.simple
  if ('refusal' in said) return new RedisRefusal(said.refusal)
  if ('integer' in said) return said.integer
  if ('nothing' in said) return null
  if ('bulk' in said) return said.bulk
  const items = said.list.map(meant)
  return items.findLast((item) => item instanceof RedisRefusal) ?? (items as Reply[])
}

/** What is taken from a stream that comes in these pieces. */
function taken(stream: Buffer, cuts: readonly number[]): (Reply | RedisRefusal)[] {
  const replies: (Reply | RedisRefusal)[] = []
  const reader = new ReplyReader((reply) => replies.push(reply))
  let from = 0
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    // The piece's own memory, used for something else as soon as it was handed over.
    const piece = Buffer.from(stream.subarray(from, cut))
    if (piece.length > 0) reader.push(piece)
    piece.fill(0)
    from = cut
  }
  if (from < stream.length) reader.push(stream.subarray(from))
  return replies
}

const told = (replies: readonly (Reply | RedisRefusal)[]): string =>
  JSON.stringify(replies.map((each) => (each instanceof RedisRefusal ? { refused: each.message } : each)))

const oneLine = fc.stringMatching(/^[\x20-\x7e]*$/)
const said: fc.Arbitrary<Said> = fc.letrec<{ said: Said }>((tie) => ({
  said: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      bulk: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\r\n', '$5\r\n', 'Hồ Gươm\t🐢')),
    }),
    fc.record({ simple: oneLine }),
    fc.record({ integer: fc.maxSafeInteger() }),
    fc.record({ refusal: oneLine }),
    fc.record({ nothing: fc.constantFrom('$' as const, '*' as const) }),
    fc.record({ list: fc.array(tie('said'), { maxLength: 6 }) }),
  ),
})).said

t.test('replies come out as they were meant, in whatever pieces the stream comes', (t) => {
  fc.assert(
    fc.property(fc.array(said, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 30 }), (all, cuts) => {
      const stream = Buffer.concat(all.map(octetsOf))
      const wanted = told(all.map(meant))
      const random = told(
        taken(
          stream,
          cuts.map((cut) => cut % (stream.length + 1)),
        ),
      )
      const each = told(taken(stream, Array.from(stream.keys())))
      if (random !== wanted) throw new Error(`${random}\ninstead of\n${wanted}`)
      if (each !== wanted) throw new Error(`octet by octet: ${each}\ninstead of\n${wanted}`)
    }),
    { numRuns: 1000 },
  )
  t.pass('1,000 streams, each cut at random and into single octets')
  t.end()
})

t.test('pieces of every size give the same replies', (t) => {
  const all: Said[] = [
    { list: [{ bulk: 's:one' }, { bulk: '300' }, { list: [{ integer: -7 }, { nothing: '$' }] }] },
    { simple: 'OK' },
    { refusal: 'NOSCRIPT No matching script.' },
    { bulk: 'x'.repeat(300) },
    { list: [] },
    { integer: 0 },
  ]
  const stream = Buffer.concat(all.map(octetsOf))
  for (let size = 1; size <= stream.length; size++) {
    const cuts = Array.from({ length: Math.floor(stream.length / size) }, (_, i) => (i + 1) * size)
    if (told(taken(stream, cuts)) !== told(all.map(meant))) return t.fail(`pieces of ${size} octets`)
  }
  t.pass(`1 to ${stream.length} octets`)
  t.end()
})

t.test('a reply is handed over with the octet that completes it, not before', (t) => {
  for (const each of [
    { simple: 'OK' },
    { integer: 12 },
    { bulk: 'ab' },
    { list: [{ bulk: 'a' }, { integer: 1 }] },
  ]) {
    const stream = octetsOf(each)
    t.equal(taken(stream.subarray(0, -1), Array.from(stream.keys())).length, 0)
    t.equal(taken(stream, Array.from(stream.keys())).length, 1)
  }
  t.end()
})

t.test('a refusal inside a list is the answer; what follows the list is read all the same', (t) => {
  const all: Said[] = [
    { list: [{ bulk: 'a' }, { refusal: 'WRONGTYPE no list' }, { bulk: 'b' }] },
    { bulk: 'next' },
  ]
  const [first, second] = taken(Buffer.concat(all.map(octetsOf)), [])
  t.ok(first instanceof RedisRefusal && first.message === 'WRONGTYPE no list')
  t.equal(second, 'next')
  t.end()
})

t.test('a server that speaks another language is found out by its first line', (t) => {
  for (const words of ['HTTP/1.1 400 Bad Request\r\n', '%1\r\n']) {
    const reader = new ReplyReader(() => t.fail('nothing is a reply'))
    t.throws(() => reader.push(Buffer.from(words)), /does not speak RESP/)
  }
  t.end()
})

/* Commands */

/** Commands as a server reads them: lists of strings by their octets. */
function read(octets: Buffer): string[][] {
  const commands: string[][] = []
  const reader = new ReplyReader((reply) => commands.push(reply as string[]))
  reader.push(octets)
  return commands
}

t.test('commands are lists of strings, their lengths in octets, whatever is in them', (t) => {
  const argument = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
  )
  fc.assert(
    fc.property(fc.array(fc.array(argument, { maxLength: 5 }), { minLength: 1, maxLength: 5 }), (all) => {
      const writer = new CommandWriter()
      for (const args of all) writer.add('SET', args)
      const octets = writer.take()
      const wanted = all.map((args) => ['SET', ...args.map(String)])
      if (JSON.stringify(read(octets)) !== JSON.stringify(wanted)) throw new Error(octets.toString('latin1'))
    }),
    { numRuns: 500 },
  )
  t.pass('500 rounds')
  t.end()
})

t.test('lengths are of octets, whatever the text, and each command is written anew', (t) => {
  const writer = new CommandWriter()
  const taken = (): string => writer.take().toString()
  t.equal(writer.count, 0)
  writer.add('GET', ['key'])
  t.equal(taken(), '*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n')
  writer.add('GET', ['khóa'])
  writer.add('GET', ['key'])
  t.equal(writer.count, 2)
  t.equal(taken(), '*2\r\n$3\r\nGET\r\n$5\r\nkhóa\r\n*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n')
  t.equal(taken(), '', 'what was taken is taken')
  writer.add('INCRBY', ['key', 7])
  t.equal(taken(), '*3\r\n$6\r\nINCRBY\r\n$3\r\nkey\r\n$1\r\n7\r\n')
  writer.add('LPUSH', ['key', ...Array.from({ length: 11 }, () => -1.5), 10])
  t.equal(taken(), `*14\r\n$5\r\nLPUSH\r\n$3\r\nkey\r\n${'$4\r\n-1.5\r\n'.repeat(11)}$2\r\n10\r\n`)
  t.equal(writer.count, 0)
  t.end()
})

t.test(
  'octets that are on their way stay as they are until they are given back, however many there are',
  (t) => {
    const writer = new CommandWriter()
    writer.add('GET', ['a'])
    const first = writer.take()
    writer.add('GET', ['b'])
    const second = writer.take()
    t.equal(first.toString(), '*2\r\n$3\r\nGET\r\n$1\r\na\r\n')
    writer.giveBack(first)
    writer.add('GET', ['c'])
    t.equal(second.toString(), '*2\r\n$3\r\nGET\r\n$1\r\nb\r\n')
    t.equal(writer.take().toString(), '*2\r\n$3\r\nGET\r\n$1\r\nc\r\n')
    writer.giveBack(second)
    const large = ['x'.repeat(70_000), 'ờ'.repeat(70_000)]
    for (const text of large) writer.add('SET', ['key', text])
    const many = writer.take()
    writer.giveBack(many)
    t.same(
      read(many),
      large.map((text) => ['SET', 'key', text]),
    )
    writer.add('GET', ['d'])
    t.equal(writer.take().toString(), '*2\r\n$3\r\nGET\r\n$1\r\nd\r\n')
    t.end()
  },
)
