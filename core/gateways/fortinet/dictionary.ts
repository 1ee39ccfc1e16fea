import { dictionary } from '../dictionary.ts'

const FORTINET = 'FreeRADIUS dictionary.fortinet'

/** Fortinet's attributes, 12356, as far as a hotspot meets them. */
export const fortinetInc = dictionary(12356, {
  // The user group whose policies apply; it has to exist on the FortiGate.
  'Fortinet-Group-Name': [1, 'text', FORTINET],
  'Fortinet-Client-IP-Address': [2, 'address', FORTINET],
  'Fortinet-Vdom-Name': [3, 'text', FORTINET],
  'Fortinet-Client-IPv6-Address': [4, 'octets', FORTINET],
  'Fortinet-Interface-Name': [5, 'text', FORTINET],
  'Fortinet-Access-Profile': [6, 'text', FORTINET],
  'Fortinet-SSID': [7, 'text', FORTINET],
  'Fortinet-AP-Name': [8, 'text', FORTINET],
  'Fortinet-WirelessController-Device-MAC': [23, 'octets', FORTINET],
  'Fortinet-WirelessController-WTP-ID': [24, 'text', FORTINET],
  'Fortinet-WirelessController-Assoc-Time': [25, 'integer', FORTINET, 's'],
})
