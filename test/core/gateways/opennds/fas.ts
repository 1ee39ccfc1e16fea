import { createCipheriv, createHash } from 'node:crypto'

/** What openNDS and the PHP of its FAS examples do, written from their description. @see standards.md C2, fas.rst */

export const TOKEN = '3f9d1c2b'
/** openNDS shows the phone a hash of its token, and takes back a hash of that. */
export const HID = createHash('sha256').update(TOKEN).digest('hex')

/** What openNDS tells of a phone, in the order of fas.rst; null leaves a field out. */
export function told(given: Readonly<Record<string, string | null>> = {}): string {
  const fields: Record<string, string | null> = {
    hid: HID,
    clientip: '10.9.0.7',
    clientmac: '02:00:5e:00:53:01',
    client_type: 'cpd_can',
    gatewayname: 'Hanoi%20Free%20WiFi',
    gatewayurl: 'http%3a%2f%2fstatus.client',
    version: '10.1.3',
    gatewayaddress: '10.3.0.1:2050',
    gatewaymac: '020a0b0c0d0e',
    originurl: 'http%3a%2f%2fcaptive.apple.com%2fhotspot-detect.html%3fa%3db',
    clientif: 'br-lan wlan0',
    ...given,
  }
  return Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
}

/** Level 1: base64 of what is told. */
export const inClear = (text: string): string => Buffer.from(text).toString('base64')

/** Levels 2 and 3: PHP's openssl_encrypt with option 0, which is base64, and base64 of that once more. */
export function encrypted(text: string, fasKey: string, iv: string): string {
  // PHP pads a key with zeros, and cuts it, to the 32 octets of AES-256.
  const key = Buffer.concat([Buffer.from(fasKey), Buffer.alloc(32)]).subarray(0, 32)
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.from(iv))
  const once = cipher.update(text, 'utf8', 'base64') + cipher.final('base64')
  return Buffer.from(once).toString('base64')
}

/** What openNDS wants to be shown for a phone: rhid = sha256(hid + faskey). */
export const rhidOf = (fasKey: string): string => createHash('sha256').update(`${HID}${fasKey}`).digest('hex')
