import { parseMac, type Mac } from '../../../core/domain/mac.ts'

/** A MAC address of a gateway's own, made up from its IPv4 address. */
export const gatewayMac = (address: string): Mac =>
  parseMac(`027F${Buffer.from(address.split('.').map(Number)).toString('hex')}`)!
