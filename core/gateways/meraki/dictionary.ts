import { dictionary } from '../dictionary.ts'

const MERAKI = 'FreeRADIUS dictionary.meraki'

/** Meraki's attributes, 29671: what a gateway says of itself. It takes none of them. */
export const merakiCloud = dictionary(29671, {
  'Meraki-Device-Name': [1, 'text', MERAKI],
  'Meraki-Network-Name': [2, 'text', MERAKI],
  'Meraki-Ap-Name': [3, 'text', MERAKI],
  'Meraki-Ap-Tags': [4, 'text', MERAKI],
})
