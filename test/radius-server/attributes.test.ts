import t from 'tap'
import { toAttribute } from '../../radius-server/attributes.ts'

const hex = (attribute: { value: Buffer }): string => attribute.value.toString('hex')

t.test('a gateway’s attribute becomes octets by its kind', (t) => {
  t.equal(hex(toAttribute({ type: 27, value: 3600 })), '00000e10')
  t.equal(hex(toAttribute({ type: 1, value: 'an' })), Buffer.from('an').toString('hex'))
  t.equal(hex(toAttribute({ type: 8, value: '10.1.2.3' })), '0a010203', 'Framed-IP-Address is four octets')
  t.match(toAttribute({ vendor: 14559, type: 3, value: 0xffff_ffff }), {
    vendor: 14559,
    type: 3,
    value: Buffer.from('ffffffff', 'hex'),
  })
  t.match(toAttribute({ vendor: 14988, type: 8, value: '2000k/5000k' }), {
    vendor: 14988,
    type: 8,
    value: Buffer.from('2000k/5000k'),
  })
  t.end()
})
