import { dictionary } from '../dictionary.ts'

const HOSTAPD = 'a hostapd of Ruijie access points, radius.h; it does not say what the rates count'

/** Ruijie's attributes, 4881. None is sent: a rate in the wrong unit would slow visitors down. */
export const ruijieNetworks = dictionary(4881, {
  'Ruijie-Downlink-Traffic-Limit': [1, 'integer', HOSTAPD],
  'Ruijie-User-Vlan-Id': [4, 'integer', HOSTAPD],
  'Ruijie-Uplink-Traffic-Limit': [16, 'integer', HOSTAPD],
})
