import { CHECKED_DAYS, type CheckResult } from '../../core/domain/gateway-checks.ts'
import { VENDORS } from '../../core/domain/nas.ts'
import type { Site } from '../../core/domain/site.ts'
import { portalGatewayOf } from '../../core/gateways/index.ts'
import { toldChecks } from '../check-words.ts'
import type { GatewayNow, MadeSecrets, Setup } from '../gateways.ts'
import type { DeviceState } from '../../core/domain/gateway-state.ts'
import type { Wording } from '../wording.ts'
import { gatewaySetup, VENDOR_NAMES } from './gateway-setup.ts'
import { siteHref, siteName, type Pill } from './sites.ts'

const TONES: Readonly<Record<DeviceState, Pill['tone']>> = { live: 'ok', silent: 'bad', unknown: 'none' }

export const gatewayHref = (id: string): string => `/nas/${encodeURIComponent(id)}`

const pillOf = ({ say }: Wording, { state }: GatewayNow): Pill => ({
  tone: TONES[state],
  label: say(`nas.state.${state}`),
})

/** What a gateway signs its requests with, and whether it has to. */
const signedOf = ({ say }: Wording, { row, hasSigned, locked }: GatewayNow): string =>
  row.messageAuthenticator === 'off'
    ? say('nas.signs.off')
    : locked
      ? say(hasSigned ? 'nas.signs.locked' : 'nas.signs.required')
      : say('nas.signs.unseen')

const placeOf = (wording: Wording, sites: ReadonlyMap<string, Site>, id: string): string => {
  const site = sites.get(id)
  return site ? siteName(wording, site) : id
}

/** Rows of the table of gateways. */
export const gatewayRows = (
  wording: Wording,
  gateways: readonly GatewayNow[],
  { sites, now }: { readonly sites: ReadonlyMap<string, Site>; readonly now: number },
) =>
  gateways.map((each) => ({
    href: gatewayHref(each.row.id),
    id: each.row.id,
    site: placeOf(wording, sites, each.row.site),
    vendor: VENDOR_NAMES[each.row.gateway],
    heard: heardText(wording, each.heardAt, now),
    online: wording.format.number(each.online),
    signs: signedOf(wording, each),
    pill: pillOf(wording, each),
  }))

const heardText = ({ say, format }: Wording, at: number | null, now: number): string =>
  at === null ? say('nas.heard.never') : format.moment(at, now)

/** The page of one gateway. */
export function gatewayView(
  wording: Wording,
  gateway: GatewayNow,
  {
    sites,
    setup,
    portalUrl,
    now,
    checks,
  }: {
    readonly sites: ReadonlyMap<string, Site>
    /** Null where it sends no RADIUS. */
    readonly checks: readonly CheckResult[] | null
    readonly setup: Setup
    readonly portalUrl: string
    readonly now: number
  },
) {
  const { say, format } = wording
  const { row } = gateway
  const fact = (key: string, value: string, href?: string) => ({ term: say(`nas.${key}`), value, href })
  return {
    id: row.id,
    href: gatewayHref(row.id),
    pill: pillOf(wording, gateway),
    facts: [
      fact('field.site', placeOf(wording, sites, row.site), siteHref(row.site)),
      fact('field.gateway', VENDOR_NAMES[row.gateway]),
      fact('heard', heardText(wording, gateway.heardAt, now)),
      fact('online', format.number(gateway.online)),
      fact('access-points', format.number(gateway.accessPoints)),
      fact('signs', signedOf(wording, gateway)),
      ...(gateway.wrongClockAt === null
        ? []
        : [fact('wrong-clock', format.moment(gateway.wrongClockAt, now))]),
      fact('fact.addresses', row.addresses.join(', ')),
      fact('fact.identifier', row.identifier),
      ...(row.gatewayUrl === null ? [] : [fact('fact.gatewayUrl', row.gatewayUrl)]),
      fact('fact.coa', row.coa ? `${row.coa.address}, ${row.coa.port}` : say('nas.coa.none')),
      fact('field.macAuth', say(row.macAuth ? 'yes' : 'no')),
      fact('fact.interimSeconds', say('nas.seconds', { count: format.number(row.interimSeconds) })),
      fact('origin', say(`nas.origin.${row.origin}`)),
    ],
    hasPortal: portalGatewayOf(row.gateway) !== undefined,
    ofFile: row.origin === 'file',
    config: gatewaySetup(row, setup, portalUrl),
    checks: checks && checksView(wording, checks),
  }
}

/** How its sessions kept each check; no rows where there was none. */
const checksView = (wording: Wording, checks: readonly CheckResult[]) => ({
  days: CHECKED_DAYS,
  rows: checks.some(({ of }) => of > 0) ? toldChecks(wording, checks) : [],
})

/** Secrets of a gateway that was just added, each with its name. */
export const madeSecrets = ({ say }: Wording, made: MadeSecrets) =>
  Object.entries(made).map(([name, value]) => ({ name: say(`nas.field.${name}`), value }))

/** The form of a new gateway, with what was typed. */
export function gatewayForm(
  wording: Wording,
  sites: readonly Site[],
  typed: Readonly<Record<string, string>>,
) {
  const { say } = wording
  const option = (name: string, value: string, label: string) => ({
    value,
    label,
    chosen: value === typed[name],
  })
  return {
    typed,
    sites: sites.map((site) => option('site', site.id, siteName(wording, site))),
    vendors: VENDORS.map((each) => option('gateway', each, VENDOR_NAMES[each])),
    signs: (['auto', 'require', 'off'] as const).map((each) =>
      option('messageAuthenticator', each, say(`nas.authenticator.${each}`)),
    ),
  }
}
