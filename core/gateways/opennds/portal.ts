import { createDecipheriv, createHash, createHmac } from 'node:crypto'
import type { SessionLimits } from '../../domain/limits.ts'
import { colonMac, parseMac } from '../../domain/mac.ts'
import type { Nas } from '../../domain/nas.ts'
import type { ArrivalRequest, ArrivalResult, Handoff, HandoffRequest, PortalFace, Query } from '../gateway.ts'

const BAD: ArrivalResult = { kind: 'bad-arrival' }

/** AES-256; openNDS pads a shorter key with zeros and cuts a longer one, as PHP does. */
const KEY_OCTETS = 32
const LONGEST = 8192

/**
 * openNDS's Forwarding Authentication Service. Level 1 says who comes in base64, which anybody can write; levels 2 and 3
 * encrypt it with the FAS key. Its redirect cannot name the NAS before that, so the path does.
 */
export const portal: PortalFace = { identifier: () => null, arrival, handoff }

function arrival({ nas, query, url }: ArrivalRequest): ArrivalResult {
  const text = plainText(nas, query)
  const fields = text === null ? null : fieldsOf(text)
  const mac = parseMac(fields?.clientmac ?? '')
  if (!fields || !mac || !/^[0-9a-f]{64}$/.test(fields.hid ?? '')) return BAD
  const encrypted = query.iv !== undefined
  return {
    kind: 'arrival',
    arrival: {
      mac,
      ap: null,
      ssid: null,
      ip: fields.clientip ?? null,
      context: {
        hid: fields.hid!,
        authdir: /^[A-Za-z0-9_-]{1,64}$/.test(fields.authdir ?? '') ? fields.authdir! : 'opennds_auth',
        // Level 3 is level 2 over TLS: there the gateway asks us, and takes no word from the phone.
        level: !encrypted ? '1' : url.startsWith('https:') ? '3' : '2',
      },
      proved: encrypted,
      about: 'login',
    },
  }
}

/** What `fas` says: in clear base64 at level 1, else AES-256-CBC in base64 in base64. */
function plainText(nas: Nas, query: Query): string | null {
  // A plus sign is base64 here, not a space.
  const fas = query.fas?.replaceAll(' ', '+')
  if (!fas || fas.length > LONGEST || !nas.fasKey) return null
  const outer = Buffer.from(fas, 'base64')
  if (query.iv === undefined) return outer.toString('utf8')
  const iv = Buffer.from(query.iv, 'latin1')
  if (iv.length !== 16) return null
  const key = Buffer.alloc(KEY_OCTETS)
  key.write(nas.fasKey.reveal())
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, iv)
    return decipher.update(outer.toString('latin1'), 'base64', 'utf8') + decipher.final('utf8')
  } catch {
    return null
  }
}

/** `k=v, k=v`; a value may hold `=`, never `, `. */
function fieldsOf(text: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>
  for (const part of text.split(', ')) {
    const at = part.indexOf('=')
    if (at > 0) fields[part.slice(0, at)] ??= part.slice(at + 1)
  }
  return fields
}

function handoff({ nas, mac, context, limits, visit, landingUrl }: HandoffRequest): Handoff {
  const fasKey = nas.fasKey!.reveal()
  const hid = context.hid ?? ''
  const rhid = createHash('sha256').update(hid).update(fasKey).digest('hex')
  const { seconds, down, quota } = figures(limits)
  if (context.level === '3') {
    const custom = Buffer.from(`v=${visit}`).toString('base64')
    const minutes = seconds === 0 ? 0 : Math.max(1, Math.floor(seconds / 60))
    return { kind: 'wait', token: rhid, line: `${rhid} ${minutes} 0 ${down} ${quota} ${quota} ${custom}` }
  }
  const told = `s=${seconds}&u=0&d=${down}&uq=${quota}&dq=${quota}&v=${visit}&h=${hid.slice(0, 16)}`
  // The phone carries it to the gateway, so it is signed: see gateway/hotspot-binauth.sh.
  const mark = createHmac('sha256', fasKey)
    .update(`${told}|${colonMac(mac)}`)
    .digest('hex')
    .slice(0, 32)
  const url = new URL(`/${context.authdir ?? 'opennds_auth'}/`, nas.gatewayUrl!)
  url.search = new URLSearchParams({
    tok: rhid,
    redir: landingUrl,
    custom: Buffer.from(`${told}&m=${mark}`).toString('base64'),
  }).toString()
  return { kind: 'redirect', url: url.href }
}

/**
 * Limits in openNDS's units: seconds, kbit/s, KiB; 0 is unlimited, so a limit is at least 1. No rate is sent for what the
 * visitor sends: with one, openNDS 9.10 stops counting it once the rate is reached, and usage would be wrong.
 */
function figures(limits: SessionLimits): { seconds: number; down: number; quota: number } {
  const whole = (value: number | undefined, unit: number): number =>
    value === undefined ? 0 : Math.max(1, Math.floor(value / unit))
  return {
    seconds: whole(limits.seconds, 1),
    down: whole(limits.downBitsPerSecond, 1000),
    quota: whole(limits.octets, 1024),
  }
}
