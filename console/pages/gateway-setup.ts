import type { Nas, Vendor } from '../../core/domain/nas.ts'
import type { NasRow } from '../../core/records/lists.ts'
import type { Setup } from '../gateways.ts'

/** How makers write their names. */
export const VENDOR_NAMES: Readonly<Record<Vendor, string>> = {
  'coova-chilli': 'CoovaChilli',
  opennds: 'openNDS',
  mikrotik: 'MikroTik',
  unifi: 'UniFi',
  omada: 'Omada',
  ruijie: 'Ruijie',
  ruckus: 'Ruckus',
  aruba: 'Aruba',
  meraki: 'Meraki',
  cisco: 'Cisco',
  huawei: 'Huawei',
  cambium: 'Cambium',
  fortinet: 'Fortinet',
}

/** Where gateways reach us. */
interface Reached {
  /** The host of RADIUS, an address or a name. */
  readonly host: string
  readonly authPort: number
  readonly acctPort: number
  /** Without a slash at the end. */
  readonly portal: string
  readonly securePortal: string | null
}

type Described = Pick<NasRow, 'id' | 'identifier' | 'gateway' | 'coa' | 'interimSeconds' | 'macAuth'>

/** What is written into a gateway so that it works with us; secrets stand as placeholders. */
export function gatewaySetup(nas: Described, setup: Setup, portalUrl: string): string {
  const open = setup.hosts.find((host) => host !== '0.0.0.0' && host !== '::')
  const reached: Reached = {
    host: open ?? new URL(portalUrl).hostname,
    authPort: setup.radiusAuthPort || 1812,
    acctPort: setup.radiusAcctPort || 1813,
    portal: portalUrl,
    securePortal:
      setup.portalTls &&
      (setup.portalTls.url ?? `https://${new URL(portalUrl).hostname}:${setup.portalTls.port}`),
  }
  return `${(WITH_PORTAL[nas.gateway] ?? radiusAlone)(nas, reached)}\n`
}

/** Makers whose captive portal we speak to; a line of each is what the README of its folder explains. */
const WITH_PORTAL: Partial<Record<Vendor, (nas: Described, reached: Reached) => string>> = {
  'coova-chilli': coovaChilli,
  opennds,
  mikrotik,
}

function coovaChilli(nas: Described, { host, portal, securePortal, authPort, acctPort }: Reached): string {
  return [
    '# /etc/chilli/config',
    `HS_NASID=${nas.identifier}`,
    `HS_RADIUS=${host}`,
    `HS_RADIUS2=${host}`,
    'HS_RADSECRET=<secret>',
    `HS_UAMFORMAT=${portal}/g/coova-chilli`,
    'HS_UAMSECRET=<uamSecret>',
    `HS_UAMALLOW=${new URL(portal).hostname}`,
    `HS_COAPORT=${nas.coa?.port ?? 3799}`,
    '',
    '# /etc/chilli/local.conf',
    `radiusauthport ${authPort}`,
    `radiusacctport ${acctPort}`,
    ...(securePortal
      ? [
          '# DHCP option 114, for CoovaChilli of 2026 or later; earlier ones leave it out',
          `captiveportalapi_uri ${securePortal}/captive-portal/api?nas=%{n}&mac=%{M}`,
        ]
      : ['# DHCP option 114: leave it out, the portal has no HTTPS']),
  ].join('\n')
}

function opennds(nas: Described, { portal, securePortal }: Reached): string {
  const reached = new URL(securePortal ?? portal)
  const port = reached.port || (reached.protocol === 'https:' ? '443' : '80')
  return [
    '# /etc/opennds/opennds.conf; on OpenWrt, uci set opennds.@opennds[0].NAME=VALUE',
    'login_option_enabled 0',
    `fas_secure_enabled ${securePortal ? 3 : 2}`,
    'faskey <fasKey>',
    '# The address of this name: openNDS opens its firewall to it',
    `fasremoteip ${reached.hostname}`,
    ...(securePortal ? [`fasremotefqdn ${reached.hostname}`] : []),
    `fasport ${port}`,
    `faspath /g/opennds/${nas.id}`,
    'binauth /usr/lib/hotspot/hotspot-binauth.sh',
    'sessiontimeout 240',
    '',
    '# /etc/hotspot-gateway.conf, mode 600',
    `PORTAL=${securePortal ?? portal}`,
    `NAS_ID=${nas.id}`,
    'FAS_KEY=<fasKey>',
    `INTERIM=${nas.interimSeconds}`,
    'POLL=5',
    '',
    '# DHCP option 114: set nothing, openNDS announces its own',
  ].join('\n')
}

function mikrotik(nas: Described, { host, portal, authPort, acctPort }: Reached): string {
  const page = `${portal}/g/mikrotik/${nas.id}?identity=$(identity)&mac=$(mac-esc)&ip=$(ip)&chap-id=$(chap-id)&chap-challenge=$(chap-challenge)&error=$(error)`
  return [
    `/system identity set name=${nas.identifier}`,
    `/radius add service=hotspot address=${host} authentication-port=${authPort} accounting-port=${acctPort} secret="<secret>"`,
    `/radius incoming set accept=yes port=${nas.coa?.port ?? 3799}`,
    `/ip hotspot profile set [find] use-radius=yes login-by=http-pap,http-chap radius-interim-update=${nas.interimSeconds}s`,
    `/ip hotspot walled-garden ip add dst-host=${new URL(portal).hostname} action=accept`,
    '',
    '# hotspot/login.html',
    `<meta http-equiv="refresh" content="0; url=${page}">`,
    '',
    '# DHCP option 114: RouterOS announces its own where the profile has a name and a trusted certificate; else leave it out',
  ].join('\n')
}

/** The settings that every RADIUS client has, for those whose own login page visitors see. */
function radiusAlone(nas: Described, { host, authPort, acctPort }: Reached): string {
  return [
    '# RADIUS',
    `server ${host}`,
    `authentication-port ${authPort}`,
    `accounting-port ${acctPort}`,
    'secret <secret>',
    `nas-identifier ${nas.identifier}`,
    `interim-update ${nas.interimSeconds}s`,
    `mac-authentication ${nas.macAuth ? 'on' : 'off'}`,
    ...(nas.coa ? [`dynamic-authorization (RFC 5176) on, port ${nas.coa.port}, from ${host}`] : []),
    '',
    '# DHCP option 114: leave it out',
  ].join('\n')
}

/** Fields that `parseNas` knows and that a form has, in its order. */
export const GATEWAY_FIELDS = [
  'id',
  'site',
  'gateway',
  'addresses',
  'secret',
  'gatewayUrl',
  'uamSecret',
  'fasKey',
  'identifier',
  'coa',
  'messageAuthenticator',
  'interimSeconds',
] as const satisfies readonly (keyof Nas)[]
