import { test } from 'tap'
import { isLoopback, isLoopbackBlock, localAddresses, parseCidr } from '../../../core/process/addresses.ts'

test('CIDR blocks are read strictly', (t) => {
  t.same(parseCidr('10.1.0.0/16'), { address: '10.1.0.0', bits: 16, family: 4 })
  t.same(parseCidr('10.1.0.1'), { address: '10.1.0.1', bits: 32, family: 4 })
  t.same(parseCidr('2001:db8::/32'), { address: '2001:db8::', bits: 32, family: 6 })
  for (const text of [
    '',
    '10.1.0.0/33',
    '10.1/16',
    '2001:db8::/129',
    '10.0.0.1/',
    '10.0.0.1/8/8',
    'nas.example',
  ])
    t.equal(parseCidr(text), null, text)
  t.end()
})

test('loopback is 127.0.0.0/8, ::1 and localhost', (t) => {
  for (const host of ['127.0.0.1', '127.10.0.9', '::1', 'localhost']) t.ok(isLoopback(host), host)
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '127.evil.example'])
    t.notOk(isLoopback(host), host)
  t.ok(isLoopbackBlock('127.10.0.1/32'))
  t.notOk(isLoopbackBlock('0.0.0.0/0'))
  t.notOk(isLoopbackBlock('126.0.0.0/7'))
  t.end()
})

test('a wildcard becomes every local address, so that replies leave from the one that was asked', (t) => {
  t.ok(localAddresses(['0.0.0.0']).includes('127.0.0.1'))
  t.notOk(localAddresses(['0.0.0.0']).includes('0.0.0.0'))
  t.same(localAddresses(['127.0.0.1', '127.0.0.1']), ['127.0.0.1'])
  t.end()
})
