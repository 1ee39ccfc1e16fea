import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { folderHash } from '../../core/process/embedded/folders.ts'

/**
 * Removes a data folder whose servers have ended, and the folders of their sockets, which a stopped platform keeps. One that is
 * gone already, since its server was stopped twice, is no fault.
 */
export function removeDataFolder(folder: string): void {
  if (!existsSync(folder)) return
  const ofItsSockets = `hotspot-${folderHash(folder)}-`
  rmSync(folder, { recursive: true, force: true })
  for (const name of readdirSync('/tmp'))
    if (name.startsWith(ofItsSockets)) rmSync(join('/tmp', name), { recursive: true, force: true })
}
