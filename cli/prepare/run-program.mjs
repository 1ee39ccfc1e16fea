import { spawn } from 'node:child_process'

/** What a program said and how it ended; `error` when it could not be started. */
export function runProgram(program, words, folder) {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: null, output, error }))
    child.on('close', (code) => resolve({ code, output, error: undefined }))
  })
}
