import t from 'tap'
import { parseNas } from '../../../core/process/city-file.ts'
import { keysOf } from '../../../core/process/keys.ts'
import { sealedNas, unsealedNas } from '../../../core/process/sealed-nas.ts'
import { testKeys } from '../../support/stores.ts'

const parsed = parseNas(
  {
    id: 'gw-1',
    site: 'lake',
    gateway: 'opennds',
    addresses: ['10.1.0.1/32'],
    secret: 'a radius secret of this gateway',
    fasKey: 'a fas key',
    limitProxyState: false,
    statusServer: false,
    acctSwapOctets: true,
  },
  {},
)
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
const { nas } = parsed

t.test('a record comes back whole, its secrets among it', async (t) => {
  const back = unsealedNas(sealedNas(nas, testKeys), testKeys)
  const shown = (record: unknown): unknown => JSON.parse(JSON.stringify(record))
  t.same(shown(back), shown(nas))
  t.equal(back.secret.reveal(), 'a radius secret of this gateway')
  t.equal(back.fasKey?.reveal(), 'a fas key')
  t.equal(back.uamSecret, null)
  t.match(back, { limitProxyState: false, statusServer: false, acctSwapOctets: true })
  t.equal(back.gatewayUrl, 'http://10.1.0.1:2050')
})

t.test('nobody without the key reads a secret in it', async (t) => {
  const sealed = sealedNas(nas, testKeys)
  t.notMatch(sealed, /a radius secret|a fas key/)
  t.throws(() => unsealedNas(sealed, keysOf(Buffer.alloc(32, 8).toString('base64'))))
})

t.test('a record of a version before has the defaults for what it had not heard of', async (t) => {
  const newer = new Set(['limitProxyState', 'statusServer', 'acctSwapOctets'])
  const record = JSON.parse(sealedNas(nas, testKeys)) as Record<string, unknown>
  const older = Object.fromEntries(Object.entries(record).filter(([name]) => !newer.has(name)))
  const back = unsealedNas(JSON.stringify(older), testKeys)
  t.match(back, { id: 'gw-1', limitProxyState: true, statusServer: true, acctSwapOctets: false })
})
