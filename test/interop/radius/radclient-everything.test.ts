// radclient logs a visitor in and reports on a session with every attribute of FreeRADIUS's dictionaries beside: what a
// server does not use it ignores, and answers all the same (RFC 2865 §5).
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { startTarget } from '../../radius-server/fuzz/target.ts'
import { SECRET, stageFor } from '../../radius-server/stage.ts'
import { testRedis } from '../../support/stores.ts'
import { DICTIONARIES, dictionaryFolder, readDictionary } from './dictionary.ts'
import { isPlainlySent, spread, write } from './written.ts'

const CODE = 'HK2081XQ'
/** What says who asks and what for; another value of these is another question. */
const SPOKEN_FOR = new Set([
  'User-Name',
  'Calling-Station-Id',
  'Service-Type',
  'State',
  'ARAP-Password',
  'Chargeable-User-Identity',
  'Acct-Status-Type',
  'Acct-Session-Id',
])
const OURS = 'Calling-Station-Id = "02-00-5E-00-53-01"'

const folder = dictionaryFolder()
if (folder === null || spawnSync('radclient', ['-v']).error)
  t.plan(0, 'radclient is not installed (apt-get install freeradius-utils)')
else await allTests(folder)

async function allTests(from: string): Promise<void> {
  const redis = await testRedis(t)
  const stage = await stageFor(t, redis.url, [{}], { limits: { sessionSeconds: 3600 } })
  await stage.rights.vouchers.publish(CODE, {
    id: 'voucher-of-radclient',
    site: stage.site.id,
    seconds: null,
    octets: null,
    devices: 5,
    expiresAt: null,
  })
  const target = await startTarget(t, redis.url, { now: Date.now, forbidden: () => [SECRET, CODE] })
  const written = DICTIONARIES.flatMap((name) => readDictionary(from, name))
    .filter((each) => isPlainlySent(each) && !SPOKEN_FOR.has(each.name))
    .map(write)
  const packets = spread(written).map((list) => list.map(({ line }) => line).join('\n'))

  for (const { kind, port, words, answer } of [
    {
      kind: 'auth',
      port: target.authPort,
      words: `User-Name = "${CODE}"\nUser-Password = "${CODE}"\n${OURS}\nMessage-Authenticator = 0x00`,
      answer: 'Access-Accept',
    },
    {
      kind: 'acct',
      port: target.acctPort,
      words: `Acct-Status-Type = Interim-Update\nAcct-Session-Id = "8000000b"\nUser-Name = "${CODE}"\n${OURS}`,
      answer: 'Accounting-Response',
    },
  ] as const)
    await t.test(`${packets.length} requests with ${written.length} attributes get ${answer}`, async (t) => {
      const output = await radclient(
        kind,
        port,
        packets.map((lines) => `${words}\n${lines}\nPacket-Src-IP-Address = 127.1.0.1`),
      )
      t.equal(output.match(new RegExp(`^Received ${answer} `, 'gm'))?.length, packets.length)
      t.notMatch(output, /Reply verification failed|invalid/)
    })

  await t.test('none of it was dropped, none of it is in the log', async (t) => {
    t.same([...(await target.fate()).dropped], [])
    t.same(target.log.leaks, [])
  })
}

/** What radclient prints of these packets, one after another; a retransmission is answered from the duplicate cache. */
async function radclient(kind: 'auth' | 'acct', port: number, packets: readonly string[]): Promise<string> {
  const words = ['-x', '-p', '1', '-r', '10', '-t', '6', `127.0.0.1:${port}`, kind, SECRET]
  const client = spawn('radclient', words)
  let output = ''
  for (const stream of [client.stdout, client.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  client.stdin.end(packets.join('\n\n'))
  await once(client, 'close')
  return output
}
