import t from 'tap'
import { octets } from '../../../../core/gateways/mikrotik/portal.ts'
import { octalEscaped } from '../../../../cli/simulate/gateways/octal.ts'

t.test('each octet is a backslash and three octal digits', async (t) => {
  t.equal(octalEscaped(Buffer.from([0, 7, 8, 65, 92, 203, 255])), '\\000\\007\\010\\101\\134\\313\\377')
  t.equal(octalEscaped(Buffer.alloc(0)), '')
})

t.test('the platform reads every octet back', async (t) => {
  const all = Buffer.from(Array.from({ length: 64 }, (_, i) => i * 4))
  t.same(octets(octalEscaped(all)), all)
})
