import { readFileSync } from 'node:fs'
import { EmbeddedError } from './embedded.ts'

/** Who a server runs as. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

export const isRoot = (): boolean => process.getuid?.() === 0

/** The user this process runs as. */
export function ourselves(): ServerUser {
  return { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }
}

/**
 * In order of how well they keep the records to themselves: `hotspot`, where an operator made one for us; `postgres`,
 * which Debian's packages make for this very use; `nobody`, which every Linux has, and which other daemons may share.
 * A bare number would do for the server, but initdb wants its user to have a name.
 */
const UNPRIVILEGED = ['hotspot', 'postgres', 'nobody']

/**
 * Who PostgreSQL runs as: ourselves, or under root, which it refuses, an unprivileged user that is already there.
 * @param ownerUid whose the data is already, if there is any: it stays theirs.
 */
export function postgresUser(ownerUid: number | null, passwd = '/etc/passwd'): ServerUser {
  if (!isRoot()) return ourselves()
  const users = readFileSync(passwd, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0)
  const owner = users.find(({ uid }) => uid === ownerUid)
  const user = owner ?? UNPRIVILEGED.map((name) => users.find((u) => u.name === name)).find((u) => u)
  if (user === undefined)
    throw new EmbeddedError(
      'postgres-user-missing',
      `PostgreSQL does not run as root, and none of the users ${UNPRIVILEGED.join(', ')} exists: make one (useradd --system hotspot), run as another user, or set DATABASE_URL.`,
    )
  return { uid: user.uid, gid: user.gid }
}
