import { dictionary } from '../dictionary.ts'

const ARUBA = 'FreeRADIUS dictionary.aruba'

/** Aruba's attributes, 14823, as far as a hotspot meets them. */
export const arubaNetworks = dictionary(14823, {
  // The role carries access rules and bandwidth contract; it has to exist on the controller.
  'Aruba-User-Role': [1, 'text', ARUBA],
  'Aruba-User-Vlan': [2, 'integer', ARUBA],
  'Aruba-Essid-Name': [5, 'text', ARUBA],
  'Aruba-Location-Id': [6, 'text', ARUBA],
  'Aruba-Port-Identifier': [7, 'text', ARUBA],
  'Aruba-Named-User-Vlan': [9, 'text', ARUBA],
  'Aruba-AP-Group': [10, 'text', ARUBA],
  'Aruba-Framed-IPv6-Address': [11, 'text', ARUBA],
  'Aruba-Device-Type': [12, 'text', ARUBA],
  'Aruba-AP-IP-Address': [34, 'address', ARUBA],
  'Aruba-User-Group': [36, 'text', ARUBA],
  'Aruba-Captive-Portal-URL': [43, 'text', ARUBA],
  'Aruba-Network-Profile': [47, 'text', ARUBA],
  'Aruba-NAS-Filter-Rule': [51, 'text', ARUBA],
  'Aruba-AP-MAC-Address': [60, 'text', ARUBA],
  'Aruba-Device-MAC-Address': [61, 'text', ARUBA],
})
