import { createHash } from 'node:crypto'
import { chmodSync, chownSync, lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { EmbeddedError } from './embedded.ts'
import { isRoot, type ServerUser } from './server-user.ts'

/** Twelve hex digits that stand for a data folder wherever its path is too long or not to be entered. */
export function folderHash(dataFolder: string): string {
  return createHash('sha256').update(realpathSync(dataFolder)).digest('hex').slice(0, 12)
}

/**
 * A folder for Unix sockets that only `user` can enter. It is short, since a socket path ends at 107 bytes and a data
 * folder may be deep: `/tmp/hotspot-<hash>-<name>`, mode 700.
 * @throws EmbeddedError when somebody else planted something at that path.
 */
export function socketFolder(dataFolder: string, name: string, user: ServerUser): string {
  // The user is part of the name, so that a change of user (PostgreSQL under root) does not meet the old folder.
  const folder = `/tmp/hotspot-${folderHash(dataFolder)}-${name}${user.uid}`
  makePrivateFolder(folder)
  if (isRoot() && lstatSync(folder).uid === 0) chownSync(folder, user.uid, user.gid)
  const there = lstatSync(folder)
  if (!there.isDirectory() || there.uid !== user.uid || (there.mode & 0o077) !== 0)
    throw new EmbeddedError(
      'socket-folder-taken',
      `${folder} should be a folder of user ${user.uid} that nobody else can enter, and is not: somebody else may have made it. Look at it, remove it and start again.`,
    )
  return folder
}

/**
 * A folder of a server's files inside the data folder, made if need be, closed to everybody else.
 * @throws EmbeddedError when it belongs to another user.
 */
export function ownFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o700)
    return realpathSync(folder)
  } catch (cause) {
    throw new EmbeddedError(
      'folder-closed',
      `cannot make or own ${folder} (${(cause as Error).message}): run as the user whose data it is, or name another folder in HOTSPOT_DATA.`,
      { cause },
    )
  }
}

function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
