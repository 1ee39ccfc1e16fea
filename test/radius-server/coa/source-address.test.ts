import t from 'tap'
import { sourceAddress } from '../../../radius-server/coa/source-address.ts'

t.test('the first of our addresses in the family of the NAS', async (t) => {
  const ours = ['2001:db8::10', '10.0.0.10', '10.0.0.11']
  t.equal(sourceAddress('10.1.0.1', ours), '10.0.0.10')
  t.equal(sourceAddress('2001:db8::1', ours), '2001:db8::10')
  t.equal(sourceAddress('2001:db8::1', ['10.0.0.10']), undefined)
  t.equal(sourceAddress('10.1.0.1', []), undefined)
})

t.test('behind a wildcard the kernel picks', async (t) => {
  t.equal(sourceAddress('10.1.0.1', ['0.0.0.0']), undefined)
  t.equal(sourceAddress('2001:db8::1', ['::']), undefined)
  t.equal(sourceAddress('10.1.0.1', ['0.0.0.0', '10.0.0.10']), '10.0.0.10')
})

t.test('from a loopback address only to another, since nothing leaves the machine from there', async (t) => {
  t.equal(sourceAddress('10.1.0.1', ['127.0.0.1']), undefined)
  t.equal(sourceAddress('10.1.0.1', ['localhost', '10.0.0.10']), '10.0.0.10')
  t.equal(sourceAddress('127.10.0.61', ['127.0.0.1']), '127.0.0.1')
  t.equal(sourceAddress('127.10.0.61', ['localhost']), '127.0.0.1')
  t.equal(sourceAddress('2001:db8::1', ['::1']), undefined)
  t.equal(sourceAddress('::1', ['::1']), '::1')
  t.equal(sourceAddress('127.0.0.1', ['10.0.0.10']), '10.0.0.10')
})
