import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { VENDORS } from '../../../core/domain/nas.ts'
import { gatewayOf, portalGatewayOf } from '../../../core/gateways/index.ts'

const root = join(import.meta.dirname, '../../../core/gateways')
const withPortal = ['coova-chilli', 'opennds', 'mikrotik']

t.test('every vendor of the city file is found by its name, says the same name, and has its README', (t) => {
  for (const vendor of VENDORS) {
    t.equal(gatewayOf(vendor)?.vendor, vendor)
    t.ok(existsSync(join(root, vendor, 'README.md')), `${vendor} has a README`)
  }
  t.end()
})

t.test('any other name finds none', (t) => {
  for (const name of ['', 'constructor', '__proto__', 'Mikrotik']) {
    t.equal(gatewayOf(name), undefined, name)
    t.equal(portalGatewayOf(name), undefined, name)
  }
  t.end()
})

t.test('a vendor whose captive portal is still to come is none for the portal', (t) => {
  for (const vendor of VENDORS)
    t.equal(portalGatewayOf(vendor)?.vendor, withPortal.includes(vendor) ? vendor : undefined, vendor)
  t.end()
})

t.test(
  'a session ends by Disconnect-Request where the gateway speaks RADIUS, by its reporter where not',
  (t) => {
    for (const vendor of VENDORS)
      t.equal(gatewayOf(vendor)?.disconnect, vendor === 'opennds' ? 'reporter' : 'coa', vendor)
    t.end()
  },
)
