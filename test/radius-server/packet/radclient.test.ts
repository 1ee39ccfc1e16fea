// FreeRADIUS's radclient asks, over a socket of the loopback, and judges our answers.
import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest } from '../../../radius-server/packet/authenticators.ts'
import { reply } from '../../../radius-server/packet/encode.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import { checkChap, checkPap } from '../../../radius-server/packet/passwords.ts'
import { integer, text, vendorText } from '../../../radius-server/packet/values.ts'
import type { Attribute } from '../../../radius-server/packet/values.ts'
import { read, secret } from './packets.ts'

type Answer = { code: number; attributes?: readonly Attribute[] }

const isInstalled = spawnSync('radclient', ['-v']).error === undefined
const skip = isInstalled ? false : 'radclient (freeradius-utils) is not installed'

t.test('PAP with Message-Authenticator, answered with an Access-Accept it believes', { skip }, async (t) => {
  const request = 'User-Name="an.nguyen",User-Password="Hồ Gươm 36 phố phường",Message-Authenticator=0x00'
  const { packet, output } = await exchange('auth', request, {
    code: Code.AccessAccept,
    attributes: [
      integer(AttributeType.SessionTimeout, 3600),
      text(AttributeType.ReplyMessage, 'Chào bạn'),
      vendorText(14988, 8, '2M/10M'),
    ],
  })
  t.equal(verifyRequest(packet, secret), 'proved')
  t.ok(checkPap(packet, secret, Buffer.from('Hồ Gươm 36 phố phường')))
  t.match(output, /Received Access-Accept/)
  t.match(output, /Message-Authenticator = 0x/)
  t.match(output, /Session-Timeout = 3600/)
  t.match(output, /Reply-Message = "Chào bạn"/)
  t.match(output, /Mikrotik-Rate-Limit = "2M\/10M"/)
})

t.test('CHAP with a challenge, refused with an Access-Reject it believes', { skip }, async (t) => {
  const { packet, output } = await exchange('auth', 'User-Name="an",CHAP-Password="hoankiem"', {
    code: Code.AccessReject,
  })
  t.equal(verifyRequest(packet, secret), 'unproved')
  t.ok(checkChap(packet, Buffer.from('hoankiem')))
  t.notOk(checkChap(packet, Buffer.from('hoankiem1')))
  t.match(output, /Received Access-Reject/)
})

t.test('Proxy-States come back in order', { skip }, async (t) => {
  const request = 'User-Name="an",Proxy-State=0x0001,Proxy-State=0xfffefd'
  const { output } = await exchange('auth', request, { code: Code.AccessReject })
  t.match(output, /Proxy-State = 0x0001\s+Proxy-State = 0xfffefd/)
})

t.test('an Accounting-Request is proved, and its answer believed', { skip }, async (t) => {
  const request =
    'Acct-Status-Type=Stop,Acct-Session-Id="8000000b",Acct-Input-Octets=5,Acct-Input-Gigawords=2'
  const { packet, output } = await exchange('acct', request, { code: Code.AccountingResponse })
  t.equal(verifyRequest(packet, secret), 'proved')
  t.equal(packet.octets(AttributeType.AcctInputOctets, AttributeType.AcctInputGigawords), 8589934597n)
  t.match(output, /Received Accounting-Response/)
})

t.test('an Accounting-Request with Message-Authenticator is proved', { skip }, async (t) => {
  const request = 'Acct-Status-Type=Start,Acct-Session-Id="8000000c",Message-Authenticator=0x00'
  const { packet } = await exchange('acct', request, { code: Code.AccountingResponse })
  t.equal(packet.messageAuthenticators, 1)
  t.equal(verifyRequest(packet, secret), 'proved')
})

t.test('Status-Server is proved, and its answers on both ports believed', { skip }, async (t) => {
  const { packet, output } = await exchange('status', 'Message-Authenticator=0x00', {
    code: Code.AccessAccept,
  })
  t.equal(verifyRequest(packet, secret), 'proved')
  t.match(output, /Received Access-Accept/)
})

t.test(
  'Disconnect- and CoA-Request are proved, with Message-Authenticator and without',
  { skip },
  async (t) => {
    for (const extra of ['', ',Message-Authenticator=0x00']) {
      const nak = { code: Code.DisconnectNak, attributes: [integer(AttributeType.ErrorCause, 503)] }
      const disconnect = await exchange('disconnect', `Acct-Session-Id="8000000b"${extra}`, nak)
      t.equal(verifyRequest(disconnect.packet, secret), 'proved')
      t.match(disconnect.output, /Received Disconnect-NAK/)
      t.match(disconnect.output, /Error-Cause = Session-Context-Not-Found/)
      const coa = await exchange('coa', `Acct-Session-Id="8000000b",Session-Timeout=60${extra}`, {
        code: Code.CoaAck,
      })
      t.equal(verifyRequest(coa.packet, secret), 'proved')
      t.match(coa.output, /Received CoA-ACK/)
    }
  },
)

t.test('an answer with one bit wrong is not believed', { skip }, async (t) => {
  const { output } = await exchange('auth', 'User-Name="an"', { code: Code.AccessAccept }, (answer) => {
    answer[6] = (answer[6] ?? 0) ^ 1
  })
  t.match(output, /invalid Response Authenticator/)
})

/** Have radclient send one request to a socket of ours that gives `answer`; what arrived, and what radclient printed. */
async function exchange(
  kind: string,
  request: string,
  answer: Answer,
  damage?: (answer: Buffer) => void,
): Promise<{ packet: Packet; output: string }> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const received: Packet[] = []
  socket.on('message', (datagram, { address, port }) => {
    const packet = read(datagram)
    received.push(packet)
    const response = reply(packet, answer.code, answer.attributes ?? [], secret)
    damage?.(response)
    socket.send(response, port, address)
  })
  const server = `127.0.0.1:${socket.address().port}`
  // One try; seconds enough for a busy machine, and few where no answer is expected.
  const patience = damage === undefined ? '10' : '1'
  const client = spawn('radclient', ['-x', '-r', '1', '-t', patience, server, kind, secret.bytes.toString()])
  let output = ''
  client.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  client.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  client.stdin.end(`${request}\n`)
  await once(client, 'close')
  socket.close()
  const [packet] = received
  if (packet === undefined) throw new Error(`radclient sent nothing: ${output}`)
  return { packet, output }
}
