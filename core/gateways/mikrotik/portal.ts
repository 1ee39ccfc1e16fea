import { createHash } from 'node:crypto'
import { parseMac } from '../../domain/mac.ts'
import type { ArrivalRequest, ArrivalResult, Handoff, HandoffRequest, PortalFace, Query } from '../gateway.ts'

const BAD: ArrivalResult = { kind: 'bad-arrival' }
const CHAP_ID_OCTETS = 1
const CHAP_CHALLENGE_OCTETS = 16

/** What RouterOS's login.html forwards, and its login page. The redirect is not signed: all it says is hearsay. */
export const portal: PortalFace = {
  identifier: (query: Query) => query.identity ?? null,
  arrival,
  handoff,
  entrance: ({ gatewayUrl }) => gatewayUrl && loginPage(gatewayUrl).href,
}

function arrival({ query }: ArrivalRequest): ArrivalResult {
  const mac = parseMac(query.mac ?? query['mac-esc'] ?? '')
  if (!mac) return BAD
  const id = query['chap-id']
  const challenge = query['chap-challenge']
  const chap = id ? { id: octets(id), challenge: octets(challenge ?? '') } : null
  if (chap && !(chap.id?.length === CHAP_ID_OCTETS && chap.challenge?.length === CHAP_CHALLENGE_OCTETS))
    return BAD
  return {
    kind: 'arrival',
    arrival: {
      mac,
      ap: null,
      ssid: query.ssid ?? null,
      ip: query.ip ?? null,
      context: chap
        ? { chapId: chap.id!.toString('hex'), chapChallenge: chap.challenge!.toString('hex') }
        : {},
      proved: false,
      about: query.error ? 'failed' : 'login',
    },
  }
}

/** Octets that RouterOS wrote as text, each either itself or `\ooo` in octal; null when that reads as none. */
export function octets(text: string): Buffer | null {
  if (text.length > 256) return null
  const bytes: number[] = []
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      const code = text.charCodeAt(i)
      if (code > 255) return null
      bytes.push(code)
      continue
    }
    const octal = /^[0-3][0-7]{2}/.exec(text.slice(i + 1, i + 4))
    if (!octal) return null
    bytes.push(parseInt(octal[0], 8))
    i += 3
  }
  return Buffer.from(bytes)
}

/** With a challenge the password goes as MD5(chap-id, password, chap-challenge) in hex, else in the clear (http-pap). */
function handoff({ nas, context, userName, password, landingUrl }: HandoffRequest): Handoff {
  const { chapId, chapChallenge } = context
  const shown =
    chapId && chapChallenge
      ? createHash('md5')
          .update(Buffer.from(chapId, 'hex'))
          .update(password)
          .update(Buffer.from(chapChallenge, 'hex'))
          .digest('hex')
      : password
  // RouterOS takes the login by GET as well as by POST.
  const url = loginPage(nas.gatewayUrl!)
  url.search = new URLSearchParams({
    username: userName,
    password: shown,
    dst: landingUrl,
    popup: 'false',
  }).toString()
  return { kind: 'redirect', url: url.href }
}

/** The router's own address and path, from its record. */
function loginPage(gatewayUrl: string): URL {
  const url = new URL(gatewayUrl)
  if (url.pathname === '/') url.pathname = '/login'
  return url
}
