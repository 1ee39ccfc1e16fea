import t from 'tap'
import { VENDORS } from '../../../core/domain/nas.ts'
import { gatewayOf } from '../../../core/gateways/index.ts'

t.test('a vendor that works is found by its name, and says the same name', (t) => {
  for (const vendor of ['coova-chilli', 'opennds', 'mikrotik']) t.equal(gatewayOf(vendor)?.vendor, vendor)
  t.end()
})

t.test('any other name finds none', (t) => {
  const built = ['coova-chilli', 'opennds', 'mikrotik']
  for (const name of [...VENDORS.filter((vendor) => !built.includes(vendor)), '', 'constructor', '__proto__'])
    t.equal(gatewayOf(name), undefined, name)
  t.end()
})

t.test(
  'a session ends by Disconnect-Request where the gateway speaks RADIUS, by its reporter where not',
  (t) => {
    t.equal(gatewayOf('coova-chilli')?.disconnect, 'coa')
    t.equal(gatewayOf('mikrotik')?.disconnect, 'coa')
    t.equal(gatewayOf('opennds')?.disconnect, 'reporter')
    t.end()
  },
)
