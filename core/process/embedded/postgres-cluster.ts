import { execFile, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { EmbeddedError, type EmbeddedLog } from './embedded.ts'
import { folderHash } from './folders.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import { serverEnvironment } from './server-process.ts'
import { isRoot, type ServerUser } from './server-user.ts'

/** Role and database of the platform. */
export const DATABASE = 'hotspot'

/** Who owns the cluster of this data folder, or null when there is none yet. */
export function clusterOwner(dataFolder: string): number | null {
  return statSync(join(dataFolder, 'postgres'), { throwIfNoEntry: false })?.uid ?? null
}

/** Where programs and data go when PostgreSQL's user cannot enter the clone: made under root alone. */
export function spareFolder(dataFolder: string): string {
  if (!isRoot()) return dataFolder
  const folder = `/var/lib/hotspot-${folderHash(dataFolder)}`
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  return folder
}

/**
 * The folder of the cluster: `<dataFolder>/postgres`, or where that link leads. Where PostgreSQL's user cannot enter
 * the data folder it is in /var/lib, with a link left behind, so that a clone that moves finds its records again.
 * @throws EmbeddedError when there is a cluster that its owner cannot reach.
 */
export function clusterFolder(dataFolder: string, user: ServerUser): string {
  const wanted = join(dataFolder, 'postgres')
  const there = lstatSync(wanted, { throwIfNoEntry: false })
  if (there === undefined) {
    if (canEnter(dataFolder, user)) return join(realpathSync(dataFolder), 'postgres')
    const elsewhere = join(spareFolder(dataFolder), 'postgres')
    symlinkSync(elsewhere, wanted)
    return elsewhere
  }
  const folder = there.isSymbolicLink() ? targetOf(wanted) : realpathSync(wanted)
  const owner = statSync(folder, { throwIfNoEntry: false })?.uid ?? user.uid
  // root's own: a copy that root made, given to the server's user below.
  const isOurs = owner === user.uid || (isRoot() && owner === 0)
  if (!isOurs)
    throw new EmbeddedError(
      'folder-closed',
      `the records are in ${folder}, which belongs to user ${owner}: run as root or as that user, or name another folder in HOTSPOT_DATA.`,
    )
  if (canEnter(dirname(folder), user)) return folder
  throw new EmbeddedError(
    'folder-closed',
    `the records are in ${folder}, which user ${user.uid} (PostgreSQL does not run as root) cannot reach: let others enter the folders above it (chmod o+x), or set DATABASE_URL.`,
  )
}

/**
 * A cluster with an empty database, if there is none: UTF-8, sorted by code point (the same on every machine and
 * version of libc), open to whoever can enter the socket's folder and to nobody else. It takes its name last, so that
 * one cut short is made anew.
 */
export async function ensureCluster(
  folder: string,
  binaries: PostgresBinaries,
  user: ServerUser,
  log: EmbeddedLog,
): Promise<void> {
  const major = clusterVersion(folder)
  if (major === binaries.major) {
    if (isRoot() && statSync(folder).uid === 0) giveTo(folder, user)
    return
  }
  if (major !== null)
    throw new EmbeddedError(
      'postgres-version',
      `the records in ${folder} were made by PostgreSQL ${major}, this clone brings ${binaries.major}: restore a backup into a new data folder, or set DATABASE_URL.`,
    )
  log.info(`making a PostgreSQL cluster in ${folder}, once`)
  const unfinished = `${folder}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true, mode: 0o700 })
  if (isRoot()) chownSync(unfinished, user.uid, user.gid)
  try {
    await run(binaries.initdb, user, [
      ...['-D', unfinished, '-U', DATABASE, '--auth-local=trust', '--auth-host=reject', '--no-instructions'],
      ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ])
    // PostgreSQL's single-user mode: no socket and no client needed for one statement.
    await run(
      binaries.postgres,
      user,
      ['--single', '-D', unfinished, 'postgres'],
      `create database ${DATABASE}\n`,
    )
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim().split('\n').slice(-3).join(' | ')
    throw new EmbeddedError(
      'postgres-init-failed',
      `initdb failed in ${folder} (${said || (cause as Error).message}): mend that, or set DATABASE_URL.`,
      { cause },
    )
  }
  setAside(folder, log)
  renameSync(unfinished, folder)
}

/** Its major version, or null when there is no cluster. */
function clusterVersion(folder: string): string | null {
  // Ours take their place complete; a folder without pg_control never was one.
  if (!existsSync(join(folder, 'global/pg_control'))) return null
  return readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim()
}

/** Whatever stands at the cluster's place and is none: kept, under another name. */
function setAside(folder: string, log: EmbeddedLog): void {
  if (!existsSync(folder)) return
  const aside = `${folder}.set-aside-${Date.now()}`
  renameSync(folder, aside)
  log.warn(`${folder} held no complete PostgreSQL cluster: it is now ${aside}`)
}

/** A restored copy belongs to root; links in it are given, not followed. */
function giveTo(path: string, user: ServerUser): void {
  if (lstatSync(path).isDirectory()) {
    for (const name of readdirSync(path)) giveTo(join(path, name), user)
    chmodSync(path, 0o700)
  }
  // The folder after what is in it: until all is given, the next start sees root's folder and goes on.
  lchownSync(path, user.uid, user.gid)
}

function canEnter(folder: string, user: ServerUser): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { cwd: '/', ...user }).status === 0
}

/** Where a link leads, even when nothing is there yet. */
function targetOf(link: string): string {
  const target = resolve(dirname(link), readlinkSync(link))
  return existsSync(target) ? realpathSync(target) : target
}

function run(program: string, user: ServerUser, words: string[], input = ''): Promise<void> {
  return new Promise((done, failed) => {
    const options = { cwd: '/', env: serverEnvironment(), ...user }
    const child = execFile(program, words, options, (error) =>
      error instanceof Error ? failed(error) : done(),
    )
    // One that ends early says why on stderr.
    child.stdin?.on('error', () => {}).end(input)
  })
}
