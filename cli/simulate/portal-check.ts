import { get } from 'node:http'
import { SetupError } from '../../core/process/errors.ts'
import type { Platform } from './run-file.ts'

const TIMEOUT_MS = 5000

/** Makes sure that somebody answers where the portal should be. @throws SetupError */
export async function requirePortal({ portal, portalUrl }: Platform): Promise<void> {
  const { host, port } = portal
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: Error): void =>
      reject(
        new SetupError(
          'no-platform',
          `The portal at http://${host}:${port} does not answer (${(cause as NodeJS.ErrnoException).code ?? cause.message}): is the platform still running?`,
          { cause },
        ),
      )
    const outgoing = get(
      {
        host,
        port,
        path: '/health/live',
        timeout: TIMEOUT_MS,
        agent: false,
        headers: { host: new URL(portalUrl).host },
      },
      (response) => {
        response.resume()
        response.on('end', resolve)
        response.on('error', failed)
      },
    )
    outgoing.on('error', failed)
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')))
  })
}
