import { isIP } from 'node:net'
import { isLoopback } from '../../core/process/addresses.ts'

const WILDCARDS = ['0.0.0.0', '::']

/**
 * Which of our addresses a request to a NAS leaves from: the first of its family, since gateways take Disconnect-Requests
 * from their RADIUS server alone. `undefined` leaves it to the kernel: behind a wildcard, or where we have none. From a
 * loopback address nothing leaves this machine.
 */
export const sourceAddress = (nas: string, ours: readonly string[]): string | undefined =>
  ours
    .map((host) => (host === 'localhost' ? '127.0.0.1' : host))
    .find(
      (host) =>
        isIP(host) === isIP(nas) && !WILDCARDS.includes(host) && (!isLoopback(host) || isLoopback(nas)),
    )
