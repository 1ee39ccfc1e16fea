import { realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import { PrepareError } from './fault.mjs'
import { digest } from './files.mjs'

/** A slow line may need minutes for `npm ci`; past this the holder of the lock is stuck. */
const LOCK_PATIENCE_MS = 15 * 60_000

/**
 * Holds an abstract socket while `work` runs. The kernel frees it with its process, so a killed one leaves no stale
 * lock. Systems without abstract sockets (macOS) go without.
 */
export async function oneAtATime(root, say, work) {
  const name = `\0hotspot-prepare-${digest(realpathSync(root)).slice(0, 16)}`
  const until = Date.now() + LOCK_PATIENCE_MS
  for (let turn = 0; ; turn++) {
    const holder = createServer()
    const refused = await new Promise((resolve) => {
      holder.once('error', (error) => resolve(error.code))
      holder.listen({ path: name, exclusive: true }, () => resolve(null))
    })
    if (refused === 'EADDRINUSE') {
      if (Date.now() > until)
        throw new PrepareError(
          `another hotspot has been preparing ${root} for too long: end it and run it again`,
        )
      if (turn === 5) say('waiting for another hotspot that is installing or building here…')
      await new Promise((resolve) => setTimeout(resolve, 100))
      continue
    }
    try {
      return await work()
    } finally {
      if (refused === null) await new Promise((resolve) => holder.close(resolve))
    }
  }
}
