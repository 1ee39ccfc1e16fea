import { createSocket, type Socket } from 'node:dgram'
import { test } from 'tap'
import { accept, dynamicAuthorizationRequests } from '../../radius-server/packet/accept.ts'
import { AcctStatusType, AttributeType, Code } from '../../radius-server/packet/attributes.ts'
import { verifyRequest } from '../../radius-server/packet/authenticators.ts'
import { encodeRequest, reply } from '../../radius-server/packet/encode.ts'
import type { Packet } from '../../radius-server/packet/packet.ts'
import { SharedSecret } from '../../radius-server/packet/secret.ts'
import { integer, text, type Attribute } from '../../radius-server/packet/values.ts'
import { answerTo } from '../support/gateway.ts'
import { startPlatform, until } from '../support/platform.ts'

/** A gateway of the lab that no simulation beside this test plays: a CoovaChilli. */
const GATEWAY = '127.10.0.61'
const NAS = 'lab-kcn-ha-noi-dai-tu'
const SITE = 'kcn-ha-noi-dai-tu'
const secret = new SharedSecret(Buffer.from('demo-radius-secret-061'))
const STATION = '02-AA-BB-CC-DD-01'

function open(port: number): Promise<Socket> {
  const socket = createSocket('udp4')
  return new Promise((resolve) => socket.bind({ address: GATEWAY, port }, () => resolve(socket)))
}

test('a code that is revoked ends the sessions that run on it', async (t) => {
  const platform = await startPlatform(t)
  const client = await open(0)
  const coa = await open(3799)
  t.teardown(() => {
    client.close()
    coa.close()
  })
  let identifier = 0
  const ask = (
    port: number,
    request: Partial<Parameters<typeof encodeRequest>[0]> & { code: number; attributes: Attribute[] },
  ): Promise<Packet> => {
    const bytes = encodeRequest({
      identifier: identifier++,
      secret,
      messageAuthenticator: request.code === Code.AccessRequest,
      ...request,
    })
    return answerTo(client, bytes, port)
  }
  const made = await platform.hotspot('voucher', 'create', '--site', SITE, '--count', '1', '--json')
  const [voucher] = JSON.parse(made.stdout) as { id: string; code: string }[]
  const { id, code } = voucher!

  const name = text(AttributeType.UserName, code)
  const station = text(AttributeType.CallingStationId, STATION)
  const credential = { kind: 'pap', password: Buffer.from(code) } as const
  const login = () =>
    ask(platform.ports.radiusAuth, { code: Code.AccessRequest, attributes: [name, station], credential })
  const accepted = await login()
  t.equal(accepted.code, Code.AccessAccept)
  const ticket = { type: AttributeType.Class, value: accepted.first(AttributeType.Class)! }
  const account = (status: number) =>
    ask(platform.ports.radiusAcct, {
      code: Code.AccountingRequest,
      attributes: [
        integer(AttributeType.AcctStatusType, status),
        text(AttributeType.AcctSessionId, 'A1'),
        name,
        station,
        ticket,
      ],
    })
  t.equal((await account(AcctStatusType.Start)).code, Code.AccountingResponse)

  const asked = new Promise<Packet>((resolve) =>
    coa.once('message', (datagram, from) => {
      const request = accept(datagram, dynamicAuthorizationRequests) as Packet
      coa.send(reply(request, Code.DisconnectAck, [], secret), from.port, from.address)
      resolve(request)
    }),
  )
  const revoked = await platform.hotspot('voucher', 'revoke', id)
  t.match(revoked.stdout, /asked to end 1 sessions/)
  const request = await asked
  t.equal(request.code, Code.DisconnectRequest)
  t.equal(verifyRequest(request, secret), 'proved')
  t.equal(request.text(AttributeType.UserName), code)
  t.equal(request.text(AttributeType.AcctSessionId), 'A1')

  await account(AcctStatusType.Stop)
  await until(
    'accounting confirms it',
    async () =>
      (await platform.metric('hotspot_sessions_open')) === 0 &&
      (await platform.metric('hotspot_sessions_started_total')) === 1,
  )
  t.equal(await platform.metric('hotspot_coa_requests_total', { gateway: 'coova-chilli', result: 'ack' }), 1)
  t.equal((await login()).code, Code.AccessReject, 'and the code opens nothing any more')
})

test('a gateway that is removed leaves no session open', async (t) => {
  const platform = await startPlatform(t)
  const client = await open(0)
  t.teardown(() => client.close())
  const start = encodeRequest({
    code: Code.AccountingRequest,
    identifier: 1,
    secret,
    messageAuthenticator: false,
    attributes: [
      integer(AttributeType.AcctStatusType, AcctStatusType.Start),
      text(AttributeType.AcctSessionId, 'B1'),
      text(AttributeType.CallingStationId, STATION),
    ],
  })
  client.send(start, platform.ports.radiusAcct, '127.0.0.1')
  await until('the session is open', async () => (await platform.metric('hotspot_sessions_open')) === 1)
  t.equal((await platform.hotspot('nas', 'remove', NAS)).code, 0)
  await until('it has ended', async () => (await platform.metric('hotspot_sessions_open')) === 0)
  t.pass('and is counted as ended')
})
