import { execFile } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { EmbeddedError, type EmbeddedLog } from './embedded.ts'
import { findProgram } from './find-program.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { isRoot } from './server-user.ts'

const run = promisify(execFile)

const NAMES = ['redis-server', 'valkey-server']
const INSTALL_PATIENCE_MS = 5 * 60_000
/** invoke-rc.d and deb-systemd-invoke ask this script before they start a service of a package being installed. */
const POLICY = '/usr/sbin/policy-rc.d'

export interface RedisSearch {
  readonly install: boolean
  readonly log: EmbeddedLog
  /** Tests look elsewhere. */
  readonly find?: (names: readonly string[]) => string | null
}

/**
 * The path of redis-server or valkey-server, from PATH or the usual folders; else installed with apt-get, as root on
 * Debian or Ubuntu, unless `install` is false or HOTSPOT_NO_INSTALL=1.
 * @throws EmbeddedError that says what to do.
 */
export async function findOrInstallRedis({ install, log, find = findProgram }: RedisSearch): Promise<string> {
  const found = find(NAMES)
  if (found !== null) return found
  const aptGet = findProgram(['apt-get'])
  if (!install || process.env['HOTSPOT_NO_INSTALL'] === '1' || !isRoot() || aptGet === null)
    throw new EmbeddedError(
      'redis-missing',
      'neither redis-server nor valkey-server is on PATH: install one (Debian, Ubuntu: apt-get install redis-server) or set REDIS_URL.',
    )
  return oneAtATime('apt-get install redis-server', INSTALL_PATIENCE_MS, async () => {
    // Whoever held the lock may have installed it.
    return findProgram(NAMES) ?? (await installRedis(aptGet, log))
  })
}

async function installRedis(aptGet: string, log: EmbeddedLog): Promise<string> {
  log.info(
    'redis-server is not installed: installing it with apt-get, once (HOTSPOT_NO_INSTALL=1 forbids it)',
  )
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // For init scripts of old: in single-user mode nothing is started.
    RUNLEVEL: '1',
  }
  const apt = (...words: string[]): Promise<unknown> =>
    run(aptGet, ['-q', '-o', 'DPkg::Lock::Timeout=120', ...words], { env, timeout: INSTALL_PATIENCE_MS })
  try {
    // Old lists may still do: whether the update was needed, the install tells.
    await apt('update').catch(() => undefined)
    await withoutItsService(() => apt('install', '-y', '--no-install-recommends', 'redis-server'))
  } catch (cause) {
    throw new EmbeddedError(
      'redis-install-failed',
      `apt-get install redis-server failed (${lastLine(cause)}): install it by hand, or set REDIS_URL.`,
      { cause },
    )
  }
  const found = findProgram(NAMES)
  if (found !== null) return found
  throw new EmbeddedError(
    'redis-install-failed',
    'apt-get installed redis-server, but it is in none of the usual folders: put it on PATH, or set REDIS_URL.',
  )
}

/** The package brings a service on port 6379 without a password; we want the program alone, now and after a reboot. */
async function withoutItsService(install: () => Promise<unknown>): Promise<void> {
  const policyIsOurs = !existsSync(POLICY)
  if (policyIsOurs) writeFileSync(POLICY, temporaryPolicy(), { mode: 0o755, flag: 'wx' })
  try {
    await install()
  } finally {
    if (policyIsOurs) rmSync(POLICY, { force: true })
  }
  const systemctl = findProgram(['systemctl'])
  const now = existsSync('/run/systemd/system') ? ['--now'] : []
  if (systemctl) await run(systemctl, ['disable', ...now, 'redis-server']).catch(() => undefined)
  const updateRc = findProgram(['update-rc.d'])
  if (updateRc) await run(updateRc, ['redis-server', 'disable']).catch(() => undefined)
}

/** Forbids Redis alone, and removes itself should we be killed before we can: it must never outlast the install. */
function temporaryPolicy(): string {
  return `#!/bin/sh
# Written by hotspot while it installs redis-server.
kill -0 ${process.pid} 2>/dev/null || { rm -f -- "$0"; exit 0; }
case " $* " in *redis-server*) exit 101 ;; esac
exit 0
`
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string }
  const lines = (stderr || message || '').trim().split('\n')
  return lines.at(-1) ?? 'no reason given'
}
