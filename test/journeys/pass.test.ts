import { createHash } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { accept, dynamicAuthorizationRequests } from '../../radius-server/packet/accept.ts'
import { AcctStatusType, AttributeType, Code } from '../../radius-server/packet/attributes.ts'
import { encodeRequest, reply } from '../../radius-server/packet/encode.ts'
import type { Packet } from '../../radius-server/packet/packet.ts'
import { SharedSecret } from '../../radius-server/packet/secret.ts'
import { integer, text, type Attribute } from '../../radius-server/packet/values.ts'
import { answerTo } from '../support/gateway.ts'
import { startPlatform, until } from '../support/platform.ts'

const STATION = '02-AA-BB-CC-DD-01'
const SECRET = 'a radius secret of this journey'
const UAM_SECRET = 'a uam secret of this journey'
const CHALLENGE = 'c5'.repeat(16)
const secret = new SharedSecret(Buffer.from(SECRET))
/** Loopback addresses that only this process uses, whatever else runs on the machine. */
const BLOCK = `127.${60 + (process.pid % 30)}.${(process.pid >> 6) & 255}`
const gateways = { lake: `${BLOCK}.1`, temple: `${BLOCK}.2` } as const

const site = (id: string) => ({
  id,
  name: { vi: id, en: id },
  category: 'tourist-site',
  state: 'live',
  operator: 'op',
  lat: 21,
  lng: 105.8,
  login: ['click-through'],
  limits: { sessionSeconds: 3600, dailySeconds: 7200 },
})
const city = {
  city: { id: 'test', name: { vi: 'Thử', en: 'Test' }, timeZone: 'Asia/Ho_Chi_Minh' },
  operators: [{ id: 'op', name: 'Operator' }],
  sites: [site('lake'), site('temple')],
  nas: Object.entries(gateways).map(([id, address]) => ({
    id: `gw-${id}`,
    site: id,
    gateway: 'coova-chilli',
    addresses: [address],
    secret: SECRET,
    uamSecret: UAM_SECRET,
    gatewayUrl: `http://${address}:3990`,
    coa: { address, port: 3799 },
    macAuth: id === 'temple',
    interimSeconds: 60,
  })),
}

const md5 = (...parts: (string | Buffer)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest()

const open = (address: string, port: number): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.bind({ address, port }, () => resolve(socket))
  })

