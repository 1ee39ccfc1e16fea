import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PrepareError } from './fault.mjs'
import { digest, isWritable, readIfThere, writeIfAllowed } from './files.mjs'
import { runProgram } from './run-program.mjs'

export const COMPILER = 'node_modules/typescript/bin/tsc'
/** sha256 of the package-lock.json that node_modules was installed from. */
const INSTALL_STAMP = 'node_modules/.hotspot-lock'

/** Whether node_modules is what package-lock.json says; `tools` also wants the development dependencies. */
export function dependenciesAreFresh(root, tools) {
  if (!existsSync(join(root, 'node_modules'))) return false
  if (tools && !existsSync(join(root, COMPILER))) return false
  const lock = readIfThere(join(root, 'package-lock.json'))
  if (lock === null) return true
  if (readIfThere(join(root, INSTALL_STAMP)) === digest(lock)) return true
  if (!npmInstalledFrom(root, lock)) return false
  writeIfAllowed(join(root, INSTALL_STAMP), digest(lock))
  return true
}

/**
 * Whether a plain `npm ci` or `npm i` of somebody's (an image's build step, a developer) left what the lock asks for.
 * npm writes node_modules/.package-lock.json last, so a run that was cut short does not pass.
 */
function npmInstalledFrom(root, lock) {
  const written = readIfThere(join(root, 'node_modules/.package-lock.json'))
  if (written === null) return false
  try {
    const wanted = JSON.parse(lock).packages
    const installed = JSON.parse(written).packages
    const same = ([path, { version, integrity }]) =>
      wanted[path]?.version === version && wanted[path].integrity === integrity
    const leftOut = ([path, { optional, dev, devOptional, peer }]) =>
      path === '' || path in installed || optional || dev || devOptional || peer
    return Object.entries(installed).every(same) && Object.entries(wanted).every(leftOut)
  } catch {
    return false
  }
}

/** @throws {PrepareError} one sentence for what people meet: no npm, no network, no permission, a full disk. */
export async function installDependencies(root, npm, say) {
  if (!existsSync(join(root, 'package-lock.json')))
    throw new PrepareError(`there is no package-lock.json in ${root}: run this from a complete clone`)
  if (
    !isWritable(root) ||
    (existsSync(join(root, 'node_modules')) && !isWritable(join(root, 'node_modules')))
  )
    throw new PrepareError(
      `node_modules is missing or stale and ${root} cannot be written to: run it once as the owner of that folder`,
    )
  say('installing dependencies (npm ci), once…')
  // NODE_ENV=production would leave out the compiler.
  const done = await runProgram(npm, ['ci', '--include=dev', '--no-audit', '--no-fund'], root)
  if (done.code !== 0) throw installFault(root, npm, done)
  writeIfAllowed(join(root, INSTALL_STAMP), digest(readFileSync(join(root, 'package-lock.json'), 'utf8')))
}

function installFault(root, npm, { error, output, code }) {
  if (error?.code === 'ENOENT')
    return new PrepareError(`${npm} is not on PATH: install npm (it comes with Node.js) and run it again`)
  if (/\b(ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ECONNREFUSED|ENOTCACHED)\b/.test(output))
    return new PrepareError(
      'the npm registry cannot be reached: dependencies are installed once, so connect this machine (or set npm’s registry) and run it again',
    )
  if (/\b(EACCES|EPERM|EROFS)\b/.test(output))
    return new PrepareError(
      `npm may not write to ${root} or to its own cache: run it once as the owner of those folders`,
    )
  if (/\bENOSPC\b/.test(output)) return new PrepareError(`the disk of ${root} is full: free some space`)
  return new PrepareError(`npm ci failed (exit ${code ?? error?.message}); its words are above`, output)
}
