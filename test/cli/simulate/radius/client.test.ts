import t, { type Test } from 'tap'
import { realClock, type Clock } from '../../../../cli/simulate/clock.ts'
import { RadiusClient, type Mischief } from '../../../../cli/simulate/radius/client.ts'
import type { Attribute } from '../../../../cli/simulate/radius/package.ts'
import { createRandom } from '../../../../cli/simulate/random.ts'
import { address, SECRET } from '../stage.ts'
import {
  clearPassword,
  provesAccounting,
  provesMessage,
  textOf,
  tinyRadius,
  vendorOf,
  type Packet,
  type Reply,
} from '../tiny-radius.ts'

/** A second takes 200 ms. */
const hasty: Clock = { ...realClock(1), wait: (milliseconds) => realClock(1).wait(milliseconds / 5) }
const QUIET: Mischief = { loss: 0, duplicates: 0, reorder: 0 }

async function stage(
  t: Test,
  answer: (packet: Packet) => Reply,
  { clock = hasty, ...mischief }: Partial<Mischief> & { readonly clock?: Clock } = {},
) {
  const server = await tinyRadius(SECRET, answer)
  const heard: string[] = []
  const client = await RadiusClient.open({
    address: address(10),
    auth: server.at,
    acct: server.at,
    secret: SECRET,
    clock,
    random: createRandom(1),
    mischief: { ...QUIET, ...mischief },
    observer: {
      answered: () => void heard.push('answered'),
      retransmitted: () => void heard.push('retransmitted'),
      duplicated: () => void heard.push('duplicated'),
      fault: (reason) => void heard.push(`fault: ${reason}`),
    },
  })
  t.teardown(async () => {
    await client.close()
    await server.close()
  })
  return { server, client, heard }
}

const accepts = (): Reply => ({ code: 2, attributes: [[18, Buffer.from('Chào')]] })
const records = (): Reply => ({ code: 5, attributes: [] })

t.test('an Access-Request arrives whole, from its own address, with Message-Authenticator', async (t) => {
  const { server, client, heard } = await stage(t, accepts)
  const password = 'mật khẩu dài hơn mười sáu'
  const attributes: Attribute[] = [
    ['User-Name', 'g1.visit'],
    ['User-Password', password],
    ['Vendor-Specific', 14559, [[8, Buffer.from('1.6')]]],
  ]
  const answer = await client.access(attributes)
  t.match(answer, {
    kind: 'answer',
    packet: { code: 'Access-Accept', attributes: { 'Reply-Message': 'Chào' } },
  })
  const packet = server.received[0]!
  t.equal(packet.from.address, address(10))
  t.equal(textOf(packet, 1), 'g1.visit')
  t.equal(clearPassword(packet, SECRET), password)
  t.equal(vendorOf(packet, 14559, 8)?.toString(), '1.6')
  t.ok(provesMessage(packet, SECRET))
  t.same(heard, ['answered'])
  t.equal(attributes.length, 3, 'what it was given stays as it was')
})

t.test('an Accounting-Request carries the authenticator of RFC 2866', async (t) => {
  const { server, client } = await stage(t, records)
  t.match(await client.accounting([['Acct-Status-Type', 'Start']]), {
    packet: { code: 'Accounting-Response' },
  })
  t.ok(provesAccounting(server.received[0]!, SECRET))
})

t.test('a lost packet is sent again, the same octets', async (t) => {
  let tries = 0
  const { server, client, heard } = await stage(t, () => (++tries < 3 ? 'silence' : records()))
  t.match(await client.accounting([['Acct-Status-Type', 'Start']]), { kind: 'answer' })
  t.equal(server.received.length, 3)
  t.ok(server.received.every(({ octets }) => octets.equals(server.received[0]!.octets)))
  t.same(heard, ['retransmitted', 'retransmitted', 'answered'])
})

t.test('four tries without an answer are silence', async (t) => {
  const { server, client } = await stage(t, () => 'silence')
  t.same(await client.accounting([['Acct-Status-Type', 'Start']]), { kind: 'silence' })
  t.equal(server.received.length, 4)
})

t.test('an answer under another secret is no answer', async (t) => {
  const forger = await tinyRadius('another secret', records)
  t.teardown(() => forger.close())
  const heard: string[] = []
  const client = await RadiusClient.open({
    address: address(10),
    auth: forger.at,
    acct: forger.at,
    secret: SECRET,
    clock: hasty,
    random: createRandom(1),
    mischief: QUIET,
    observer: {
      answered() {},
      retransmitted() {},
      duplicated() {},
      fault: (reason) => void heard.push(reason),
    },
  })
  t.teardown(() => client.close())
  t.same(await client.accounting([['Acct-Status-Type', 'Start']]), { kind: 'silence' })
  t.equal(heard[0], 'Accounting-Request: an answer with bad authenticator')
})

t.test('more requests than identifiers wait their turn', async (t) => {
  const { server, client, heard } = await stage(t, records, { clock: realClock(1) })
  const answers = await Promise.all(
    Array.from({ length: 600 }, (_, i) => client.accounting([['Acct-Session-Id', String(i)]])),
  )
  t.ok(answers.every(({ kind }) => kind === 'answer'))
  t.equal(new Set(server.received.map((packet) => textOf(packet, 44))).size, 600)
  t.same(
    heard.filter((each) => each.startsWith('fault')),
    [],
  )
})

t.test('a request sent twice on purpose has to bring the same octets twice', async (t) => {
  const { server, client, heard } = await stage(t, records, { duplicates: 1, clock: realClock(1) })
  for (let i = 0; i < 8; i++) await client.accounting([['Acct-Session-Id', String(i)]])
  await client.close()
  t.equal(server.received.length, 16)
  t.equal(heard.filter((each) => each === 'duplicated').length, 8)
  t.same(
    heard.filter((each) => each.startsWith('fault')),
    [],
  )
})

t.test('what is lost on either way comes through in the end', async (t) => {
  const { client, heard } = await stage(t, records, { loss: 0.1 })
  // One after the other, so that the seed alone decides what is lost.
  for (let i = 0; i < 40; i++)
    t.match(await client.accounting([['Acct-Session-Id', String(i)]]), { kind: 'answer' })
  t.ok(heard.includes('retransmitted'))
})

t.test('a request that cannot be written is said, and takes no identifier away', async (t) => {
  const { client, heard } = await stage(t, records)
  for (let i = 0; i < 300; i++) await client.accounting([['User-Name', 'x'.repeat(300)]])
  t.equal(heard.length, 300)
  t.equal(heard[0], 'fault: Accounting-Request: cannot be written')
  t.match(await client.accounting([['User-Name', 'x']]), { kind: 'answer' })
})
