import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startPlatform, until } from '../../support/platform.ts'
import { nasSocket } from '../../radius-server/running.ts'
import { signedRequest, tlv } from '../../radius-server/wire.ts'

const SHORT = 'a short secret ab'
const folder = mkdtempSync(join(tmpdir(), 'hotspot-nas-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'city.json')
writeFileSync(
  file,
  JSON.stringify({
    city: { id: 'test', name: { vi: 'Thử', en: 'Test' }, timeZone: 'Asia/Ho_Chi_Minh' },
    operators: [{ id: 'op', name: 'Operator' }],
    sites: [
      {
        id: 'lake',
        name: { vi: 'Hồ', en: 'Lake' },
        category: 'tourist-site',
        state: 'live',
        operator: 'op',
        lat: 21,
        lng: 105.8,
        login: ['click-through'],
      },
    ],
    nas: [{ id: 'gw-file', site: 'lake', gateway: 'mikrotik', addresses: ['10.1.0.1'], secret: SHORT }],
  }),
)
const platform = await startPlatform(t, { HOTSPOT_CONFIG: file })

const add = (id: string, address: string, secret: string, ...more: string[]) => {
  const words = ['--id', id, '--site', 'lake', '--gateway', 'mikrotik', '--address', address]
  return platform.hotspot('nas', 'add', ...words, '--secret', secret, ...more)
}

t.test('a NAS is added with its settings, which the list shows', async (t) => {
  const secret = 'a secret of twenty-four octets or more'
  const settings = ['--no-limit-proxy-state', '--no-status-server', '--acct-swap-octets']
  const added = await add('gw-1', '10.1.0.2', secret, ...settings)
  t.match(added, { code: 0, stdout: 'added gw-1\n', stderr: '' })
  t.equal((await add('gw-2', '10.1.0.3', secret)).code, 0)
  const listed = JSON.parse((await platform.hotspot('nas', 'list', '--json')).stdout) as { id: string }[]
  t.match(
    listed.filter(({ id }) => id !== 'gw-file'),
    [
      { id: 'gw-1', limitProxyState: false, statusServer: false, acctSwapOctets: true },
      { id: 'gw-2', limitProxyState: true, statusServer: true, acctSwapOctets: false },
    ],
  )
  t.notMatch(JSON.stringify(listed), new RegExp(secret))
})

t.test('a short secret is taken and warned of, by name', async (t) => {
  const added = await add('gw-3', '10.1.0.4', SHORT)
  t.equal(added.code, 0)
  t.match(added.stderr, /fewer than 24 octets: gw-3\./)
  t.notMatch(added.stderr + added.stdout, new RegExp(SHORT))
})

t.test('the start names them, too', async (t) => {
  t.match(platform.output(), /fewer than 24 octets: gw-file\./)
})

t.test('one shorter than sixteen is refused', async (t) => {
  const added = await add('gw-4', '10.1.0.5', 'fifteen octets!')
  t.not(added.code, 0)
  t.match(added.stderr, /\$\.secret: shorter than 16 octets/)
})

t.test('check names the short secrets of the city file', async (t) => {
  const checked = await platform.hotspot('check')
  t.equal(checked.code, 0)
  t.match(checked.stdout, /fewer than 24 octets: gw-file\./)
  t.notMatch(checked.stdout + checked.stderr, new RegExp(SHORT))
})

t.test('check tells how the reports of a gateway kept each rule', async (t) => {
  const secret = 'a secret of twenty-four octets or more'
  await add('gw-lab', '127.77.0.1', secret)
  const text = async (...more: string[]) => platform.hotspot('nas', 'check', 'gw-lab', ...more)
  t.match(await text('--lang', 'en'), { code: 0, stdout: /gw-lab: sessions of the last 7 days\n.*own +–\n/ })
  const gateway = await nasSocket(t, '127.77.0.1')
  for (const [i, status] of [1, 2].entries()) {
    const attributes = [tlv(40, status), tlv(44, 's-1'), tlv(31, '02-00-5E-00-53-01'), tlv(46, i), tlv(49, 1)]
    const datagram = signedRequest(4, attributes, { secret, identifier: i })
    await until(
      'it is answered',
      async () => (await gateway.ask(datagram, platform.ports.radiusAcct))[0] === 5,
    )
  }
  const checks = async () =>
    (JSON.parse((await text('--json')).stdout) as { checks: { check: string; kept: number; of: number }[] })
      .checks
  await until('the collector has both', async () =>
    (await checks()).some(({ check, of }) => check === 'stop' && of === 1),
  )
  t.match(JSON.parse((await text('--json', '--days', '1')).stdout), {
    nas: 'gw-lab',
    days: 1,
    messageAuthenticator: false,
    checks: [
      { check: 'session-id', kept: 1, of: 1 },
      { check: 'start', kept: 1, of: 1 },
      { check: 'interim', kept: 0, of: 0 },
      { check: 'interval', kept: 0, of: 0 },
      { check: 'usage', kept: 0, of: 0 },
      { check: 'stop', kept: 1, of: 1 },
      { check: 'stop-highest', kept: 1, of: 1 },
      { check: 'class', kept: 0, of: 1 },
      { check: 'gigawords', kept: 0, of: 0 },
    ],
  })
  t.match((await text('--lang', 'vi')).stdout, /Class được gửi lại +0 trên 1\n {4}Hãy để cổng gửi lại Class/)
  t.notMatch((await text('--lang', 'en')).stdout, /A Stop came.*\n {4}/, 'no advice where all is well')
})

t.test('check refuses what it cannot check', async (t) => {
  t.match(await platform.hotspot('nas', 'check', 'nobody'), { code: 1, stderr: /There is no NAS "nobody"/ })
  t.not((await platform.hotspot('nas', 'check')).code, 0)
  t.match((await platform.hotspot('nas', 'check', 'gw-file', '--days', '8')).stderr, /--days takes up to 7/)
})
