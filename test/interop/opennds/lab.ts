import { spawn } from 'node:child_process'
import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { folderHash } from '../../../core/process/embedded/folders.ts'
import { cityFile, NAS, platformSettings, PORTAL, TLS_PORTAL, type Level } from './city.ts'
import { run, within, type Ran } from './run.ts'

export const PHONE_MAC = '02:00:5e:10:00:01'

const SCRIPT = join(import.meta.dirname, 'lab.sh')
const HOTSPOT = join(resolve(import.meta.dirname, '../../..'), 'hotspot')
const CHROMIUM = '/usr/bin/chromium'
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A real openNDS between a phone and an internet, with the real platform behind it: see lab.sh. */
export interface Lab {
  readonly level: Level
  readonly fasKey: string
  /** Where phones and the gateway of this level reach the portal. */
  readonly portalUrl: string
  phone(...words: string[]): Promise<Ran>
  gateway(...words: string[]): Promise<Ran>
  /** Beside the portal, in its network. */
  upstream(...words: string[]): Promise<Ran>
  /** `./hotspot …` of the platform that runs. */
  hotspot(...words: string[]): Promise<string>
  opennds(action: 'start' | 'restart'): Promise<void>
  /** A browser on the phone: its traffic passes the gateway. */
  browser(): Promise<Browser>
  /** The address of the platform's records. */
  databaseUrl(): string
  /** What openNDS has said since it started, at its most talkative. */
  openndsLog(): string
  /** What openNDS, our reporter and the platform said last. */
  lastWords(): string
  down(): Promise<void>
}

/** Builds a lab; the reason as text when this machine cannot run one. */
export async function raiseLab(level: Level): Promise<Lab | string> {
  if (!existsSync(CHROMIUM)) return 'no chromium: apt-get install chromium'
  const folder = mkdtempSync(join(tmpdir(), 'opennds-lab-'))
  const [labFolder = '', data = '', home = ''] = ['lab', 'data', 'home'].map((name) => join(folder, name))
  // PostgreSQL runs as another user, and has to pass.
  chmodSync(folder, 0o755)
  for (const each of [data, home]) mkdirSync(each, { mode: 0o755 })
  const fasKey = randomBytes(12).toString('hex')
  const env = {
    ...process.env,
    ...platformSettings(folder, level),
    HOME: home,
    LAB_DIR: labFolder,
    LAB_NAS: NAS,
    LAB_FAS_KEY: fasKey,
    LAB_PHONE_MAC: PHONE_MAC,
    LAB_CHECK_SECONDS: '15',
  }
  const lab = (...words: string[]): Promise<Ran> => run([SCRIPT, ...words], env)
  const guard = startGuard(folder, env)
  let platform: Platform | null = null
  let browser: Browser | null = null
  const down = async (): Promise<void> => {
    await browser?.close()
    await platform?.stop()
    await guard.end()
  }
  const built = await lab('up', String(level))
  if (built.code !== 0) {
    await down()
    if (built.code === 77) return built.stderr.trim().replace(/^lab: /, '')
    throw new Error(`lab.sh up ${level}: ${built.stderr}`)
  }
  writeFileSync(join(folder, 'city.json'), JSON.stringify(cityFile(fasKey)))
  platform = startPlatform(folder, env)
  await platform.ready.catch((error: unknown) => down().then(() => Promise.reject(error as Error)))
  done('lab.sh reporter', await lab('reporter'))

  return {
    level,
    fasKey,
    portalUrl: level === 3 ? TLS_PORTAL : PORTAL,
    phone: (...words) => lab('phone', ...words),
    gateway: (...words) => lab('gateway', ...words),
    upstream: (...words) => lab('upstream', ...words),
    hotspot: async (...words) => done(`hotspot ${words.join(' ')}`, await lab('upstream', HOTSPOT, ...words)),
    opennds: async (action) => void done(`lab.sh opennds ${action}`, await lab('opennds', action)),
    async browser() {
      const program = join(folder, 'chromium')
      writeFileSync(program, `#!/bin/sh\nexec '${SCRIPT}' phone ${CHROMIUM} "$@"\n`, { mode: 0o755 })
      // It keeps a certificate store of its own, without the lab's CA.
      const trusted = level === 3 ? [`--ignore-certificate-errors-spki-list=${keyDigest(labFolder)}`] : []
      browser = await chromium.launch({ executablePath: program, args: [...QUIET, ...trusted], env })
      return browser
    },
    databaseUrl: () =>
      (JSON.parse(readFileSync(join(data, 'services.json'), 'utf8')) as { databaseUrl: string }).databaseUrl,
    openndsLog: () => readFileSync(join(labFolder, 'opennds.log'), 'latin1'),
    lastWords: () =>
      [join(labFolder, 'opennds.log'), join(labFolder, 'reporter.log'), join(folder, 'platform.log')]
        .map((file) => `── ${file}\n${endOf(file)}`)
        .join('\n'),
    down,
  }
}

function endOf(file: string): string {
  if (!existsSync(file)) return 'nothing'
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines
    .slice(-25)
    .map((line) => line.slice(0, 200))
    .join('\n')
}

function done(what: string, { code, stdout, stderr }: Ran): string {
  if (code !== 0) throw new Error(`${what}: ${code} ${stderr}`)
  return stdout
}

/** Takes the lab away when told to, and also when this process dies: then its end of the pipe closes. */
function startGuard(folder: string, env: NodeJS.ProcessEnv): { end(): Promise<void> } {
  const sockets = `/tmp/hotspot-${folderHash(join(folder, 'data'))}`
  const guard = spawn('sh', ['-c', 'read -r _; "$0" down; rm -rf "$1" "$2"-*', SCRIPT, folder, sockets], {
    detached: true,
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = once(guard, 'exit')
  return {
    async end() {
      guard.stdin.end()
      await ended
    },
  }
}

interface Platform {
  readonly ready: Promise<void>
  stop(): Promise<void>
}

/** `./hotspot run` beside the fake internet. */
function startPlatform(folder: string, env: NodeJS.ProcessEnv): Platform {
  const logFile = join(folder, 'platform.log')
  const log = openSync(logFile, 'w')
  const child = spawn(SCRIPT, ['upstream', HOTSPOT, 'run'], {
    env,
    cwd: folder,
    stdio: ['ignore', log, log],
  })
  const ended = once(child, 'exit')
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null
  const ready = within(90, 'run.json of the platform', () => {
    if (isOver()) throw new Error(`the platform ended: ${readFileSync(logFile, 'utf8')}`)
    return existsSync(join(folder, 'data/run.json'))
  })
  return {
    ready: ready.then(() => undefined),
    async stop() {
      if (!isOver()) child.kill('SIGTERM')
      await ended
    },
  }
}

/** How Chromium names the key of a certificate that it shall trust. */
function keyDigest(labFolder: string): string {
  const { publicKey } = new X509Certificate(readFileSync(join(labFolder, 'tls/portal.pem')))
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('base64')
}
