import { dictionary } from '../dictionary.ts'

const RUCKUS = 'FreeRADIUS dictionary.ruckus'

/** Ruckus's attributes, 25053, as far as a hotspot meets them. The unit of the quota is taken to be octets. */
export const ruckusWireless = dictionary(25053, {
  'Ruckus-User-Groups': [1, 'text', RUCKUS],
  'Ruckus-Sta-RSSI': [2, 'integer', RUCKUS],
  'Ruckus-SSID': [3, 'text', RUCKUS],
  'Ruckus-Wlan-Id': [4, 'integer', RUCKUS],
  'Ruckus-Location': [5, 'text', RUCKUS],
  // How long a device that comes back need not log in again.
  'Ruckus-Grace-Period': [6, 'integer', RUCKUS],
  'Ruckus-VLAN-ID': [9, 'integer', RUCKUS],
  'Ruckus-Sta-UUID': [11, 'text', RUCKUS],
  'Ruckus-BSSID': [14, 'octets', RUCKUS],
  'Ruckus-Client-Local-IP': [116, 'address', RUCKUS],
  'Ruckus-Zone-Id': [127, 'text', RUCKUS],
  'Ruckus-Wispr-Redirect-Policy': [132, 'text', RUCKUS],
  'Ruckus-Zone-Name': [134, 'text', RUCKUS],
  'Ruckus-Wlan-Name': [135, 'text', RUCKUS],
  'Ruckus-AP-Roamed': [136, 'integer', RUCKUS],
  'Ruckus-Client-Host-Name': [138, 'text', RUCKUS],
  'Ruckus-Client-Os-Type': [139, 'text', RUCKUS],
  'Ruckus-Client-Os-Class': [140, 'text', RUCKUS],
  'Ruckus-Vlan-Pool': [141, 'text', RUCKUS],
  'Ruckus-CP-Token': [143, 'text', RUCKUS],
  'Ruckus-Max-DL-UL-Quota': [144, 'integer', RUCKUS, 'octets'],
  'Ruckus-Traffic-Class-Attribute-Ids': [145, 'text', RUCKUS],
  'Ruckus-TC-Attr-Ids-With-Quota': [146, 'tlvs', RUCKUS],
  'Ruckus-TC-Acct-Ctrs': [149, 'tlvs', RUCKUS],
})
