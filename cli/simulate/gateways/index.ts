import type { GatewaySetup, VirtualGateway } from './gateway.ts'
import { coovaChilli } from './coova-chilli.ts'
import { mikrotik } from './mikrotik.ts'
import { openNds } from './opennds.ts'

/** The gateway that a NAS record describes. @throws when its vendor is not played; `chooseLab` leaves those out. */
export function createGateway(setup: GatewaySetup): VirtualGateway {
  const { gateway, id } = setup.lab.nas
  if (gateway === 'coova-chilli') return coovaChilli(setup)
  if (gateway === 'mikrotik') return mikrotik(setup)
  if (gateway === 'opennds') return openNds(setup)
  throw new Error(`the NAS ${id} is a ${gateway}, which the simulator does not play`)
}
