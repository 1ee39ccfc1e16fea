import type { Vendor } from '../domain/nas.ts'
import { coovaChilli } from './coova-chilli/index.ts'
import type { Gateway } from './gateway.ts'
import { mikrotik } from './mikrotik/index.ts'
import { opennds } from './opennds/index.ts'

/** Every gateway this platform can work with. A new vendor is one folder and one line here. */
const GATEWAYS: readonly Gateway[] = [coovaChilli, opennds, mikrotik]

const byVendor = new Map<string, Gateway>(GATEWAYS.map((gateway) => [gateway.vendor, gateway]))

/** The gateway of a vendor's name; undefined for a name that is none, or whose folder is still to come. */
export const gatewayOf = (vendor: Vendor | (string & {})): Gateway | undefined => byVendor.get(vendor)
