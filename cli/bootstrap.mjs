// What `hotspot` runs: a clone made ready first, then the command line proper from dist/.
import { existsSync } from 'node:fs'
import { prepare, reportPrepareError } from './prepare.mjs'

const main = new URL('../dist/cli/main.js', import.meta.url)

process.exitCode = await start(process.argv.slice(2))

async function start(words) {
  if (!workingFolderExists())
    return refuse('the working directory no longer exists: cd to another folder and run it again')
  try {
    await prepare()
  } catch (error) {
    reportPrepareError(error)
    return 1
  }
  if (!existsSync(main)) return refuse('dist/cli/main.js is missing: remove the folder dist and run it again')
  const program = await import(main.href)
  return program.main(words)
}

function workingFolderExists() {
  try {
    process.cwd()
    return true
  } catch {
    return false
  }
}

function refuse(sentence) {
  process.stderr.write(`hotspot: ${sentence}\n`)
  return 1
}
