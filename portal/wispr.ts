import type { Vendor } from '../core/domain/nas.ts'
import type { Site } from '../core/domain/site.ts'
import type { Lang } from './messages.ts'
import { link } from './links.ts'
import type { Place, PortalParts } from './parts.ts'

/** Gateways that take a login as one address, which a program can ask for as well as a browser. */
const BY_ADDRESS: ReadonlySet<Vendor> = new Set(['coova-chilli', 'mikrotik'])

/** What WISPr 1.0 says in numbers (Wi-Fi Alliance, WISPr best current practices, appendix D). */
const MESSAGE = { redirect: 100, login: 120, logoff: 130, poll: 140, abort: 150 } as const
const RESPONSE = {
  ok: 0,
  online: 50,
  refused: 100,
  loggedOff: 150,
  aborted: 151,
  pending: 201,
  fault: 255,
} as const

/** True for an agent that reads WISPr: smart clients, and iOS when it looks whether it is captive. */
export const readsWispr = (userAgent: string | undefined): boolean => /wispr/i.test(userAgent ?? '')

/**
 * Where a program may log in for a visit; null where it cannot: codes must be taken here, the gateway must take a login
 * by address, and a password may only travel over TLS.
 */
export function wisprUrlOf(parts: PortalParts, { known, nas, site }: Place, lang: Lang): string | null {
  const base = parts.portalTlsUrl()
  if (base === null || !BY_ADDRESS.has(nas.gateway) || !site.login.includes('voucher')) return null
  return base + link('/wispr', known.visit.id, lang)
}

/** Markup that tells a smart client where to log in, unseen by people. */
export const redirectMessage = (site: Site, loginUrl: string): string =>
  message('Redirect', MESSAGE.redirect, RESPONSE.ok, [
    ['AccessProcedure', '1.0'],
    ['AccessLocation', site.id],
    ['LocationName', site.name.en],
    ['LoginURL', loginUrl],
    ['AbortLoginURL', `${loginUrl}&abort`],
  ])

/** A right was given: the gateway's own address is the next to ask for. */
export const pendingMessage = (resultsUrl: string): string =>
  message('AuthenticationReply', MESSAGE.login, RESPONSE.pending, [['LoginResultsURL', resultsUrl]])

export const refusedMessage = (why: string): string =>
  message('AuthenticationReply', MESSAGE.login, RESPONSE.refused, [['ReplyMessage', why]])

/** Nothing is known of the visit, or its gateway cannot be asked so. */
export const faultMessage = (): string => message('AuthenticationReply', MESSAGE.login, RESPONSE.fault, [])

/** What became of a login, on the page that the gateway leads to. */
export const onlineMessage = (loginUrl: string): string =>
  message('AuthenticationPollReply', MESSAGE.poll, RESPONSE.online, [['LogoffURL', `${loginUrl}&logoff`]])

export const rejectedMessage = (): string =>
  message('AuthenticationPollReply', MESSAGE.poll, RESPONSE.refused, [])

export const loggedOffMessage = (): string => message('LogoffReply', MESSAGE.logoff, RESPONSE.loggedOff, [])

export const abortedMessage = (): string => message('AbortLoginReply', MESSAGE.abort, RESPONSE.aborted, [])

function message(
  name: string,
  type: number,
  response: number,
  fields: readonly (readonly [string, string])[],
): string {
  const all = [['MessageType', String(type)], ['ResponseCode', String(response)], ...fields] as const
  const inside = all.map(([field, value]) => `<${field}>${escaped(value)}</${field}>`).join('\n')
  return `<!--
<?xml version="1.0" encoding="UTF-8"?>
<WISPAccessGatewayParam xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://www.acmewisp.com/WISPAccessGatewayParam.xsd">
<${name}>
${inside}
</${name}>
</WISPAccessGatewayParam>
-->`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/**
 * Text as XML inside an HTML comment: two hyphens would end the comment for some, so the second is written as a number.
 * Control characters are not XML at all.
 */
const escaped = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign)
    .replace(/-(?=-)/g, '&#45;')
