// A Redis that is there and refuses to write: nothing is answered that was not recorded, and the log says why without
// repeating what Redis was told.
import t from 'tap'
import { dashedMac, parseMac } from '../../../core/domain/mac.ts'
import { tapped } from '../authenticate/visitor.ts'
import { nasSocket } from '../running.ts'
import { SECRET, stageFor } from '../stage.ts'
import { testRedis, until } from '../../support/stores.ts'
import { signedRequest, tlv } from '../wire.ts'
import { randomOf } from './random.ts'
import { startTarget } from './target.ts'
import { spellings } from './attack.ts'
import { goodAccess } from './traffic.ts'

const redis = await testRedis(t)

t.test('a store that refuses is no answer, and no visitor in the log', async (t) => {
  const stage = await stageFor(t, redis.url)
  stage.now = Date.now()
  const mac = parseMac('02-00-5E-00-53-07')!
  const code = 'HK2081XQ'
  const { userName, password } = await tapped(stage, stage.at(1), { mac })
  const known = { mac, userName, password, code }
  const forbidden = [SECRET, code, password, ...spellings(known)]
  let ahead = 0
  const target = await startTarget(t, redis.url, {
    now: () => Date.now() + ahead,
    forbidden: () => forbidden,
  })
  const nas = await nasSocket(t, '127.1.0.1')
  const report = (status: number, identifier: number): Buffer =>
    signedRequest(4, [tlv(40, status), tlv(44, 's'), tlv(1, userName), tlv(31, dashedMac(mac))], {
      secret: SECRET,
      identifier,
    })
  t.equal((await nas.ask(report(1, 1), target.acctPort))[0], 5)
  const maxmemory = (octets: number) => stage.store.call('CONFIG', 'SET', 'maxmemory', octets)
  await maxmemory(1)
  nas.received.length = 0
  const asked = [
    [report(3, 2), target.acctPort],
    [goodAccess(randomOf(1), SECRET, known), target.authPort],
  ] as const
  for (const [index, [datagram, port]] of asked.entries()) {
    // Each in ten seconds of its own, so that each is logged.
    ahead += 11_000
    nas.send(datagram, port)
    await until(async () => (await target.fate()).dropped.get('store-away') === index + 1, 'it is counted')
  }
  t.equal(nas.received.length, 0)
  const lines = target.log.errors.filter((line) => line.includes('store-away'))
  t.equal(lines.length, asked.length, 'the log tells of each')
  for (const line of lines) t.match(line, /maxmemory/, 'and why')
  t.same(target.log.leaks, [])
  await maxmemory(0)
  t.equal((await nas.ask(report(3, 5), target.acctPort))[0], 5, 'it is served again')
})
