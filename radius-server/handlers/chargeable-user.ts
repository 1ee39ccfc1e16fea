import { timingSafeEqual } from 'node:crypto'
import { keyedHash } from '../../core/domain/keyed-hash.ts'
import { AttributeType } from '../packet/attributes.ts'
import type { Packet } from '../packet/packet.ts'
import type { Attribute } from '../packet/values.ts'

/** 192 bits in base64url: nobody gets from it to a device, or from one operator's to another's. */
const CHARACTERS = 32

/** Whom an Access-Accept names. */
export interface ChargeableUser {
  readonly key: Buffer
  readonly operator: string
  /** What the visitor's usage counts against, and under which other subjects a gateway may still know him. */
  readonly subjects: readonly [string, ...string[]]
}

/** Whether a request asks whose session it is, or says so. */
export const namesChargeableUser = (packet: Packet): boolean =>
  packet.has(AttributeType.ChargeableUserIdentity)

/**
 * The Chargeable-User-Identity for an Access-Accept: one visitor's is the same at all gateways of an operator. One NUL, or
 * nothing, asks for it (RFC 4372 §2.2). Any other value is what an earlier Access-Accept said: null where that was not this
 * visitor's, which SHOULD be rejected (§2.1).
 */
export function chargeableUser(
  packet: Packet,
  { key, operator, subjects }: ChargeableUser,
): Attribute | null {
  const told = packet.first(AttributeType.ChargeableUserIdentity) ?? Buffer.alloc(0)
  const identity = (subject: string): Buffer =>
    Buffer.from(keyedHash(key, `${operator}\n${subject}`, CHARACTERS))
  const asks = told.length === 0 || (told.length === 1 && told[0] === 0)
  if (!asks && !subjects.some((subject) => areEqual(told, identity(subject)))) return null
  return { type: AttributeType.ChargeableUserIdentity, value: identity(subjects[0]) }
}

const areEqual = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other)
