import type { RadiusAttribute } from '../core/gateways/gateway.ts'
import {
  address,
  integer,
  integer64,
  text,
  vendorAddress,
  vendorInteger,
  vendorInteger64,
  vendorText,
  type Attribute,
} from './packet/values.ts'

/** A gateway's attribute as octets, written as its kind says. */
export function toAttribute(attribute: RadiusAttribute): Attribute {
  const { vendor, type } = attribute
  switch (attribute.kind) {
    case 'integer':
      return vendor === null ? integer(type, attribute.value) : vendorInteger(vendor, type, attribute.value)
    case 'integer64':
      return vendor === null
        ? integer64(type, attribute.value)
        : vendorInteger64(vendor, type, attribute.value)
    case 'text':
      return vendor === null ? text(type, attribute.value) : vendorText(vendor, type, attribute.value)
    case 'address':
      return vendor === null ? address(type, attribute.value) : vendorAddress(vendor, type, attribute.value)
  }
}
