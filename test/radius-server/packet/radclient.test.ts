// FreeRADIUS's radclient asks, over a socket of the loopback, and judges our answers.
import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { AttributeType, Code, ExtendedType } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest } from '../../../radius-server/packet/authenticators.ts'
import { reply } from '../../../radius-server/packet/encode.ts'
import { extended, extendedVendor, readExtended } from '../../../radius-server/packet/extended.ts'
import type { Extended } from '../../../radius-server/packet/extended.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import { checkChap, checkPap } from '../../../radius-server/packet/passwords.ts'
import {
  readTaggedInteger,
  readTaggedText,
  taggedInteger,
  taggedText,
} from '../../../radius-server/packet/tagged.ts'
import { readTlvs, writeTlvs } from '../../../radius-server/packet/tlvs.ts'
import {
  integer,
  integer64Octets,
  interfaceId,
  prefix,
  text,
  vendorText,
} from '../../../radius-server/packet/values.ts'
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

const extension = `$INCLUDE /usr/share/freeradius/dictionary
ATTRIBUTE Lab-Long 245.4 octets
ATTRIBUTE Lab-Count 241.200 integer64
VENDOR Lab 4242
BEGIN-VENDOR Lab format=Extended-Vendor-Specific-1
ATTRIBUTE Lab-Word 4 string
END-VENDOR Lab
BEGIN-VENDOR Lab format=Extended-Vendor-Specific-5
ATTRIBUTE Lab-Long-Value 6 octets
END-VENDOR Lab
`
// Two fragments; radclient reads no more than about 1,000 hex digits of a value.
const long = Buffer.concat([Buffer.alloc(200, 0xaa), Buffer.alloc(215, 0xbb)])
const count = integer64Octets(5_000_000_000n)
const extendedValues: readonly Extended[] = [
  {
    kind: 'extended',
    type: 241,
    extendedType: ExtendedType.OperatorNasIdentifier,
    value: Buffer.of(1, 0, 255),
  },
  { kind: 'extended', type: 241, extendedType: 200, value: count },
  { kind: 'vendor', type: 241, vendor: 4242, vendorType: 4, value: Buffer.from('Hồ Gươm') },
  { kind: 'extended', type: 245, extendedType: 4, value: long },
  { kind: 'vendor', type: 245, vendor: 4242, vendorType: 6, value: long },
]
const inWords = [
  'Operator-NAS-Identifier = 0x0100ff',
  'Lab-Count = 5000000000',
  'Lab-Word = "Hồ Gươm"',
  `Lab-Long = 0x${long.toString('hex')}`,
  `Lab-Long-Value = 0x${long.toString('hex')}`,
]

t.test('extended attributes are read of radclient, and by it (RFC 6929)', { skip }, async (t) => {
  const dictionary = t.testdir({ dictionary: extension })
  const attributes = extendedValues.flatMap((each) =>
    each.kind === 'vendor'
      ? extendedVendor(each.type, each.vendor, each.vendorType, each.value)
      : each.kind === 'extended'
        ? extended(each.type, each.extendedType, each.value)
        : [],
  )
  const answer = { code: Code.AccessAccept, attributes }
  const { packet, output } = await exchange('auth', inWords.join(','), answer, { dictionary })
  t.same(readExtended(packet), extendedValues)
  const [, received = ''] = output.split('Received Access-Accept')
  for (const words of inWords) t.ok(received.includes(words), words.slice(0, 40))
})

t.test('tags, prefixes and TLVs are read of radclient, and by it', { skip }, async (t) => {
  const words = [
    'Tunnel-Type:1 = VLAN',
    'Tunnel-Private-Group-Id:1 = "101"',
    'Framed-IPv6-Prefix = 2001:db8:36::/48',
    'Framed-Interface-Id = 0:1:a2ff:fe00',
    'Cambium-Authorize-Class-Name = "video"',
    'Cambium-Authorize-Bytes-Left = 5000000000',
  ]
  const { packet, output } = await exchange('auth', words.join(','), {
    code: Code.AccessAccept,
    attributes: [
      taggedInteger(AttributeType.TunnelType, 1, 13),
      taggedText(AttributeType.TunnelPrivateGroupId, 1, '101'),
      prefix(AttributeType.FramedIpv6Prefix, '2001:db8:36::/48'),
      interfaceId(AttributeType.FramedInterfaceId, '0:1:a2ff:fe00'),
      {
        vendor: 17713,
        type: 158,
        value: writeTlvs([
          { type: 1, value: Buffer.from('video') },
          { type: 2, value: count },
        ]),
      },
    ],
  })
  t.same(readTaggedInteger(packet.first(AttributeType.TunnelType)!), { tag: 1, value: 13 })
  t.same(readTaggedText(packet.first(AttributeType.TunnelPrivateGroupId)!), { tag: 1, value: '101' })
  t.equal(packet.prefix(AttributeType.FramedIpv6Prefix), '2001:db8:36::/48')
  t.equal(packet.interfaceId(AttributeType.FramedInterfaceId), '0:1:a2ff:fe00')
  t.same(readTlvs(packet.vendor(17713, 158)!), [
    { type: 1, value: Buffer.from('video') },
    { type: 2, value: count },
  ])
  const [, received = ''] = output.split('Received Access-Accept')
  for (const each of words) t.ok(received.includes(each), each)
})

t.test('an answer with one bit wrong is not believed', { skip }, async (t) => {
  const { output } = await exchange(
    'auth',
    'User-Name="an"',
    { code: Code.AccessAccept },
    {
      damage: (answer) => {
        answer[6] = (answer[6] ?? 0) ^ 1
      },
    },
  )
  t.match(output, /invalid Response Authenticator/)
})

/**
 * Have radclient send one request to a socket of ours that gives `answer`, damaged as said; what arrived, and what
 * radclient printed. `dictionary` is a folder to use instead of its own.
 */
async function exchange(
  kind: string,
  request: string,
  answer: Answer,
  { damage, dictionary }: { damage?: (answer: Buffer) => void; dictionary?: string } = {},
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
  const patience = damage === undefined ? '30' : '5'
  const options = [...(dictionary === undefined ? [] : ['-D', dictionary]), '-x', '-r', '1', '-t', patience]
  const client = spawn('radclient', [...options, server, kind, secret.bytes.toString()])
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
