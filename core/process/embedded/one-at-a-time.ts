import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedError } from './embedded.ts'

/**
 * Runs `work` while no other process runs work of the same name: two starts at once must not both find the folder free.
 * What it holds is an abstract socket, which the kernel frees with its process: a killed one leaves no stale lock.
 * Systems without abstract sockets (macOS) go without.
 */
export async function oneAtATime<T>(name: string, patienceMs: number, work: () => Promise<T>): Promise<T> {
  const path = `\0hotspot-${createHash('sha256').update(name).digest('hex').slice(0, 24)}`
  const until = Date.now() + patienceMs
  for (;;) {
    const lock = createServer()
    const refused = await holdSocket(lock, path)
    if (refused === 'EADDRINUSE' && Date.now() > until)
      throw new EmbeddedError(
        'lock-timeout',
        `waited ${Math.round(patienceMs / 1000)} s for another hotspot that is at work on ${name}: end it and start again.`,
      )
    if (refused === 'EADDRINUSE') {
      await sleep(20)
      continue
    }
    try {
      return await work()
    } finally {
      if (refused === null) await new Promise((resolve) => lock.close(resolve))
    }
  }
}

/** null when the socket is ours, else the code of the refusal. */
function holdSocket(lock: Server, path: string): Promise<string | null> {
  return new Promise((resolve) => {
    lock.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    // Without `exclusive` the workers of node:cluster would share one socket, and the lock with it.
    lock.listen({ path, exclusive: true }, () => resolve(null))
  })
}
