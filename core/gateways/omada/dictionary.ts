import { dictionary } from '../dictionary.ts'

const TPLINK = 'FreeRADIUS dictionary.tplink'

/** TP-Link's attributes, 11863. That the limits count octets of a session is a guess: no source says so. */
export const tpLink = dictionary(11863, {
  'TPLink-Recv-limit': [1, 'integer', TPLINK, 'octets'],
  'TPLink-Xmit-limit': [2, 'integer', TPLINK, 'octets'],
  'TPLink-Authentication-FindKey': [3, 'octets', TPLINK],
  'TPLink-Authentication-FoundKey': [4, 'octets', TPLINK],
  'TPLink-User-Command': [5, 'text', TPLINK],
  'TPLink-Site': [6, 'text', TPLINK],
  'TPLink-Omada': [7, 'text', TPLINK],
  'TPLink-Redirect-Url': [8, 'text', TPLINK],
  'TPLink-Portal-Access-Status': [9, 'integer', TPLINK],
})
