import { addDays, cityDay } from '../core/domain/day.ts'
import { LEAST_SHOWN, LEAST_SHOWN_CROSSED, safeList } from '../core/domain/k-anonymity.ts'
import type { Scope } from '../core/domain/scope.ts'
import { annotationsOf, type Annotation } from '../core/records/annotations.ts'
import type { Records } from '../core/records/database.ts'
import { visitorsOver } from '../core/records/period-visitors.ts'
import { flows, rangeFigures, type CountedDevices, type Flow } from '../core/records/range-figures.ts'

/** A day beside the day it is compared with; what is withheld for anonymity is null, and so is what was not counted. */
export interface DayCompared {
  readonly day: string
  readonly visitors: number
  readonly exact: boolean
  readonly firstTime: number | null
  readonly returning: number | null
  readonly besideDay: string
  readonly beside: number
  readonly notes: readonly Annotation[]
}

export interface Compared {
  readonly from: string
  readonly to: string
  readonly days: readonly DayCompared[]
  readonly languages: readonly Shares[]
  readonly systems: readonly Shares[]
  /** The most used ways from site to site; none for a site alone. */
  readonly ways: readonly Flow[]
}

/** Shares of device-days of two periods; null is withheld. */
interface Shares {
  readonly value: string
  readonly share: number | null
  readonly beside: number | null
}

export const PERIODS = [7, 28] as const
export const BESIDES = ['before', 'year'] as const
export type Beside = (typeof BESIDES)[number]

/** A day's count as somebody may read it: who sees the whole city reads all, others nothing from 1 to 9 (null). */
export const countShown = (count: number, all: boolean): number | null =>
  all || count === 0 || count >= LEAST_SHOWN ? count : null

/** More are in the export `flows`. */
export const MOST_WAYS = 20

/** 52 weeks, so that weekdays stand beside their like. */
const YEAR_DAYS = 364

/** The last full days of the city (`site` null) or of a site, beside the days before or those of last year. */
export async function compareVisitors(
  records: Records,
  asked: {
    readonly site: string | null
    readonly sites: readonly string[] | null
    readonly length: number
    readonly beside: Beside
  },
  now: number,
): Promise<Compared> {
  const { site, length, beside } = asked
  const scope: Scope = site === null ? { kind: 'city' } : { kind: 'site', site }
  const to = addDays(cityDay(now), -1)
  const from = addDays(to, 1 - length)
  const back = beside === 'year' ? YEAR_DAYS : length
  const old = { from: addDays(from, -back), to: addDays(to, -back) }
  const [visitors, before, figures, oldFigures, notes, ways] = await Promise.all([
    visitorsOver(records, scope, { period: 'day', from, to }),
    visitorsOver(records, scope, { period: 'day', ...old }),
    rangeFigures(records, scope, { from, to }),
    rangeFigures(records, scope, old),
    annotationsOf(records, { from, to, sites: site === null ? asked.sites : [site] }),
    site === null ? flows(records, { from, to }) : [],
  ])
  const days = Array.from({ length }, (_, i): DayCompared => {
    const day = addDays(from, i)
    const besideDay = addDays(day, -back)
    const found = visitors.find(({ startsOn }) => startsOn === day)
    const parts = found?.returning && found.firstTime ? [found.firstTime.count, found.returning.count] : null
    const [firstTime = null, returning = null] = parts ? safeList(parts, LEAST_SHOWN).cells : []
    return {
      day,
      visitors: found?.visitors.count ?? 0,
      exact: found?.visitors.exact ?? true,
      firstTime,
      returning,
      besideDay,
      beside: before.find(({ startsOn }) => startsOn === besideDay)?.visitors.count ?? 0,
      notes: notes.filter((each) => each.day === day),
    }
  })
  const least = site === null ? LEAST_SHOWN : LEAST_SHOWN_CROSSED
  return {
    from,
    to,
    days,
    languages: shares(figures.languages, oldFigures.languages, least),
    systems: shares(figures.systems, oldFigures.systems, least),
    ways: ways.slice(0, MOST_WAYS),
  }
}

function shares(now: readonly CountedDevices[], before: readonly CountedDevices[], least: number): Shares[] {
  const told = (counted: readonly CountedDevices[]): ReadonlyMap<string, number | null> => {
    const counts = counted.map(({ count }) => count)
    const all = counts.reduce((sum, count) => sum + count, 0)
    const { cells } = safeList(
      counts,
      least,
      counted.map(({ atLeast }) => atLeast),
    )
    return new Map(counted.map(({ value }, i) => [value, shareOf(cells[i] ?? null, all)]))
  }
  const [these, those] = [told(now), told(before)]
  return [...new Set([...these.keys(), ...those.keys()])].map((value) => ({
    value,
    share: these.has(value) ? these.get(value)! : 0,
    beside: those.has(value) ? those.get(value)! : 0,
  }))
}

const shareOf = (count: number | null, all: number): number | null => (count === null ? null : count / all)
