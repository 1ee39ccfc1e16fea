// `npm run bench [NAME…] [-- OPTIONS]`: makes the clone ready, then runs the benches named, or all there are.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepare, reportPrepareError } from '../../cli/prepare.mjs'

const HERE = dirname(fileURLToPath(import.meta.url))
const CLONE = dirname(dirname(HERE))
/** Newer versions of Node read our TypeScript themselves. */
const LOADER = process.features.typescript ? [] : ['--import=tsx']

process.exitCode = await main(process.argv.slice(2))

async function main(words) {
  const options = words.filter((word) => word.startsWith('-'))
  const known = readdirSync(HERE).filter((name) => existsSync(join(HERE, name, 'bench.ts')))
  const named = words.filter((word) => !word.startsWith('-'))
  const stranger = named.find((name) => !known.includes(name))
  if (stranger !== undefined) {
    console.error(`there is no bench "${stranger}"; there are: ${known.join(', ')}`)
    return 2
  }
  try {
    await prepare({ tools: true })
  } catch (error) {
    reportPrepareError(error)
    return 1
  }
  for (const name of named.length > 0 ? named : known) {
    const code = await run(join(HERE, name, 'bench.ts'), options)
    if (code !== 0) return code
  }
  return 0
}

/** The exit code of a bench; a signal to us is passed on, so that it can end what it started. */
function run(file, options) {
  const bench = spawn(process.execPath, [...LOADER, file, ...options], { cwd: CLONE, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => bench.kill(signal))
  return new Promise((done) => {
    bench.once('error', (error) => {
      console.error(error.message)
      done(1)
    })
    bench.once('exit', (code) => done(code ?? 1))
  })
}
