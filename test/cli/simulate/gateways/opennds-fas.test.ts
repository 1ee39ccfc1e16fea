import t from 'tap'
import {
  customLimits,
  fasParameter,
  hidOf,
  nodeName,
  returnHidOf,
} from '../../../../cli/simulate/gateways/opennds-fas.ts'

/** What openNDS 9.10.0 of Debian 12 and its portal said to each other in test/interop/opennds, FAS level 1. */
const KEY = '1234567890abcdef'
const MAC = '02:00:5e:10:00:01'
const TOKEN = '9393e838'
const HID = 'a547091a7e8fdc9f42be7e0a8e0756bd396de65ed3c33f15ea0833c020e83b52'
const CUSTOM =
  'cz0zNjAwJnU9MjAwMCZkPTUwMDAmdXE9MCZkcT0wJnY9dmlzaXQxJm09OGIyM2YwMmEwMDcxMWZkMzU3YmExZjliNDA5ZWJjZjM='

t.test('hid is the digest of the token, tok that of hid and FAS key', async (t) => {
  t.equal(hidOf(TOKEN), HID)
  t.equal(returnHidOf(HID, KEY), '405e4eef2b3aca621f29817ba04ace81d575d4d0e872b68035cc5d08bab6a7ae')
})

t.test('the fas parameter is what openNDS sends, octet for octet', async (t) => {
  const fas = fasParameter({
    hid: HID,
    clientip: '10.77.0.176',
    clientmac: MAC,
    gatewayname: nodeName('Lab Gateway', '02005e1000fe'),
    gatewayaddress: '10.77.0.1:2050',
    gatewaymac: '02005e1000fe',
    originurl: 'http://x.y/',
    clientif: 'lan0',
  })
  t.equal(
    Buffer.from(fas, 'base64').toString(),
    `hid=${HID}, clientip=10.77.0.176, clientmac=${MAC}, client_type=cpd_can, gatewayname=Lab%20Gateway%20Node%3a02005e1000fe%20, gatewayurl=http%3a%2f%2fstatus.client, version=9.10.0, gatewayaddress=10.77.0.1:2050, gatewaymac=02005e1000fe, originurl=http%3a%2f%2fx.y%2f, clientif=lan0, themespec=(null), (null)(null)(null)(null)`,
  )
})

t.test('limits count only when they are signed for this client and this log-in', async (t) => {
  t.same(customLimits(CUSTOM, KEY, MAC, HID), { sessionSeconds: 3600, quota: undefined })
  t.equal(customLimits(CUSTOM, KEY, '02:00:5e:10:00:02', HID), null, 'another client')
  t.equal(customLimits(CUSTOM, 'another key', MAC, HID), null, 'another key')
  const changed = Buffer.from(Buffer.from(CUSTOM, 'base64').toString().replace('s=3600', 's=7200')).toString(
    'base64',
  )
  t.equal(customLimits(changed, KEY, MAC, HID), null, 'changed')
  for (const nonsense of ['', '%%%', 'bm90aGluZw==', CUSTOM.slice(4)])
    t.equal(customLimits(nonsense, KEY, MAC, HID), null, nonsense)
})

t.test('h binds the limits to one log-in, quotas are in KiB', async (t) => {
  const { createHmac } = await import('node:crypto')
  const signed = (text: string): string => {
    const mark = createHmac('sha256', KEY).update(`${text}|${MAC}`).digest('hex').slice(0, 32)
    return Buffer.from(`${text}&m=${mark}`).toString('base64')
  }
  const bound = signed(`s=60&u=0&d=0&uq=0&dq=5000&v=x&h=${HID.slice(0, 16)}`)
  t.same(customLimits(bound, KEY, MAC, HID), {
    sessionSeconds: 60,
    quota: { from: undefined, to: 5_120_000n },
  })
  t.equal(customLimits(bound, KEY, MAC, hidOf('another')), null)
  t.equal(customLimits(signed('u=0&d=0'), KEY, MAC, HID), null, 'no s')
})
