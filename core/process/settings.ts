import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { readCityTime } from '../domain/city-time.ts'
import { Secret } from '../domain/secret.ts'
import { SetupError } from './errors.ts'
import { isLoopback } from './addresses.ts'

/** The environment of contract.md, read once and checked. Port 0 means any free port. */
export interface Settings {
  readonly configFile: string
  readonly dataFolder: string
  readonly hosts: readonly string[]
  readonly consoleHost: string
  readonly metricsHost: string
  /** True when portal and RADIUS bind loopback addresses only. */
  readonly loopbackOnly: boolean
  readonly key: string | null
  readonly portalPort: number
  readonly consolePort: number
  readonly metricsPort: number
  readonly portalUrl: string | null
  readonly portalTls: {
    readonly port: number
    readonly cert: string
    readonly key: string
    readonly url: string | null
  } | null
  readonly trustedProxies: readonly string[]
  /** What Alertmanager shows to tell alerts. */
  readonly alertsToken: Secret | null
  readonly radiusAuthPort: number
  readonly radiusAcctPort: number
  readonly radiusWorkers: number
  /** How long an Access-Reject is held back at the most. */
  readonly radiusRejectMs: number
  readonly redisUrl: string | null
  readonly databaseUrl: string | null
  readonly logLevel: string
  /** Where a clock that stands begins, epoch ms; null where time is the world's. Loopback and private stores alone. */
  readonly clock: number | null
}

type Environment = Readonly<Record<string, string | undefined>>

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/**
 * Reads the environment. Each secret may come as NAME or as NAME_FILE.
 * @throws SetupError naming the variable, what it held (never a secret) and what it takes.
 */
export function readSettings(environment: Environment, cwd = process.cwd()): Settings {
  const text = (name: string): string | null => environment[name]?.trim() || null
  const port = (name: string, fallback: number): number => {
    const given = text(name)
    if (given === null) return fallback
    const number = Number(given)
    if (!/^\d+$/.test(given) || number > 65_535)
      throw new SetupError(
        'bad-environment',
        `${name} is "${given}": it takes a port number from 0 to 65535.`,
      )
    return number
  }
  const list = (given: string | null): string[] =>
    given
      ?.split(',')
      .map((s) => s.trim())
      .filter(Boolean) ?? []
  const hosts = list(text('HOTSPOT_HOST') ?? '127.0.0.1')
  const cert = text('PORTAL_TLS_CERT')
  const tlsKey = text('PORTAL_TLS_KEY')
  if ((cert === null) !== (tlsKey === null))
    throw new SetupError(
      'bad-environment',
      'PORTAL_TLS_CERT and PORTAL_TLS_KEY go together: set both or neither.',
    )
  const logLevel = text('LOG_LEVEL') ?? 'info'
  if (!LOG_LEVELS.includes(logLevel))
    throw new SetupError('bad-environment', `LOG_LEVEL is "${logLevel}": it takes ${LOG_LEVELS.join(', ')}.`)
  const alertsToken = secret(environment, 'ALERTS_TOKEN')
  if (alertsToken !== null && !/^[\x21-\x7e]{16,200}$/.test(alertsToken))
    throw new SetupError(
      'bad-environment',
      'ALERTS_TOKEN takes 16 to 200 letters, digits and signs without a space: make one with `openssl rand -hex 24`.',
    )
  const workers = text('RADIUS_WORKERS')
  if (workers !== null && !/^[1-9]\d?$/.test(workers))
    throw new SetupError('bad-environment', `RADIUS_WORKERS is "${workers}": it takes a number from 1 to 99.`)
  const reject = text('RADIUS_REJECT_SECONDS') ?? '1'
  if (!/^(?:[1-9]|10)$/.test(reject))
    throw new SetupError(
      'bad-environment',
      `RADIUS_REJECT_SECONDS is "${reject}": it takes a number from 1 to 10.`,
    )
  const settings = {
    configFile: resolve(cwd, text('HOTSPOT_CONFIG') ?? 'config/hanoi.json'),
    dataFolder: resolve(cwd, text('HOTSPOT_DATA') ?? 'var'),
    hosts,
    consoleHost: text('CONSOLE_HOST') ?? '127.0.0.1',
    metricsHost: text('METRICS_HOST') ?? '127.0.0.1',
    loopbackOnly: hosts.every(isLoopback),
    key: secret(environment, 'HOTSPOT_KEY'),
    portalPort: port('PORTAL_PORT', 8080),
    consolePort: port('CONSOLE_PORT', 8081),
    metricsPort: port('METRICS_PORT', 9464),
    portalUrl: url('PORTAL_URL', text('PORTAL_URL')),
    portalTls:
      cert !== null && tlsKey !== null
        ? {
            port: port('PORTAL_TLS_PORT', 8443),
            cert: resolve(cwd, cert),
            key: resolve(cwd, tlsKey),
            url: url('PORTAL_TLS_URL', text('PORTAL_TLS_URL')),
          }
        : null,
    trustedProxies: list(text('TRUSTED_PROXIES')),
    alertsToken: alertsToken === null ? null : new Secret(alertsToken),
    radiusAuthPort: port('RADIUS_AUTH_PORT', 1812),
    radiusAcctPort: port('RADIUS_ACCT_PORT', 1813),
    radiusWorkers: workers === null ? Math.max(1, availableParallelism() - 1) : Number(workers),
    radiusRejectMs: Number(reject) * 1000,
    redisUrl: secret(environment, 'REDIS_URL'),
    databaseUrl: secret(environment, 'DATABASE_URL'),
    logLevel,
  }
  return { ...settings, clock: clockOf(text('HOTSPOT_CLOCK'), settings) }
}

/** A clock of one's own would tell real visitors, gateways and other platforms' stores the wrong time. */
function clockOf(given: string | null, settings: Omit<Settings, 'clock'>): number | null {
  if (given === null) return null
  const refuse = (why: string): never => {
    throw new SetupError('bad-environment', `HOTSPOT_CLOCK is "${given}": ${why}`)
  }
  const hosts = [...settings.hosts, settings.consoleHost, settings.metricsHost]
  if (!hosts.every(isLoopback))
    refuse(
      'a clock that stands is for loopback alone; unset it, or HOTSPOT_HOST, CONSOLE_HOST and METRICS_HOST.',
    )
  if (settings.redisUrl !== null || settings.databaseUrl !== null)
    refuse('a clock that stands is for private stores alone; unset it, or REDIS_URL and DATABASE_URL.')
  const at = readCityTime(given, '')
  if (at === null) return refuse('it takes a time such as 2027-02-01T00:00:00+07:00.')
  // Redis counts its streams by the world's clock and never back: they follow a clock that is ahead of it.
  if (at <= Date.now()) refuse('it takes a time to come.')
  return at
}

function url(name: string, given: string | null): string | null {
  if (given === null) return null
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol))
    throw new SetupError('bad-environment', `${name} is "${given}": it takes an http or https address.`)
  return given.replace(/\/+$/, '')
}

function secret(environment: Environment, name: string): string | null {
  const file = environment[`${name}_FILE`]?.trim()
  if (!file) return environment[name]?.trim() || null
  let held: string
  try {
    held = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new SetupError(
      'bad-environment',
      `${name}_FILE names ${file}, which cannot be read: check the path and its permissions.`,
      { cause },
    )
  }
  // Taken for unset it would lead to a key or a store of our own making, beside the one that was meant.
  if (held === '')
    throw new SetupError(
      'bad-environment',
      `${name}_FILE names ${file}, which is empty: put the value in it.`,
    )
  return held
}
