import type { Vendor } from '../domain/nas.ts'
import { aruba } from './aruba/index.ts'
import { cambium } from './cambium/index.ts'
import { cisco } from './cisco/index.ts'
import { coovaChilli } from './coova-chilli/index.ts'
import { fortinet } from './fortinet/index.ts'
import type { Gateway, PortalGateway } from './gateway.ts'
import { huawei } from './huawei/index.ts'
import { meraki } from './meraki/index.ts'
import { mikrotik } from './mikrotik/index.ts'
import { omada } from './omada/index.ts'
import { opennds } from './opennds/index.ts'
import { ruckus } from './ruckus/index.ts'
import { ruijie } from './ruijie/index.ts'
import { unifi } from './unifi/index.ts'

/** Every gateway this platform can work with. A new vendor is one folder and one line here. */
const GATEWAYS: readonly Gateway[] = [
  coovaChilli,
  opennds,
  mikrotik,
  unifi,
  omada,
  ruijie,
  ruckus,
  aruba,
  meraki,
  cisco,
  huawei,
  cambium,
  fortinet,
]

const byVendor = new Map<string, Gateway>(GATEWAYS.map((gateway) => [gateway.vendor, gateway]))

/** The gateway of a vendor's name; undefined for a name that is none. */
export const gatewayOf = (vendor: Vendor | (string & {})): Gateway | undefined => byVendor.get(vendor)

/** The same, where it sends phones to our portal: undefined too for one whose captive portal is still to come. */
export const portalGatewayOf = (vendor: Vendor | (string & {})): PortalGateway | undefined => {
  const gateway = byVendor.get(vendor)
  return gateway && hasPortal(gateway) ? gateway : undefined
}

const hasPortal = (gateway: Gateway): gateway is PortalGateway => gateway.portal !== null
