import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { freeUdpPort } from '../../../cli/run/free-port.ts'
import type { Visitor } from './city.ts'
import { radiusdConf, type PeerKind, type PeerSetup } from './freeradius-config.ts'
import { endProcess } from './ours.ts'

const run = promisify(execFile)
const POLICY = '/usr/sbin/policy-rc.d'
const PROGRAM = '/usr/sbin/freeradius'
const REDIS_MODULE = '/usr/lib/freeradius/rlm_redis.so'
const STEP = resolve(import.meta.dirname, '../../../core/store/lua/session-step.lua')

/** The script that both servers run for a report. */
export const stepScript = (): string => readFileSync(STEP, 'utf8')

/** The version of FreeRADIUS that the bench runs, installed from Debian first where it is missing. */
export async function findFreeRadius(say: (line: string) => void): Promise<string> {
  if (!existsSync(PROGRAM) || !existsSync(REDIS_MODULE)) await install(say)
  const { stdout } = await run(PROGRAM, ['-v'])
  return /Version (\S+?),/.exec(stdout)?.[1] ?? 'unknown'
}

async function install(say: (line: string) => void): Promise<void> {
  const packages = ['freeradius', 'freeradius-redis']
  const line = `apt-get install ${packages.join(' ')}`
  if (process.getuid?.() !== 0 || process.env.HOTSPOT_NO_INSTALL === '1')
    throw new Error(`FreeRADIUS is not installed: \`${line}\` (as root), or --ours for our own figures`)
  say(`installing FreeRADIUS to compare with: ${line}`)
  // The package's own service must not start: the bench runs the program alone, on loopback.
  const policyIsOurs = !existsSync(POLICY)
  if (policyIsOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  } finally {
    if (policyIsOurs) rmSync(POLICY, { force: true })
  }
}

/** A FreeRADIUS that runs, alone on loopback. */
export interface FreeRadius {
  readonly pid: number
  readonly authPort: number
  readonly acctPort: number
  stop(): Promise<void>
}

export interface FreeRadiusStart {
  readonly kind: PeerKind
  readonly folder: string
  readonly threads: number
  readonly redisPort: number
  /** Whom the `files` variant knows. */
  readonly visitors: readonly Visitor[]
}

/** Starts one and waits until it listens. @throws with its last words. */
export async function startFreeRadius(start: FreeRadiusStart): Promise<FreeRadius> {
  const { kind, folder, threads, redisPort, visitors } = start
  const isRoot = process.getuid?.() === 0
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'log'), { recursive: true })
  // It reads its configuration and writes its log as another user than root.
  chmodSync(folder, isRoot ? 0o755 : 0o700)
  chmodSync(join(folder, 'log'), isRoot ? 0o777 : 0o700)
  const authPort = await freeUdpPort('127.0.0.1')
  let acctPort = authPort
  while (acctPort === authPort) acctPort = await freeUdpPort('127.0.0.1')
  const setup: PeerSetup = {
    kind,
    folder,
    threads,
    authPort,
    acctPort,
    redisPort,
    user: isRoot ? 'freerad' : null,
    script: stepScript(),
  }
  writeFileSync(join(folder, 'radiusd.conf'), radiusdConf(setup))
  if (kind === 'files') writeFileSync(join(folder, 'users'), usersFile(visitors))
  const child = spawn(PROGRAM, ['-f', '-d', folder, '-n', 'radiusd'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  await ready(child, join(folder, 'log/radius.log'), () => printed)
  return { pid: child.pid!, authPort, acctPort, stop: () => endProcess(child) }
}

const usersFile = (visitors: readonly Visitor[]): string =>
  visitors.map(({ grant, password }) => `${grant.userName} Cleartext-Password := "${password}"\n`).join('')

async function ready(child: ChildProcess, log: string, printed: () => string): Promise<void> {
  const ended = once(child, 'exit').then(() => true)
  const said = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '')
  for (let waited = 0; !said().includes('Ready to process requests'); waited += 50) {
    const isOver = await Promise.race([
      ended,
      new Promise<false>((resume) => setTimeout(() => resume(false), 50)),
    ])
    if (!isOver && waited < 30_000) continue
    await endProcess(child)
    throw new Error(`FreeRADIUS did not start:\n${printed()}\n${said().split('\n').slice(-15).join('\n')}`)
  }
}
