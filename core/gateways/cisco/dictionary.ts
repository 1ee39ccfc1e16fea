import { dictionary } from '../dictionary.ts'

const CISCO = 'FreeRADIUS dictionary.cisco'
const AIRESPACE = 'FreeRADIUS dictionary.airespace; unit: Cisco WLC configuration guide, AAA override'

/** Cisco's own attributes, 9, as far as a hotspot meets them. */
export const ciscoSystems = dictionary(9, {
  // `name=value`, any number of them: audit-session-id, url-redirect, url-redirect-acl, sub-qos-policy-in.
  'Cisco-AVPair': [1, 'text', CISCO],
  'Cisco-NAS-Port': [2, 'text', CISCO],
  'Cisco-Policy-Up': [37, 'text', CISCO],
  'Cisco-Policy-Down': [38, 'text', CISCO],
  'Cisco-Sub-QoS-Pol-In': [55, 'text', CISCO],
  'Cisco-Sub-QoS-Pol-Out': [56, 'text', CISCO],
  'Cisco-In-ACL': [57, 'text', CISCO],
  'Cisco-Out-ACL': [58, 'text', CISCO],
  'Cisco-Account-Info': [250, 'text', CISCO],
  'Cisco-Service-Info': [251, 'text', CISCO],
  'Cisco-Command-Code': [252, 'text', CISCO],
  'Cisco-Control-Info': [253, 'text', CISCO],
})

/**
 * The wireless controllers' attributes, 14179. Data is TCP, Real-Time is UDP; without Upstream it is what the visitor
 * receives.
 */
export const airespace = dictionary(14179, {
  'Airespace-Wlan-Id': [1, 'integer', AIRESPACE],
  'Airespace-QOS-Level': [2, 'integer', AIRESPACE],
  'Airespace-DSCP': [3, 'integer', AIRESPACE],
  'Airespace-8021p-Tag': [4, 'integer', AIRESPACE],
  'Airespace-Interface-Name': [5, 'text', AIRESPACE],
  'Airespace-ACL-Name': [6, 'text', AIRESPACE],
  'Airespace-Data-Bandwidth-Average-Contract': [7, 'integer', AIRESPACE, 'kbit/s'],
  'Airespace-Real-Time-Bandwidth-Average-Contract': [8, 'integer', AIRESPACE, 'kbit/s'],
  'Airespace-Data-Bandwidth-Burst-Contract': [9, 'integer', AIRESPACE, 'kbit/s'],
  'Airespace-Real-Time-Bandwidth-Burst-Contract': [10, 'integer', AIRESPACE, 'kbit/s'],
  'Airespace-Guest-Role-Name': [11, 'text', AIRESPACE],
  'Airespace-Data-Bandwidth-Average-Contract-Upstream': [13, 'integer', AIRESPACE, 'kbit/s'],
  'Airespace-Real-Time-Bandwidth-Average-Contract-Upstream': [14, 'integer', AIRESPACE, 'kbit/s'],
  'Airespace-Data-Bandwidth-Burst-Contract-Upstream': [15, 'integer', AIRESPACE, 'kbit/s'],
  'Airespace-Real-Time-Bandwidth-Burst-Contract-Upstream': [16, 'integer', AIRESPACE, 'kbit/s'],
})
