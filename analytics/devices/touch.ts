import type { FunnelStep } from '../../core/domain/event.ts'
import type { Mac } from '../../core/domain/mac.ts'
import type { Session } from '../../core/domain/session.ts'
import type { Failure } from './device-day.ts'

/** Something that an event tells of a device. Times are epoch ms. */
export type Touch =
  | {
      readonly kind: 'step'
      readonly site: string
      readonly mac: Mac
      readonly at: number
      readonly step: FunnelStep
      /** The kind of device that its browser says it is. */
      readonly family: string
    }
  | {
      readonly kind: 'refusal'
      readonly site: string
      readonly mac: Mac
      readonly at: number
      readonly reason: string
    }
  /** A session as it is now; new when the records had never heard of it. */
  | { readonly kind: 'session'; readonly session: Session; readonly isNew: boolean }

/**
 * What a refusal says of the way online: a code that opens nothing, a day used up, the site closed or in maintenance, or the server's no; null
 * where a gateway asked by itself whether it knows the device, as it does of every one that comes.
 */
export function failureOf(reason: string): Failure | null {
  if (BY_ADDRESS.has(reason)) return null
  if (reason.startsWith('quota-')) return 'quota'
  if (reason === 'closed' || reason === 'maintenance') return 'closed'
  return reason.startsWith('code-') || CODE.has(reason) ? 'code' : 'radius'
}

const CODE: ReadonlySet<string> = new Set(['pass-wrong', 'too-many-tries'])
const BY_ADDRESS: ReadonlySet<string> = new Set([
  'no-grant',
  'logged-out',
  'mac-auth-off',
  'mac-auth-unproved',
])
