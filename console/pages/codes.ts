import type { Site } from '../../core/domain/site.ts'
import { spacedCode } from '../../core/domain/voucher.ts'
import type { Batch, BatchCode } from '../../core/records/voucher-batches.ts'
import type { CodeUsage } from '../../core/store/code-usage.ts'
import type { Wording } from '../wording.ts'
import { siteHref, type Pill } from './sites.ts'

/** With fewer unused codes than this a site should make more. */
const FEW = 20

export interface BatchRow {
  readonly href: string
  readonly name: string
  readonly plan: string
  readonly made: string
  readonly inForce: string
  readonly used: string
  readonly expires: string
  readonly pill: Pill
}

export interface CodesPage {
  /** Codes in force that nobody used yet, in words; null where there is no batch. */
  readonly left: string | null
  readonly isLow: boolean
  /** The splash has no field for them. */
  readonly noField: boolean
  readonly rows: readonly BatchRow[]
  readonly more: string | null
}

export const batchHref = (site: string, batch: string): string =>
  `${siteHref(site)}/codes/${encodeURIComponent(batch)}`

/** The batches of a site; `used` tells of each how many codes in force have been used. */
export function codesPage(
  wording: Wording,
  given: {
    readonly site: Site
    readonly batches: readonly Batch[]
    readonly used: ReadonlyMap<string, number>
    readonly more: string | null
    readonly now: number
  },
): CodesPage {
  const { say, format } = wording
  const { site, batches, used, now } = given
  const unused = batches.reduce((sum, each) => sum + each.inForce - (used.get(each.id) ?? 0), 0)
  return {
    left: batches.length === 0 ? null : say('codes.left', { count: format.number(unused) }),
    isLow: batches.length > 0 && unused < FEW && given.more === null,
    noField: !site.login.includes('voucher'),
    rows: batches.map((each) => ({
      href: batchHref(site.id, each.id),
      name: nameOf(wording, each, now),
      plan: planOf(wording, each),
      made:
        each.madeBy === null
          ? format.moment(each.madeAt, now)
          : say('codes.made-by', { who: each.madeBy, time: format.moment(each.madeAt, now) }),
      inForce: `${format.number(each.inForce)} / ${format.number(each.count)}`,
      used: each.inForce === 0 ? '–' : format.number(used.get(each.id) ?? 0),
      expires: each.expiresAt === null ? say('codes.never') : format.moment(each.expiresAt, now),
      pill: batchPill(wording, each, used.get(each.id) ?? 0),
    })),
    more: given.more,
  }
}

export interface BatchPage {
  readonly name: string
  readonly href: string
  readonly sheet: string
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  readonly pill: Pill
  readonly isOver: boolean
  readonly inForce: string
  readonly rows: readonly CodeRow[]
  readonly more: string | null
}

interface CodeRow {
  readonly id: string
  readonly name: string
  readonly used: string
  readonly devices: string
  readonly last: string
  readonly pill: Pill
  readonly isInForce: boolean
}

/** One batch and its codes; their texts only where `shown`. */
export function batchPage(
  wording: Wording,
  given: {
    readonly batch: Batch
    readonly codes: readonly (BatchCode & CodeUsage)[]
    readonly shown: boolean
    readonly more: string | null
    readonly now: number
  },
): BatchPage {
  const { say, format } = wording
  const { batch, codes, shown, now } = given
  const href = batchHref(batch.site, batch.id)
  return {
    name: nameOf(wording, batch, now),
    href,
    sheet: `${href}/sheet`,
    isOver: batch.inForce === 0,
    inForce: format.number(batch.inForce),
    pill: batchPill(wording, batch, 0),
    facts: [
      { label: say('codes.plan'), value: planOf(wording, batch) },
      {
        label: say('codes.in-force'),
        value: `${format.number(batch.inForce)} / ${format.number(batch.count)}`,
      },
      { label: say('codes.made'), value: format.moment(batch.madeAt, now) },
      { label: say('codes.by'), value: batch.madeBy ?? '–' },
      {
        label: say('codes.expires'),
        value: batch.expiresAt === null ? say('codes.never') : format.moment(batch.expiresAt, now),
      },
    ],
    rows: codes.map((each) => {
      const isUsedUp =
        (batch.seconds !== null && each.seconds >= batch.seconds) ||
        (batch.octets !== null && each.octets >= batch.octets)
      return {
        id: each.id,
        name: shown ? spacedCode(each.code) : each.id,
        used:
          each.lastAt === null && each.seconds === 0
            ? '–'
            : say('codes.amount', {
                minutes: format.number(Math.round(each.seconds / 60)),
                data: format.gigabytes(each.octets),
              }),
        devices: `${format.number(each.devices)} / ${format.number(batch.devices)}`,
        last: each.lastAt === null ? say('codes.unused') : format.moment(each.lastAt, now),
        pill: codePill(wording, each, isUsedUp),
        isInForce: each.state === 'in-force',
      }
    }),
    more: given.more,
  }
}

/** What the batch is for, or when it was made. */
export const nameOf = ({ say, format }: Wording, { label, madeAt }: Batch, now: number): string =>
  label ?? say('codes.batch', { time: format.moment(madeAt, now) })

/** What one code is good for, in words, as it stands on a slip. */
export function givesOf({ say, format }: Wording, { seconds, octets, devices }: Batch): string {
  return [
    seconds === null
      ? say('codes.any-time')
      : say('minutes', { count: format.number(Math.round(seconds / 60)) }),
    octets === null ? say('codes.any-data') : `${format.gigabytes(octets)} GB`,
    say('codes.devices-of', { count: format.number(devices) }),
  ].join(', ')
}

/** The same with its speed, where it has one of its own. */
export function planOf(wording: Wording, batch: Batch): string {
  const { say, format } = wording
  const mega = (bits: number): string => format.number(Math.round(bits / 1e6))
  const { downBitsPerSecond: down, upBitsPerSecond: up } = batch
  return [
    givesOf(wording, batch),
    ...(down === null ? [] : [say('codes.down', { rate: mega(down) })]),
    ...(up === null ? [] : [say('codes.up', { rate: mega(up) })]),
  ].join(', ')
}

function batchPill({ say }: Wording, { inForce, count, revoked }: Batch, used: number): Pill {
  if (inForce > 0)
    return used >= inForce
      ? { tone: 'warn', label: say('codes.state.all-used') }
      : { tone: 'ok', label: say('codes.state.in-force') }
  const state = revoked === count ? 'revoked' : 'expired'
  return { tone: 'none', label: say(`codes.state.${state}`) }
}

function codePill({ say }: Wording, { state, lastAt }: BatchCode & CodeUsage, isUsedUp: boolean): Pill {
  if (state !== 'in-force') return { tone: 'none', label: say(`codes.state.${state}`) }
  if (isUsedUp) return { tone: 'warn', label: say('codes.state.used-up') }
  return { tone: 'ok', label: say(lastAt === null ? 'codes.state.fresh' : 'codes.state.in-use') }
}
