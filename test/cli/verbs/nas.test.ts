import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startPlatform } from '../../support/platform.ts'

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
