import { createHash } from 'node:crypto'
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs'

export function isWritable(path) {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

export function digest(content) {
  return createHash('sha256').update(content).digest('hex')
}

export function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

export function writeIfAllowed(path, text) {
  try {
    writeFileSync(path, text)
  } catch {
    // A stamp only saves time: without it the next start compares the contents again.
  }
}
