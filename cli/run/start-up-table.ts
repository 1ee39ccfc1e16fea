import { relative } from 'node:path'
import type { Settings } from '../../core/process/settings.ts'
import type { Platform } from './supervisor.ts'

const WILDCARDS = ['0.0.0.0', '::']

/** What `./hotspot run` prints once everything listens: addresses, the first password, and what to try. */
export function startUpTable(settings: Settings, platform: Platform): string {
  const { ports, passwordFile, describe, leftOut, shortSecrets } = platform
  const [host = '127.0.0.1'] = settings.hosts
  const folder = relative(process.cwd(), settings.dataFolder) || '.'
  const rows: [string, string][] = []
  if (ports.portal) rows.push(['Portal', settings.portalUrl ?? `http://${host}:${ports.portal}`])
  if (ports.portalTls)
    rows.push(['Portal, TLS', settings.portalTls?.url ?? `https://${host}:${ports.portalTls}`])
  if (ports.console) rows.push(['Console', `http://${settings.consoleHost}:${ports.console}`])
  if (ports.radiusAuth)
    rows.push([
      'RADIUS',
      `${settings.hosts.join(', ')}: authentication ${ports.radiusAuth}/udp, accounting ${ports.radiusAcct}/udp`,
    ])
  rows.push(['Metrics', `http://${settings.metricsHost}:${ports.metrics}/metrics`])
  rows.push(['Redis', describe.redis], ['PostgreSQL', describe.database])
  if (ports.console)
    rows.push([
      'First sign-in',
      passwordFile
        ? `name and password: cat ${relative(process.cwd(), passwordFile)}`
        : `people exist; ./hotspot person password NAME sets a new one`,
    ])
  const tryOut: string[] = []
  if (ports.portal)
    tryOut.push(
      `  a browser at ${settings.portalUrl ?? `http://${host}:${ports.portal}`}/help, or a city of visitors:`,
      '  ./hotspot simulate --visitors 200 --sites 12 --minutes 60 --speed 60',
    )
  if (ports.radiusAuth)
    tryOut.push(
      '  ./hotspot voucher create --site ho-hoan-kiem --count 1 --seconds 3600 --json      makes a CODE for:',
      `  echo 'User-Name=CODE,User-Password=CODE,Calling-Station-Id=02-00-5E-00-53-01,Packet-Src-IP-Address=127.10.0.1' \\`,
      `    | radclient -x ${host}:${ports.radiusAuth} auth demo-radius-secret-001`,
    )
  const warnings: string[] = []
  if (leftOut.length > 0)
    warnings.push(
      `\n  ${leftOut.length} NASes with a demo secret are left out, because HOTSPOT_HOST goes beyond loopback.`,
    )
  if (shortSecrets !== null) warnings.push(`\n  ${shortSecrets}`)
  if (ports.portal && settings.portalUrl === null && WILDCARDS.includes(host))
    warnings.push(
      `\n  PORTAL_URL is not set, so pages lead to http://${host}:${ports.portal}, where no phone gets to.`,
    )
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    '',
    '  Hà Nội Wi-Fi is running.',
    '',
    ...rows.map(([name, what]) => `  ${name.padEnd(width)}  ${what}`),
    ...warnings,
    '',
    '  Try',
    ...tryOut,
    '',
    `  Ctrl-C ends it. Data is in ${folder}.`,
    '',
    '',
  ].join('\n')
}
