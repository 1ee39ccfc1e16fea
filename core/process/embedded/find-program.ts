import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'

/** Daemons live in sbin, which is not on everybody's PATH. */
const ALWAYS_SEARCHED = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin', '/bin', '/sbin']

/** The absolute path of the first of `names` that can be run, or null; PATH goes first. */
export function findProgram(names: readonly string[], path = process.env['PATH'] ?? ''): string | null {
  const folders = [...path.split(':').filter((folder) => folder.startsWith('/')), ...ALWAYS_SEARCHED]
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isProgram)
    if (found !== undefined) return found
  }
  return null
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
