import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Limits } from './session.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The name under which openNDS shows a client to the portal: the digest of its token. */
export const hidOf = (token: string): string => sha256(token)

/** What the portal has to send back to prove that it knows the FAS key. @see openNDS docs, fas.rst */
export const returnHidOf = (hid: string, fasKey: string): string => sha256(hid + fasKey)

export interface FasClient {
  readonly hid: string
  readonly clientip: string
  /** `aa:bb:…` */
  readonly clientmac: string
  /** As `nodeName` gives it. */
  readonly gatewayname: string
  /** `address:port` */
  readonly gatewayaddress: string
  /** Twelve lower-case hex digits. */
  readonly gatewaymac: string
  readonly originurl: string
  readonly clientif: string
}

/** The `fas` parameter of levels 1 and 4, down to the nulls openNDS 9.10 prints for parameters that are not set. */
export function fasParameter(client: FasClient): string {
  const { hid, clientip, clientmac, gatewayname, gatewayaddress, gatewaymac, originurl, clientif } = client
  const pairs = {
    hid,
    clientip,
    clientmac,
    client_type: 'cpd_can',
    gatewayname,
    gatewayurl: escaped('http://status.client'),
    version: '9.10.0',
    gatewayaddress,
    gatewaymac,
    originurl: escaped(originurl),
    clientif,
    themespec: '(null)',
  }
  const text = Object.entries(pairs).map(([name, value]) => `${name}=${value}`)
  return Buffer.from([...text, '(null)(null)(null)(null)'].join(', ')).toString('base64')
}

/** How openNDS 9.10 calls a gateway: its name and its address, escaped, with a space behind. */
export const nodeName = (name: string, mac: string): string => escaped(`${name} Node:${mac} `)

/** openNDS percent-encodes all but letters, digits and `-_.~`, in lower case. */
const escaped = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
    .replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())

const FIELDS = /^(?:s|u|d|uq|dq|v|h)=/
const KIBI = 1024n

/**
 * The limits in the `custom` string of a login, as hotspot-binauth.sh reads them, or null when the portal did not sign
 * them for this client and this login.
 */
export function customLimits(custom: string, fasKey: string, mac: string, hid: string): Limits | null {
  if (!/^[A-Za-z0-9+/]+=*$/.test(custom)) return null
  const text = Buffer.from(custom, 'base64').toString('latin1')
  const at = text.lastIndexOf('&m=')
  const mark = text.slice(at + 3)
  if (at < 0 || !/^[0-9a-f]{32}$/.test(mark) || /[^A-Za-z0-9=&_.-]/.test(text)) return null
  const signed = text.slice(0, at)
  const wanted = createHmac('sha256', fasKey).update(`${signed}|${mac}`).digest('hex').slice(0, 32)
  if (!timingSafeEqual(Buffer.from(wanted), Buffer.from(mark))) return null
  const fields = new URLSearchParams(
    signed
      .split('&')
      .filter((field) => FIELDS.test(field))
      .join('&'),
  )
  const number = (name: string): number => Number(/^\d{1,18}$/.exec(fields.get(name) ?? '')?.[0] ?? 0)
  if (!fields.has('s') || (fields.has('h') && fields.get('h') !== hid.slice(0, 16))) return null
  // 0 is no limit; quotas are in KiB.
  const quota = (name: string): bigint | undefined =>
    number(name) > 0 ? BigInt(number(name)) * KIBI : undefined
  const [from, to] = [quota('uq'), quota('dq')]
  return {
    sessionSeconds: number('s') || undefined,
    quota: from === undefined && to === undefined ? undefined : { from, to },
  }
}
