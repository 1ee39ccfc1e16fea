// `npm run long`: the proofs that take minutes, each file named *.long.ts, one after the other.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = dirname(fileURLToPath(import.meta.url))
const HOUR_SECONDS = 3600

const files = readdirSync(HERE, { recursive: true })
  .filter((name) => name.endsWith('.long.ts'))
  .map((name) => join('test', name))
  .sort()
const words = [join(HERE, 'run.mjs'), '--jobs=1', `--timeout=${HOUR_SECONDS}`, ...files]
const run = spawn(process.execPath, words, { cwd: dirname(HERE), stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => run.kill(signal))
run.on('close', (code) => (process.exitCode = code ?? 1))
