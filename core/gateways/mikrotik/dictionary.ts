import { dictionary } from '../dictionary.ts'

const MIKROTIK = 'MikroTik, RADIUS client manual; FreeRADIUS dictionary.mikrotik'

/** MikroTik's attributes, 14988. Recv is what the router receives of the visitor. */
export const mikrotik = dictionary(14988, {
  'Mikrotik-Recv-Limit': [1, 'integer', MIKROTIK, 'octets'],
  'Mikrotik-Xmit-Limit': [2, 'integer', MIKROTIK, 'octets'],
  'Mikrotik-Group': [3, 'text', MIKROTIK],
  'Mikrotik-Wireless-Forward': [4, 'integer', MIKROTIK],
  'Mikrotik-Wireless-Skip-Dot1x': [5, 'integer', MIKROTIK],
  'Mikrotik-Wireless-Enc-Algo': [6, 'integer', MIKROTIK],
  'Mikrotik-Wireless-Enc-Key': [7, 'text', MIKROTIK],
  // `rx/tx` from the router's side, then bursts: RouterOS's own grammar.
  'Mikrotik-Rate-Limit': [8, 'text', MIKROTIK],
  'Mikrotik-Realm': [9, 'text', MIKROTIK],
  'Mikrotik-Host-IP': [10, 'address', MIKROTIK],
  'Mikrotik-Mark-Id': [11, 'text', MIKROTIK],
  'Mikrotik-Advertise-URL': [12, 'text', MIKROTIK],
  'Mikrotik-Advertise-Interval': [13, 'integer', MIKROTIK, 's'],
  'Mikrotik-Recv-Limit-Gigawords': [14, 'integer', MIKROTIK, 'gigawords'],
  'Mikrotik-Xmit-Limit-Gigawords': [15, 'integer', MIKROTIK, 'gigawords'],
  'Mikrotik-Wireless-PSK': [16, 'text', MIKROTIK],
  'Mikrotik-Total-Limit': [17, 'integer', MIKROTIK, 'octets'],
  'Mikrotik-Total-Limit-Gigawords': [18, 'integer', MIKROTIK, 'gigawords'],
  'Mikrotik-Address-List': [19, 'text', MIKROTIK],
  'Mikrotik-Wireless-MPKey': [20, 'text', MIKROTIK],
  'Mikrotik-Wireless-Comment': [21, 'text', MIKROTIK],
  'Mikrotik-Delegated-IPv6-Pool': [22, 'text', MIKROTIK],
  'Mikrotik-DHCP-Option-Set': [23, 'text', MIKROTIK],
  'Mikrotik-DHCP-Option-Param-STR1': [24, 'text', MIKROTIK],
  'Mikrotik-DHCP-Option-Param-STR2': [25, 'text', MIKROTIK],
  'Mikrotik-Wireless-VLANID': [26, 'integer', MIKROTIK],
  'Mikrotik-Wireless-VLANIDtype': [27, 'integer', MIKROTIK],
  'Mikrotik-Wireless-Minsignal': [28, 'text', MIKROTIK],
  'Mikrotik-Wireless-Maxsignal': [29, 'text', MIKROTIK],
  'Mikrotik-Switching-Filter': [30, 'text', MIKROTIK],
})
