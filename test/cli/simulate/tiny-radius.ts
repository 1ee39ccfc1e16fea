import { createHash, createHmac, randomBytes } from 'node:crypto'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import type { HostPort } from '../../../cli/simulate/run-file.ts'

/** A packet as a server of a hundred lines reads it: types and octets, nothing named. */
export interface Packet {
  readonly code: number
  readonly identifier: number
  readonly authenticator: Buffer
  readonly attributes: readonly (readonly [type: number, value: Buffer])[]
  readonly octets: Buffer
  readonly from: RemoteInfo
}

export type Reply =
  { readonly code: number; readonly attributes: readonly (readonly [number, Buffer])[] } | 'silence'

/** A RADIUS server on loopback, written without the package that the simulator uses. */
export interface TinyRadius {
  readonly at: HostPort
  /** Every datagram that came, repeated ones too. */
  readonly received: Packet[]
  close(): Promise<void>
}

const MESSAGE_AUTHENTICATOR = 80

export async function tinyRadius(secret: string, answer: (packet: Packet) => Reply): Promise<TinyRadius> {
  const socket: Socket = createSocket('udp4')
  const received: Packet[] = []
  const remembered = new Map<string, Buffer>()
  socket.on('message', (octets, from) => {
    const packet = parse(octets, from)
    received.push(packet)
    const key = `${from.port} ${octets.toString('latin1')}`
    const known = remembered.get(key)
    if (known) return socket.send(known, from.port, from.address)
    const reply = answer(packet)
    if (reply === 'silence') return
    const signed = sign(packet, reply, secret)
    remembered.set(key, signed)
    socket.send(signed, from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    at: { host: '127.0.0.1', port: socket.address().port },
    received,
    close: () => new Promise((resolve) => void socket.close(() => resolve())),
  }
}

export function parse(octets: Buffer, from: RemoteInfo): Packet {
  const attributes: [number, Buffer][] = []
  for (let at = 20; at < octets.length; at += octets[at + 1]!)
    attributes.push([octets[at]!, octets.subarray(at + 2, at + octets[at + 1]!)])
  return {
    code: octets[0]!,
    identifier: octets[1]!,
    authenticator: octets.subarray(4, 20),
    attributes,
    octets,
    from,
  }
}

/** Octets of an answer: Message-Authenticator first in those to an Access-Request. */
export function sign(request: Packet, reply: Exclude<Reply, 'silence'>, secret: string): Buffer {
  const isAccess = request.code === 1
  const list = [
    ...(isAccess ? [[MESSAGE_AUTHENTICATOR, Buffer.alloc(16)] as const] : []),
    ...reply.attributes,
  ]
  const body = Buffer.concat(
    list.map(([type, value]) => Buffer.concat([Buffer.from([type, value.length + 2]), value])),
  )
  const packet = Buffer.concat([Buffer.alloc(4), request.authenticator, body])
  packet[0] = reply.code
  packet[1] = request.identifier
  packet.writeUInt16BE(packet.length, 2)
  if (isAccess) createHmac('md5', secret).update(packet).digest().copy(packet, 22)
  createHash('md5').update(packet).update(secret).digest().copy(packet, 4)
  return packet
}

/** A Disconnect-Request (40) or CoA-Request (43), signed. */
export function dynamicRequest(
  code: 40 | 43,
  attributes: readonly (readonly [number, Buffer])[],
  secret: string,
): Buffer {
  const body = Buffer.concat(
    attributes.map(([type, value]) => Buffer.concat([Buffer.from([type, value.length + 2]), value])),
  )
  const packet = Buffer.concat([Buffer.from([code, randomBytes(1)[0]!, 0, 0]), Buffer.alloc(16), body])
  packet.writeUInt16BE(packet.length, 2)
  createHash('md5').update(packet).update(secret).digest().copy(packet, 4)
  return packet
}

/** Sends a datagram and hands back the first answer, or null after `patience` ms. */
export async function ask(at: HostPort, octets: Buffer, patience = 30_000): Promise<Buffer | null> {
  const socket = createSocket('udp4')
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), patience)
      socket.on('message', (reply) => {
        clearTimeout(timer)
        resolve(reply)
      })
      socket.send(octets, at.port, at.host)
    })
  } finally {
    socket.close()
  }
}

export const valueOf = (packet: Packet, type: number): Buffer | undefined =>
  packet.attributes.find(([each]) => each === type)?.[1]

export const textOf = (packet: Packet, type: number): string | undefined =>
  valueOf(packet, type)?.toString('utf8')

export const numberOf = (packet: Packet, type: number): number | undefined =>
  valueOf(packet, type)?.readUInt32BE(0)

/** Octets of a vendor's attribute in the packet. */
export function vendorOf(packet: Packet, vendor: number, type: number): Buffer | undefined {
  for (const [kind, value] of packet.attributes)
    if (kind === 26 && value.readUInt32BE(0) === vendor && value[4] === type) return value.subarray(6)
  return undefined
}

export function uint32(number: number): Buffer {
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(number)
  return octets
}

/** User-Password as the server reads it. @see RFC 2865 §5.2 */
export function clearPassword(packet: Packet, secret: string): string {
  const hidden = valueOf(packet, 2) ?? Buffer.alloc(0)
  let before = packet.authenticator
  const clear: number[] = []
  for (let at = 0; at < hidden.length; at += 16) {
    const mask = createHash('md5').update(secret).update(before).digest()
    before = hidden.subarray(at, at + 16)
    before.forEach((octet, i) => clear.push(octet ^ mask[i]!))
  }
  return Buffer.from(clear).toString('utf8').replace(/\0+$/, '')
}

/** Whether the Access-Request proves a password by CHAP. @see RFC 2865 §5.3 */
export function provesChap(packet: Packet, password: string): boolean {
  const [chap, challenge] = [valueOf(packet, 3), valueOf(packet, 60)]
  if (!chap || !challenge) return false
  const wanted = createHash('md5').update(chap.subarray(0, 1)).update(password).update(challenge).digest()
  return wanted.equals(chap.subarray(1))
}

/** Whether Message-Authenticator of a request is there and right. @see RFC 3579 §3.2 */
export function provesMessage(packet: Packet, secret: string): boolean {
  const copy = Buffer.from(packet.octets)
  for (let at = 20; at < copy.length; at += copy[at + 1]!) {
    if (copy[at] !== MESSAGE_AUTHENTICATOR) continue
    const given = Buffer.from(copy.subarray(at + 2, at + 18))
    copy.fill(0, at + 2, at + 18)
    return createHmac('md5', secret).update(copy).digest().equals(given)
  }
  return false
}

/** Whether the authenticator of an Accounting-Request is right. @see RFC 2866 §3 */
export function provesAccounting(packet: Packet, secret: string): boolean {
  const copy = Buffer.from(packet.octets)
  copy.fill(0, 4, 20)
  return createHash('md5').update(copy).update(secret).digest().equals(packet.authenticator)
}