test('lesson 13: one tap at one site, none at the next, and nothing anywhere once the pass is revoked', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hotspot-pass-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'city.json')
  writeFileSync(file, JSON.stringify(city))
  const platform = await startPlatform(t, { HOTSPOT_CONFIG: file })
  const portal = `http://127.0.0.1:${platform.ports.portal}`

  let identifier = 0
  /** A gateway: what it asks by RADIUS, and the Disconnect-Requests that it is asked, which it obeys. */
  async function gateway(address: string) {
    const client = await open(address, 0)
    const coa = await open(address, 3799)
    t.teardown(() => {
      client.close()
      coa.close()
    })
    const disconnected: string[] = []
    coa.on('message', (datagram, from) => {
      const request = accept(datagram, dynamicAuthorizationRequests) as Packet
      // Whoever answers late is asked again.
      const session = request.text(AttributeType.AcctSessionId) ?? ''
      if (!disconnected.includes(session)) disconnected.push(session)
      coa.send(reply(request, Code.DisconnectAck, [], secret), from.port, from.address)
    })
    const ask = (port: number, code: number, attributes: Attribute[]): Promise<Packet> => {
      const messageAuthenticator = code === Code.AccessRequest
      const request = { code, identifier: identifier++, secret, messageAuthenticator, attributes }
      return answerTo(client, encodeRequest(request), port)
    }
    return {
      disconnected,
      access: (attributes: Attribute[]) =>
        ask(platform.ports.radiusAuth, Code.AccessRequest, [
          ...attributes,
          text(AttributeType.CallingStationId, STATION),
        ]),
      starts: async (session: string, accepted: Packet) => {
        await ask(platform.ports.radiusAcct, Code.AccountingRequest, [
          integer(AttributeType.AcctStatusType, AcctStatusType.Start),
          text(AttributeType.AcctSessionId, session),
          text(AttributeType.CallingStationId, STATION),
          { type: AttributeType.Class, value: accepted.first(AttributeType.Class)! },
        ])
      },
    }
  }
  const lake = await gateway(gateways.lake)
  const temple = await gateway(gateways.temple)

  const arrival = (nas: string): string => {
    const query = new URLSearchParams({
      res: 'notyet',
      challenge: CHALLENGE,
      mac: STATION,
      ip: '10.1.0.5',
      nasid: nas,
    })
    const url = `${portal}/g/coova-chilli?${query.toString()}`
    return `${url}&md=${md5(url, UAM_SECRET).toString('hex').toUpperCase()}`
  }
  const pageOf = async (url: string): Promise<{ status: number; body: string }> => {
    const answer = await fetch(url, {
      headers: { 'accept-language': 'en', 'user-agent': 'Mozilla/5.0 (iPhone)' },
    })
    return { status: answer.status, body: await answer.text() }
  }

  const splash = await pageOf(arrival('gw-lake'))
  const v = /name="v" value="([^"]+)"/.exec(splash.body)![1]!
  t.notMatch(splash.body, /Welcome back/)
  const tap = await fetch(`${portal}/login/click-through`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ v, lang: 'en' }),
  })
  const logon = new URL(tap.headers.get('location')!).searchParams
  const grant = [
    text(AttributeType.UserName, logon.get('username')!),
    {
      type: AttributeType.ChapPassword,
      value: Buffer.concat([Buffer.of(0), Buffer.from(logon.get('response')!, 'hex')]),
    },
    { type: AttributeType.ChapChallenge, value: md5(Buffer.from(CHALLENGE, 'hex'), UAM_SECRET) },
  ]
  const accepted = await lake.access(grant)
  t.equal(accepted.code, Code.AccessAccept)
  await lake.starts('A1', accepted)

  const byMac = [text(AttributeType.UserName, STATION)]
  const again = await temple.access(byMac)
  t.equal(again.code, Code.AccessAccept, 'the gateway of the second site lets it in by its address')
  await temple.starts('B1', again)
  t.match((await pageOf(arrival('gw-temple'))).body, /Welcome back/)
  await until('both sessions are open', async () => (await platform.metric('hotspot_sessions_open')) === 2)

  const { body } = await pageOf(`${portal}/pass?v=${v}`)
  const id = /the number <b>([^<]+)</.exec(body)![1]!
  const symbols = /class="symbols">([^<]+)</.exec(body)![1]!
  const link = /href="([^"]+\/p\/[^"]+)"/.exec(body)![1]!
  const shown = await platform.hotspot('pass', 'show', id, '--json')
  t.match(JSON.parse(shown.stdout), [{ id, state: 'valid', devices: '1 of 5', carriesCode: false }])
  t.notMatch(shown.stdout, /AA-?BB|aa:bb/i)
  t.match((await platform.hotspot('pass', 'show', symbols)).stdout, id, 'staff may be read its symbols')

  const revoked = await platform.hotspot('pass', 'revoke', id)
  t.match(revoked.stdout, /asked to end 2 sessions/)
  await until('both gateways were asked', () => lake.disconnected.length + temple.disconnected.length === 2)
  t.same([lake.disconnected, temple.disconnected], [['A1'], ['B1']])

  t.equal((await temple.access(byMac)).code, Code.AccessReject)
  t.equal((await lake.access(grant)).code, Code.AccessReject)
  t.notMatch((await pageOf(arrival('gw-temple'))).body, /Welcome back/)
  const over = await pageOf(link)
  t.equal(over.status, 410)
  t.match(over.body, /This pass was cancelled/)
  t.match((await platform.hotspot('pass', 'show', id)).stdout, /revoked/)

  t.equal((await platform.hotspot('pass', 'show', 'AAAAAAAAAAAAAAAA')).code, 1)
  t.equal((await platform.hotspot('pass', 'show')).code, 2)
  t.equal((await platform.hotspot('pass', 'mend', id)).code, 2)
  t.notMatch(platform.output(), link.split('/p/')[1]!, 'and no log tells its link')
})
