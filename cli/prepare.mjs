// Makes a clone ready to run: dependencies as package-lock.json says, dist/ as the sources say.
// Plain JavaScript without dependencies, since it runs before there are any.
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, buildIsFresh } from './prepare/build.mjs'
import { COMPILER, dependenciesAreFresh, installDependencies } from './prepare/dependencies.mjs'
import { reportPrepareError } from './prepare/fault.mjs'
import { isWritable } from './prepare/files.mjs'
import { oneAtATime } from './prepare/one-at-a-time.mjs'

export { PrepareError, reportPrepareError } from './prepare/fault.mjs'

const CLONE = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Installs and builds what is missing or stale, and nothing else: some milliseconds when all is fresh. Callers at the
 * same time wait for one another. A tree that cannot be written to is taken as it is, if it was built.
 * @param {{ quiet?: boolean, tools?: boolean, root?: string, npm?: string }} [options] `quiet` says nothing while it
 *   goes well; `tools` also wants the development dependencies (tests need them, running does not).
 * @returns {Promise<void>}
 * @throws {import('./prepare/fault.mjs').PrepareError}
 */
export async function prepare({ quiet = false, tools = false, root = CLONE, npm = 'npm' } = {}) {
  if (isReadyForGood(root)) return
  const say = quiet ? () => {} : (sentence) => process.stderr.write(`hotspot: ${sentence}\n`)
  if (dependenciesAreFresh(root, tools) && buildIsFresh(root)) return
  await oneAtATime(root, say, async () => {
    // Asked again: whoever held the lock may just have done it.
    if (!dependenciesAreFresh(root, tools)) await installDependencies(root, npm, say)
    if (buildIsFresh(root)) return
    if (!existsSync(join(root, COMPILER))) await installDependencies(root, npm, say)
    await build(root, say)
  })
}

/** An image or a read-only mount: nothing could be changed, so nothing is compared. */
function isReadyForGood(root) {
  return !isWritable(root) && existsSync(join(root, 'dist')) && existsSync(join(root, 'node_modules'))
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    await prepare({ quiet: process.argv.includes('--quiet') })
  } catch (error) {
    reportPrepareError(error)
    process.exitCode = 1
  }
}
