// What fools a server that compares digests as text: every stray octet of UTF-8 reads alike, so one signature in some
// millions of guesses passes. Made here of right signatures, one octet changed, and sent to the whole server.
import t from 'tap'
import { nasSocket } from '../running.ts'
import { SECRET, stageFor } from '../stage.ts'
import { testRedis, until } from '../../support/stores.ts'
import { accessRequest, signedRequest, tlv } from '../wire.ts'
import { lookalike } from './mutations.ts'
import { startTarget } from './target.ts'

const redis = await testRedis(t)
const NAMED = [tlv(1, 'an.nguyen'), tlv(31, '02-00-5E-00-53-01')]

const KINDS = [
  {
    name: 'Accounting-Request',
    port: 'acctPort',
    signature: 'authenticator',
    reason: 'bad-request-authenticator',
    make: (identifier: number) =>
      signedRequest(4, [tlv(40, 7), tlv(44, `${identifier}`)], { secret: SECRET, identifier }),
  },
  {
    name: 'Access-Request',
    port: 'authPort',
    signature: 'message-authenticator',
    reason: 'bad-message-authenticator',
    make: (identifier: number) =>
      accessRequest(NAMED, { secret: SECRET, identifier, proof: { pap: 'a password' } }),
  },
  {
    name: 'Status-Server',
    port: 'acctPort',
    signature: 'message-authenticator',
    reason: 'bad-message-authenticator',
    make: (identifier: number) => accessRequest([], { secret: SECRET, identifier, code: 12 }),
  },
] as const

for (const { name, port, signature, reason, make } of KINDS)
  t.test(`${name}s whose ${signature} only reads right get no answer`, async (t) => {
    await stageFor(t, redis.url)
    const target = await startTarget(t, redis.url, { now: Date.now, forbidden: () => [SECRET] })
    const nas = await nasSocket(t, '127.1.0.1')
    const pairs = Array.from({ length: 200 }, (_, identifier) => make(identifier))
      .map((genuine) => ({ genuine, forged: lookalike(genuine, signature) }))
      .filter(({ genuine, forged }) => !genuine.equals(forged))
    t.ok(pairs.length > 50, `${pairs.length} of them have a look-alike`)
    t.ok(
      pairs.every(({ genuine, forged }) => String(forged) === String(genuine)),
      'as text they are one',
    )
    for (const { forged } of pairs) nas.send(forged, target[port])
    await until(
      async () => ((await target.fate()).dropped.get(reason) ?? 0) === pairs.length,
      `all are dropped as ${reason}`,
    )
    t.equal(nas.received.length, 0)
    t.equal(
      (await nas.ask(pairs[0]!.genuine, target[port]))[1],
      pairs[0]!.genuine[1],
      'the right one is answered',
    )
  })
