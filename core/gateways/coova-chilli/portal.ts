import { createHash, timingSafeEqual } from 'node:crypto'
import { parseMac } from '../../domain/mac.ts'
import type {
  Arrival,
  ArrivalRequest,
  ArrivalResult,
  Handoff,
  HandoffRequest,
  PortalFace,
  Query,
} from '../gateway.ts'

/** A Map, because `res` is a stranger's word: `constructor` is in every object. */
const ABOUT: ReadonlyMap<string, Arrival['about']> = new Map([
  ['notyet', 'login'],
  ['challenge', 'login'],
  ['splash', 'login'],
  ['success', 'online'],
  ['already', 'online'],
  ['failed', 'failed'],
  ['logoff', 'left'],
])

const BAD: ArrivalResult = { kind: 'bad-arrival' }

/** CoovaChilli's UAM redirect and its `/logon`. @see src/redir.c of CoovaChilli 1.x */
export const portal: PortalFace = {
  identifier: (query: Query) => query.nasid ?? null,
  arrival,
  handoff,
  // A new challenge, and the redirect with it: `notyet`, or `already` for a phone that is online.
  entrance: ({ gatewayUrl }) => gatewayUrl && new URL('/prelogin', gatewayUrl).href,
}

function arrival({ nas, query, url }: ArrivalRequest): ArrivalResult {
  const mac = parseMac(query.mac ?? '')
  const about = ABOUT.get(query.res ?? '')
  const challenge = query.challenge ?? ''
  if (!mac || !about || !/^(?:[0-9a-f]{32})?$/i.test(challenge)) return BAD
  if (about === 'login' && challenge === '') return BAD
  if (nas.uamSecret && !signed(url, nas.uamSecret.reveal())) return BAD
  return {
    kind: 'arrival',
    arrival: {
      mac,
      // `called` is the NAS's own address, not an access point's.
      ap: null,
      ssid: query.ssid ?? null,
      ip: query.ip ?? null,
      context: { challenge: challenge.toLowerCase() },
      proved: nas.uamSecret !== null,
      about,
    },
  }
}

/** `md` is the MD5 of the whole URL before it and the UAM secret, in upper-case hex. */
function signed(url: string, uamSecret: string): boolean {
  const at = url.lastIndexOf('&md=')
  if (at < 0) return false
  const given = /^([0-9A-Fa-f]{32})$/.exec(url.slice(at + 4))
  if (!given) return false
  const wanted = createHash('md5').update(url.slice(0, at)).update(uamSecret).digest()
  return timingSafeEqual(wanted, Buffer.from(given[1]!, 'hex'))
}

/** Logs in by CHAP: the response is MD5(ident, password, challenge'), where challenge' is MD5(challenge, UAM secret). */
function handoff({ nas, context, userName, password, landingUrl }: HandoffRequest): Handoff {
  const challenge = Buffer.from(context.challenge ?? '', 'hex')
  const mixed = nas.uamSecret
    ? createHash('md5').update(challenge).update(nas.uamSecret.reveal()).digest()
    : challenge
  const response = createHash('md5')
    .update(Buffer.from([0]))
    .update(password)
    .update(mixed)
    .digest('hex')
  const url = new URL('/logon', nas.gatewayUrl!)
  url.search = new URLSearchParams({ username: userName, response, userurl: landingUrl }).toString()
  return { kind: 'redirect', url: url.href }
}
