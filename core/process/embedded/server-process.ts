import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, readlinkSync, realpathSync, renameSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProgram } from './find-program.ts'
import type { ServerUser } from './server-user.ts'

export interface ServerStart {
  readonly program: string
  readonly words: readonly string[]
  /** What ends it cleanly: sent by the kernel when our process dies, however it dies. */
  readonly endSignal: NodeJS.Signals
  readonly user: ServerUser
  /** Takes all its output; the log of the start before is kept as `<file>.1`. */
  readonly logFile: string
}

/** A server that dies with us. Its end comes through `ended`: exit code, signal, or why it could not be started. */
export interface ServerProcess {
  readonly pid: number | null
  readonly ended: Promise<string>
  isAlive(): boolean
  /** Sends each signal in turn, waits its time for the end, then SIGKILL. By pid: nothing else is touched. */
  end(steps: readonly (readonly [signal: NodeJS.Signals, waitMs: number])[]): Promise<void>
}

/**
 * Starts a server as a child that outlives Ctrl-C (a session of its own: the terminal's SIGINT must not take the
 * stores away while open work is being finished) but not our process: `setpriv --pdeathsig` asks the kernel to end it
 * when the THREAD that started it is gone, so call this from the main thread. Without setpriv (not Debian) it stays
 * after a SIGKILL, and the next start finds and uses it.
 */
export function startServer({ program, words, endSignal, user, logFile }: ServerStart): ServerProcess {
  const setpriv = findProgram(['setpriv'])
  const line = setpriv
    ? [setpriv, '--pdeathsig', endSignal.replace('SIG', ''), program, ...words]
    : [program, ...words]
  const log = openServerLog(logFile)
  const child = spawn(line[0] ?? program, line.slice(1), {
    // Not ours: the folder we were started in may be closed to that user.
    cwd: '/',
    detached: true,
    env: serverEnvironment(),
    stdio: ['ignore', log, log],
    ...user,
  })
  closeSync(log)
  // A command that is done may exit without waiting for a server it forgot to stop.
  child.unref()
  return describeProcess(child)
}

/** No variable of ours: secrets among them would be readable in /proc by the server's user. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}

/**
 * The pid in `pidFile`, if that process really serves `folder`: both servers make their data folder their working
 * directory, so a pid that went to somebody else after a crash is not taken for the server.
 */
export function servingPid(folder: string, pidFile: string): number | null {
  const pid = Number(readLines(pidFile)[0])
  if (!Number.isSafeInteger(pid) || pid <= 1) return null
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder) ? pid : null
  } catch {
    return null
  }
}

/** Lines of a small file, none when it is not there. */
export function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

/** What a server said last, for the error that reports its end. */
export function lastWords(logFile: string): string {
  const lines = readLines(logFile).filter((line) => line.trim() !== '')
  return lines.length === 0 ? 'it said nothing' : `its last words: ${lines.slice(-4).join(' | ')}`
}

function openServerLog(logFile: string): number {
  try {
    renameSync(logFile, `${logFile}.1`)
  } catch {
    // The first start.
  }
  return openSync(logFile, 'w', 0o600)
}

function describeProcess(child: ChildProcess): ServerProcess {
  let isOver = false
  const ended = new Promise<string>((resolve) => {
    const over = (how: string): void => {
      isOver = true
      resolve(how)
    }
    child.once('error', (error) => over(error.message))
    child.once('exit', (code, signal) => over(signal ? `killed by ${signal}` : `exit code ${code}`))
  })
  return {
    pid: child.pid ?? null,
    ended,
    isAlive: () => !isOver,
    async end(steps) {
      // The kill below must not find our event loop gone before the child is.
      child.ref()
      for (const [signal, waitMs] of steps) {
        if (isOver) return
        child.kill(signal)
        // No ref: the timer that lost the race must not hold the process back.
        await Promise.race([ended, sleep(waitMs, undefined, { ref: false })])
      }
      if (isOver) return
      child.kill('SIGKILL')
      await ended
    },
  }
}
