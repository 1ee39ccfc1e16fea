import { dictionary } from '../dictionary.ts'

const WIFI = 'Cambium community, RADIUS dictionary for WiFi; FreeRADIUS dictionary.cambium'
const EPMP = 'FreeRADIUS dictionary.cambium (ePMP radio links, not WiFi)'

/** Cambium's attributes, 17713. Up is what the visitor sends. */
export const cambiumNetworks = dictionary(17713, {
  'Cambium-Auth-Role': [1, 'integer', EPMP],
  'Cambium-ePMP-Data-VLAN-Id': [21, 'integer', EPMP],
  'Cambium-ePMP-Max-Burst-Uplink-Rate': [26, 'integer', EPMP, 'kbit/s'],
  'Cambium-ePMP-Max-Burst-Downlink-Rate': [27, 'integer', EPMP, 'kbit/s'],
  'Cambium-Traffic-Quota-Limit-Up': [151, 'integer', WIFI, 'octets'],
  'Cambium-Traffic-Quota-Limit-Down': [152, 'integer', WIFI, 'octets'],
  'Cambium-Traffic-Quota-Limit-Up-Gigwords': [153, 'integer', WIFI, 'gigawords'],
  'Cambium-Traffic-Quota-Limit-Down-Gigwords': [154, 'integer', WIFI, 'gigawords'],
  'Cambium-Traffic-Quota-Limit-Total': [155, 'integer', WIFI, 'octets'],
  'Cambium-Traffic-Quota-Limit-Total-Gigwords': [156, 'integer', WIFI, 'gigawords'],
  'Cambium-VLAN-Pool-Id': [157, 'text', WIFI],
  'Cambium-Authorize-Classes': [158, 'tlvs', WIFI],
  'Cambium-Traffic-Classes-Acct': [159, 'tlvs', WIFI],
  'Cambium-Walled-Garden-State': [160, 'integer', WIFI],
})
