import type { RadiusAttribute } from '../core/gateways/gateway.ts'
import { AttributeType } from './packet/attributes.ts'
import { address, integer, text, vendorInteger, vendorText, type Attribute } from './packet/values.ts'

/** A gateway's attribute as octets: numbers as integers, addresses as addresses, all else as text. */
export function toAttribute({ vendor, type, value }: RadiusAttribute): Attribute {
  if (vendor !== undefined)
    return typeof value === 'number' ? vendorInteger(vendor, type, value) : vendorText(vendor, type, value)
  if (typeof value === 'number') return integer(type, value)
  return type === AttributeType.FramedIpAddress ? address(type, value) : text(type, value)
}
