import t from 'tap'
import { toAttribute } from '../../radius-server/attributes.ts'

const hex = (attribute: { value: Buffer }): string => attribute.value.toString('hex')

t.test('a gateway’s attribute becomes octets by its kind', (t) => {
  t.equal(hex(toAttribute({ vendor: null, type: 27, kind: 'integer', value: 3600 })), '00000e10')
  t.equal(hex(toAttribute({ vendor: null, type: 1, kind: 'text', value: 'an' })), '616e')
  t.equal(hex(toAttribute({ vendor: null, type: 8, kind: 'address', value: '10.1.2.3' })), '0a010203')
  t.equal(
    hex(toAttribute({ vendor: null, type: 95, kind: 'address', value: '2001:db8::1' })),
    '20010db8000000000000000000000001',
  )
  t.equal(hex(toAttribute({ vendor: null, type: 1, kind: 'text', value: '10.1.2.3' })), '31302e312e322e33')
  t.equal(hex(toAttribute({ vendor: null, type: 2, kind: 'integer64', value: 1n })), '0000000000000001')
  t.end()
})

t.test('and stays its vendor’s', (t) => {
  t.match(toAttribute({ vendor: 14559, type: 3, kind: 'integer', value: 0xffff_ffff }), {
    vendor: 14559,
    type: 3,
    value: Buffer.from('ffffffff', 'hex'),
  })
  t.match(toAttribute({ vendor: 14988, type: 8, kind: 'text', value: '2000k/5000k' }), {
    vendor: 14988,
    type: 8,
    value: Buffer.from('2000k/5000k'),
  })
  t.match(toAttribute({ vendor: 41112, type: 1, kind: 'integer64', value: 5_000_000_000n }), {
    vendor: 41112,
    type: 1,
    value: Buffer.from('000000012a05f200', 'hex'),
  })
  t.match(toAttribute({ vendor: 14988, type: 10, kind: 'address', value: '10.9.0.7' }), {
    vendor: 14988,
    type: 10,
    value: Buffer.from('0a090007', 'hex'),
  })
  t.end()
})
