import { test } from 'tap'
import { parseCalledStation } from '../../../core/domain/called-station.ts'

test('Called-Station-Id is read as AP and SSID, name and SSID, or SSID alone (PacketFence#7558)', (t) => {
  t.same(parseCalledStation('02-10-00-00-01-01:Hanoi Free WiFi'), {
    ap: '021000000101',
    ssid: 'Hanoi Free WiFi',
  })
  t.same(parseCalledStation('02:10:00:00:01:01:Hanoi'), { ap: '021000000101', ssid: 'Hanoi' })
  t.same(parseCalledStation('0210.0000.0101:Hanoi'), { ap: '021000000101', ssid: 'Hanoi' })
  t.same(parseCalledStation('0210-0000-0101:Hanoi'), { ap: '021000000101', ssid: 'Hanoi' })
  t.same(parseCalledStation('021000-000101:Hanoi'), { ap: '021000000101', ssid: 'Hanoi' })
  t.same(parseCalledStation('021000000101:Hồ Gươm: bờ đông'), {
    ap: '021000000101',
    ssid: 'Hồ Gươm: bờ đông',
  })
  t.same(parseCalledStation('02-10-00-00-01-01:'), { ap: '021000000101', ssid: null })
  t.same(
    parseCalledStation('00-00-00-00-00-00:Hanoi'),
    { ap: null, ssid: 'Hanoi' },
    'nobody is no access point',
  )
  t.same(parseCalledStation('021000000101'), { ap: '021000000101', ssid: null })
  t.same(parseCalledStation('cong-chinh:Hanoi'), { ap: null, ssid: 'Hanoi' })
  t.same(parseCalledStation('tầng 2:Quán: 24 giờ'), { ap: null, ssid: 'Quán: 24 giờ' })
  t.same(parseCalledStation('Hanoi Free WiFi'), { ap: null, ssid: 'Hanoi Free WiFi' })
  t.same(parseCalledStation(''), { ap: null, ssid: null })
  t.end()
})
