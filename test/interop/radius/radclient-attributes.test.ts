// Every attribute that FreeRADIUS's dictionaries let radclient send: we find in it what was written, send it back, and
// radclient prints of our answer what it printed of its request.
import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { accept, authenticationRequests } from '../../../radius-server/packet/accept.ts'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { verifyRequest } from '../../../radius-server/packet/authenticators.ts'
import { reply } from '../../../radius-server/packet/encode.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import { SharedSecret } from '../../../radius-server/packet/secret.ts'
import { asRead, readByUs, writtenByUs } from './codec.ts'
import { DICTIONARIES, dictionaryFolder, readDictionary } from './dictionary.ts'
import { isPlainlySent, spread, write, type Written } from './written.ts'

const secret = new SharedSecret(Buffer.from('a radius secret of the dictionaries'))
const folder = dictionaryFolder()

if (folder === null || spawnSync('radclient', ['-v']).error)
  t.plan(0, 'radclient is not installed (apt-get install freeradius-utils)')
else
  for (const name of DICTIONARIES) {
    const written = readDictionary(folder, name).filter(isPlainlySent).map(write)
    if (written.length === 0) continue
    t.test(`${written.length} attributes of ${name} go both ways`, async (t) => {
      const packets = spread(written)
      const { received, output } = await exchange(packets)
      t.equal(received.length, packets.length, 'every request came')
      for (const [index, packet] of received.entries()) {
        t.equal(verifyRequest(packet, secret), 'proved')
        for (const each of packets[index] ?? []) t.equal(readByUs(packet, each), asRead(each), each.line)
      }
      const believed = listings(output, 'Received Access-Accept')
      t.equal(believed.length, packets.length, 'every answer is believed')
      t.same(believed, listings(output, 'Sent Access-Request'), 'and reads as the request did')
    })
  }

/** radclient sends the packets one after another; each is answered with its own attributes. */
async function exchange(packets: readonly Written[][]): Promise<{ received: Packet[]; output: string }> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const received: Packet[] = []
  socket.on('message', (datagram, { address, port }) => {
    const packet = accept(datagram, authenticationRequests)
    if (typeof packet === 'string') throw new Error(`not accepted: ${packet}`)
    // Proxy-State comes back by itself.
    const attributes = (packets[received.length] ?? [])
      .flatMap(writtenByUs)
      .filter(({ type, ...more }) => type !== AttributeType.ProxyState || 'vendor' in more)
    received.push(packet)
    socket.send(reply(packet, Code.AccessAccept, attributes, secret), port, address)
  })
  const server = `127.0.0.1:${socket.address().port}`
  const client = spawn('radclient', [
    '-x',
    '-p',
    '1',
    '-r',
    '1',
    '-t',
    '10',
    server,
    'auth',
    String(secret.bytes),
  ])
  let output = ''
  for (const stream of [client.stdout, client.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  client.stdin.end(
    packets
      .map((list) => [...list.map(({ line }) => line), 'Message-Authenticator = 0x00'].join('\n'))
      .join('\n\n'),
  )
  await once(client, 'close')
  socket.close()
  return { received, output }
}

/** What radclient prints of each packet, sorted; Message-Authenticator is each packet's own. */
function listings(output: string, heading: string): string[][] {
  return output
    .split(/^(?=\S)/m)
    .filter((part) => part.startsWith(heading))
    .map((part) =>
      part
        .split('\n')
        .filter((line) => line.startsWith('\t') && !line.startsWith('\tMessage-Authenticator'))
        .sort(),
    )
}
