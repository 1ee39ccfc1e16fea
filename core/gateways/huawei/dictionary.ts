import { dictionary } from '../dictionary.ts'

const HUAWEI = 'FreeRADIUS dictionary.huawei'
const RATE = 'FreeRADIUS dictionary.huawei; unit: Huawei RADIUS attribute reference'
const VOLUME = 'FreeRADIUS dictionary.huawei; unit: Huawei RADIUS attribute reference (Remanent-Volume)'

/**
 * Huawei's attributes, 2011, as far as a hotspot meets them. Input is what the visitor sends. What 1, 3, 4 and 6 mean
 * depends on the product (burst size or peak rate): only the average rates are the same on all.
 */
export const huaweiTechnologies = dictionary(2011, {
  'Huawei-Input-Average-Rate': [2, 'integer', RATE, 'bit/s'],
  'Huawei-Output-Average-Rate': [5, 'integer', RATE, 'bit/s'],
  // 0 puts a visitor out at once, 2³² − 1 is no limit.
  'Huawei-Remanent-Volume': [15, 'integer', VOLUME, 'KiB'],
  'Huawei-Connect-ID': [26, 'integer', HUAWEI],
  'Huawei-PortalURL': [27, 'text', HUAWEI],
  'Huawei-Qos-Profile-Name': [31, 'text', HUAWEI],
  'Huawei-Startup-Stamp': [59, 'integer', HUAWEI],
  'Huawei-IPHost-Addr': [60, 'text', HUAWEI],
  'Huawei-Up-Priority': [61, 'integer', HUAWEI],
  'Huawei-Down-Priority': [62, 'integer', HUAWEI],
  'Huawei-Data-Filter': [82, 'text', HUAWEI],
  'Huawei-Domain-Name': [138, 'text', HUAWEI],
  'Huawei-HTTP-Redirect-URL': [140, 'text', HUAWEI],
  'Huawei-User-Mac': [153, 'text', HUAWEI],
  'Huawei-AVpair': [188, 'text', HUAWEI],
  'Huawei-Web-URL': [253, 'text', HUAWEI],
  'Huawei-Version': [254, 'text', HUAWEI],
  'Huawei-Product-ID': [255, 'text', HUAWEI],
})
