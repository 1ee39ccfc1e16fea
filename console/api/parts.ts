import type { Reach } from '../access.ts'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Keys } from '../../core/process/keys.ts'
import type { Records } from '../../core/records/database.ts'
import type { Asked } from '../../core/records/lists.ts'
import type { StaffStore } from '../../core/store/staff.ts'
import type { Store } from '../../core/store/redis.ts'
import type { Tables } from '../../core/store/tables.ts'
import { sitesOf } from '../access.ts'
import type { Figures } from '../figures/figures.ts'
import type { Live } from '../figures/live.ts'
import type { Setup } from '../gateways.ts'
import type { DrawPreview } from '../own-pages.ts'
import type { InTurn } from '../turns.ts'
import type { Wording } from '../wording.ts'
import type { Caller } from './caller.ts'
import { Problem } from './problem.ts'

/** What endpoints work with. */
export interface ApiParts {
  readonly store: Store
  readonly records: Records
  readonly keys: Keys
  readonly staff: StaffStore
  readonly reach: Reach
  readonly live: Live
  readonly figures: Pick<Figures, 'waitingSince'>
  readonly inTurn: InTurn
  readonly tables: () => Tables
  readonly preview: DrawPreview
  readonly setup: Setup
  /** Without a slash at the end. */
  readonly portalUrl: string
  readonly wording: (request: FastifyRequest) => Wording
  readonly now: () => number
}

/** A path that ends in the id of a thing; PostgreSQL takes no NUL. */
export const idParams = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(190)
    .regex(/^[^\p{Cc}]+$/u),
})

/** A time, in UTC, as JSON has it. */
export const time = z.iso.datetime()
export const utc = (at: number | Date): string => new Date(at).toISOString()
export const utcOrNull = (at: number | Date | null): string | null => (at === null ? null : utc(at))

/** The rows that a caller may see of those he asks for, and one more, which tells whether there is another page. */
export const asked = (
  { person }: Caller,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Asked => ({ sites: sitesOf(person), after: cursor ?? null, limit: limit + 1 })

/** For what is not among a caller's rows: who sees all hears that there is none, the others nothing of the kind. */
export const notHis = ({ person }: Caller): Problem =>
  sitesOf(person) === null
    ? new Problem(404, 'not-found', 'There is none with this id.')
    : new Problem(403, 'forbidden', 'It is not of your sites.')
