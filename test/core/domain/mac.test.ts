import fc from 'fast-check'
import { test } from 'tap'
import { colonMac, dashedMac, isRandomisedMac, parseMac, type Mac } from '../../../core/domain/mac.ts'

test('every spelling of a MAC is one MAC (openwisp-radius#624, PacketFence#6109)', (t) => {
  for (const spelling of [
    'a0-b1-c2-d3-e4-f5',
    'A0:B1:C2:D3:E4:F5',
    'a0b1.c2d3.e4f5',
    'A0B1C2D3E4F5',
    'a0b1c2-d3e4f5',
    'a0b1c2:d3e4f5',
    'a0b1-c2d3-e4f5',
    'a0b1:c2d3:e4f5',
    'a0 b1 c2 d3 e4 f5',
    'a0.b1.c2.d3.e4.f5',
    'a0_b1_c2_d3_e4_f5',
    ' a0:b1:c2:d3:e4:f5 ',
  ])
    t.equal(parseMac(spelling), 'A0B1C2D3E4F5', spelling)
  t.end()
})

test('octets without their leading zeros are whole ones', (t) => {
  t.equal(parseMac('2:0:5e:0:53:1'), '02005E005301')
  t.equal(parseMac('2:0:5e:0:53'), null)
  t.equal(parseMac('2-0-5e-0-53-1'), null)
  t.end()
})

test('what is no MAC is null, and so is nobody’s and everybody’s', (t) => {
  for (const text of [
    '',
    'a0-b1-c2-d3-e4',
    'a0-b1-c2-d3-e4-fg',
    '000000000000',
    '00:00:00:00:00:00',
    '0:0:0:0:0:0',
    'ff-ff-ff-ff-ff-ff',
    'a0b1.c2d3-e4f5',
    'a0:b1-c2:d3-e4:f5',
    'x'.repeat(5000),
  ])
    t.equal(parseMac(text), null, text.slice(0, 30))
  t.end()
})

test('any text is survived, and what parses reads back the same in each spelling', (t) => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (text) => {
      const mac = parseMac(text)
      return mac === null || (parseMac(dashedMac(mac)) === mac && parseMac(colonMac(mac)) === mac)
    }),
  )
  t.pass('for generated texts')
  t.end()
})

test('the locally administered bit tells a randomised address', (t) => {
  t.ok(isRandomisedMac('02005E005301' as Mac))
  t.notOk(isRandomisedMac('A0B1C2D3E4F5' as Mac))
  t.end()
})
