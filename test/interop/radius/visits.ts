import { createHash } from 'node:crypto'
import { nasStub, type NasStub } from '../../radius-server/coa/nas-stub.ts'
import { nasSocket, type NasSocket } from '../../radius-server/running.ts'
import {
  accessRequest,
  ipv4,
  provesReply,
  readWire,
  signedRequest,
  tlv,
  type Proof,
  type Tlv,
  type Wire,
} from '../../radius-server/wire.ts'
import type { RunningPlatform } from '../../support/platform.ts'
import type { Test } from '../../support/stores.ts'
import { SECRET } from './lab.ts'

export const md5 = (...parts: readonly (string | Buffer)[]): Buffer =>
  createHash('md5')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest()

/** The RADIUS side of a virtual gateway: what it asks, reports, and is asked. */
export interface Gateway {
  readonly stub: NasStub
  /** An Access-Request about a phone; the answer has to prove itself. */
  access(attributes: readonly Tlv[], proof?: Proof): Promise<Wire>
  account(status: 'start' | 'interim' | 'stop', attributes: readonly Tlv[]): Promise<Wire>
}

const STATUS = { start: 1, stop: 2, interim: 3 }

/** A socket on the gateway's address for what it asks; what it is asked comes to `stub`. */
export async function gatewayAt(
  t: Test,
  address: string,
  stub: NasStub,
  platform: RunningPlatform,
): Promise<Gateway> {
  const nas: NasSocket = await nasSocket(t, address)
  let identifier = 0
  const exchange = async (request: Buffer, port: number): Promise<Wire> => {
    const answer = await nas.ask(request, port)
    if (!provesReply(answer, request, SECRET)) throw new Error('an answer that does not prove itself')
    return readWire(answer)
  }
  const own = [ipv4(4, address), tlv(61, 19), tlv(6, 1)]
  return {
    stub,
    access: (attributes, proof) =>
      exchange(
        accessRequest([...own, ...attributes], {
          secret: SECRET,
          identifier: identifier++ % 256,
          ...(proof && { proof }),
        }),
        platform.ports.radiusAuth,
      ),
    account: (status, attributes) =>
      exchange(
        signedRequest(4, [tlv(40, STATUS[status]), ...own, ...attributes], {
          secret: SECRET,
          identifier: identifier++ % 256,
        }),
        platform.ports.radiusAcct,
      ),
  }
}

/** Where a gateway listens for Disconnect-Requests; bound before the platform starts, so that its record can say where. */
export const listeningAt = (t: Test, address: string): Promise<NasStub> => nasStub(t, () => [], address)
