import { accept, responses } from '../../../radius-server/packet/accept.ts'
import { AcctStatusType, AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { verifyResponse } from '../../../radius-server/packet/authenticators.ts'
import { encodeRequest } from '../../../radius-server/packet/encode.ts'
import type { Packet } from '../../../radius-server/packet/packet.ts'
import { SharedSecret } from '../../../radius-server/packet/secret.ts'
import { integer, text, type Attribute } from '../../../radius-server/packet/values.ts'
import type { Peer } from './peer.ts'

export interface Visitor {
  readonly code: string
  readonly mac: string
  readonly session: string
}

/** A gateway's RADIUS side: requests built and answers verified here, sent from its own namespace. */
export class Gateway {
  readonly #peer: Peer
  readonly #server: string
  readonly #secret: SharedSecret
  readonly #identifier: string
  #next = 0

  constructor(peer: Peer, parts: { server: string; secret: string; identifier: string }) {
    this.#peer = peer
    this.#server = parts.server
    this.#secret = new SharedSecret(Buffer.from(parts.secret))
    this.#identifier = parts.identifier
  }

  /** The answer to an Access-Request with an access code for name and password, or why there is none. */
  access({ code, mac, session }: Visitor, tries?: number): Promise<Packet | string> {
    const attributes = [
      text(AttributeType.UserName, code),
      text(AttributeType.CallingStationId, mac),
      text(AttributeType.AcctSessionId, session),
    ]
    return this.#send(1812, Code.AccessRequest, attributes, { password: code, tries })
  }

  accounting(
    status: keyof typeof AcctStatusType,
    { code, mac, session }: Visitor,
    used: { classValue: Buffer; seconds?: number; fromVisitor?: number; toVisitor?: number },
  ): Promise<Packet | string> {
    const attributes = [
      integer(AttributeType.AcctStatusType, AcctStatusType[status]),
      text(AttributeType.AcctSessionId, session),
      text(AttributeType.UserName, code),
      text(AttributeType.CallingStationId, mac),
      { type: AttributeType.Class, value: used.classValue },
      integer(AttributeType.AcctSessionTime, used.seconds ?? 0),
      integer(AttributeType.AcctInputOctets, used.fromVisitor ?? 0),
      integer(AttributeType.AcctOutputOctets, used.toVisitor ?? 0),
    ]
    return this.#send(1813, Code.AccountingRequest, attributes, {})
  }

  async #send(
    port: number,
    code: number,
    attributes: readonly Attribute[],
    { password, tries }: { password?: string; tries?: number | undefined },
  ): Promise<Packet | string> {
    const request = encodeRequest({
      code,
      identifier: this.#next++ & 0xff,
      attributes: [...attributes, text(AttributeType.NasIdentifier, this.#identifier)],
      secret: this.#secret,
      messageAuthenticator: code === Code.AccessRequest,
      ...(password !== undefined && { credential: { kind: 'pap', password: Buffer.from(password) } }),
    })
    const { hex, error } = await this.#peer.udp(this.#server, port, request, tries)
    if (hex === undefined) return error ?? 'no answer'
    const answer = accept(Buffer.from(hex, 'hex'), responses)
    if (typeof answer === 'string') return answer
    const proof = verifyResponse(answer, request, this.#secret)
    return proof === 'proved' ? answer : proof
  }
}
