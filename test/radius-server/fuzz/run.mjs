// `npm run fuzz -- --cases=1000000 --seed=7`: the codec by itself, then the whole server, with as many cases as wanted.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepare, reportPrepareError } from '../../../cli/prepare.mjs'

const HERE = dirname(fileURLToPath(import.meta.url))
/** Newer versions of Node read our TypeScript themselves. */
const LOADER = process.features.typescript ? [] : ['--import=tsx']

process.exitCode = await main(process.argv.slice(2))

async function main(options) {
  try {
    await prepare({ tools: true })
  } catch (error) {
    reportPrepareError(error)
    return 1
  }
  for (const file of ['codec.test.ts', 'fuzz.test.ts']) {
    const code = await run([...LOADER, join(HERE, file), ...options])
    if (code !== 0) return code
  }
  return 0
}

/** The exit code of a process that takes as long as it takes. */
function run(words) {
  const env = { ...process.env, TAP_TIMEOUT: '0' }
  const child = spawn(process.execPath, words, { stdio: 'inherit', env })
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)))
}
