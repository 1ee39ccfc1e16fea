import { dictionary } from '../dictionary.ts'

const UAP = 'FreeRADIUS dictionary.ubnt (UI Community; UAP firmware 4.0.59 and later)'
const WPAD = 'FreeRADIUS dictionary.ubnt (wpad of UAP firmware 6.2.44)'

/** Ubiquiti's attributes, 41112: rates in 64 bits. DL is what the visitor receives. */
export const ubiquiti = dictionary(41112, {
  'UBNT-Data-Rate-DL': [1, 'integer64', UAP, 'bit/s'],
  'UBNT-Data-Rate-DL-Burst': [2, 'integer64', UAP, 'bit/s'],
  'UBNT-Data-Rate-UL': [3, 'integer64', UAP, 'bit/s'],
  'UBNT-Data-Rate-UL-Burst': [4, 'integer64', UAP, 'bit/s'],
  'UBNT-Tunnel-Password-Entry': [5, 'tlvs', WPAD],
  'UBNT-Station-Keyid': [6, 'octets', WPAD],
})
