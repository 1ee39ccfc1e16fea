import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from '../../core/process/errors.ts'

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** Where a running platform listens, as `run.json` in its data folder tells. */
export interface Platform {
  readonly portal: HostPort
  /** The address that visitors see; what CoovaChilli signs begins with it. No slash at its end. */
  readonly portalUrl: string
  readonly radiusAuth: HostPort
  readonly radiusAcct: HostPort
}

/**
 * Finds the platform that runs from a data folder.
 * @param portalUrl PORTAL_URL where the platform was started with one, else null.
 * @throws SetupError when none runs there, or its file cannot be understood.
 */
export function findPlatform(dataFolder: string, portalUrl: string | null): Platform {
  const file = join(dataFolder, 'run.json')
  const notRunning = (why: string, cause?: unknown): SetupError =>
    new SetupError(
      'no-platform',
      `No platform to visit: ${why}. Start one with \`./hotspot run\`, or name its data folder with --data.`,
      { cause },
    )
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw notRunning(`${file} cannot be read`, cause)
  }
  let run: unknown
  try {
    run = JSON.parse(text)
  } catch (cause) {
    throw notRunning(`${file} is not JSON`, cause)
  }
  if (typeof run !== 'object' || run === null) throw notRunning(`${file} holds no addresses`)
  const record = run as Readonly<Record<string, unknown>>
  const { pid } = record
  if (typeof pid === 'number' && !isAlive(pid)) throw notRunning(`the process ${pid} of ${file} has ended`)
  const address = (name: string): HostPort => {
    const found = parseAddress(record[name])
    if (found) return found
    throw notRunning(`${file} does not say where ${name} is`)
  }
  const portal = address('portal')
  return {
    portal,
    portalUrl: (portalUrl ?? `http://${portal.host}:${portal.port}`).replace(/\/+$/, ''),
    radiusAuth: address('radiusAuth'),
    radiusAcct: address('radiusAcct'),
  }
}

/** Reads a port on loopback, `host:port`, `:port` or a URL; of a list the first. A wildcard host is loopback. */
export function parseAddress(value: unknown): HostPort | null {
  if (Array.isArray(value)) return parseAddress(value[0])
  if (typeof value === 'number') return port(value) ? { host: '127.0.0.1', port: value } : null
  if (typeof value !== 'string') return null
  if (/^\d+$/.test(value)) return parseAddress(Number(value))
  const url = value.includes('://') ? value : `udp://${value.startsWith(':') ? `127.0.0.1${value}` : value}`
  if (!URL.canParse(url)) return null
  const { protocol, hostname, port: given } = new URL(url)
  const number = given === '' ? ({ 'http:': 80, 'https:': 443 }[protocol] ?? 0) : Number(given)
  if (hostname === '' || !port(number)) return null
  const host = hostname.replace(/^\[|\]$/g, '')
  return { host: ['0.0.0.0', 'localhost', '::'].includes(host) ? '127.0.0.1' : host, port: number }
}

const port = (number: number): boolean => Number.isInteger(number) && number > 0 && number < 65_536

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
