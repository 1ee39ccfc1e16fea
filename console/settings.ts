import { LANGUAGES } from '../core/domain/language.ts'
import { PASS_DAYS } from '../core/domain/pass.ts'
import { CATEGORIES, type Category, type Site } from '../core/domain/site.ts'
import { MINUTE_DAYS } from '../core/records/peaks.ts'
import { EVENT_DAYS } from '../core/records/session-events.ts'
import { LOG_DAYS } from '../core/records/session-log.ts'
import { LIFETIME } from '../core/store/keys.ts'
import type { Tables } from '../core/store/tables.ts'
import type { Setup } from './gateways.ts'

/** What holds now: told, not changed here. */
export interface SettingsNow {
  /** Sites of a category with the same limits and hours stand together. */
  readonly rules: readonly (Pick<Site, 'limits' | 'hours'> & {
    readonly category: Category
    readonly sites: number
  })[]
  readonly languages: typeof LANGUAGES
  /** How long each is kept, in days. */
  readonly retention: Readonly<Record<Kept, number>>
  /** The shares of device-days that items are held back from. */
  readonly holdOuts: readonly number[]
  readonly ports: Readonly<
    Record<'portal' | 'portalTls' | 'radiusAuth' | 'radiusAcct' | 'console', number | null>
  >
  readonly radiusWorkers: number
  readonly hosts: readonly string[]
  readonly cityFile: string
  readonly portalUrl: string
  readonly node: string
}

export const KEPT = ['sessions', 'events', 'minutes', 'passes', 'codeUsage', 'staffSessions'] as const
export type Kept = (typeof KEPT)[number]

const DAY_SECONDS = 86_400

export function settingsNow({ sites, campaigns }: Tables, setup: Setup, portalUrl: string): SettingsNow {
  const rules = new Map<string, SettingsNow['rules'][number]>()
  for (const { category, limits, hours } of sites.values()) {
    const key = JSON.stringify([category, Object.entries(limits).sort(), hours])
    rules.set(key, { category, limits, hours, sites: (rules.get(key)?.sites ?? 0) + 1 })
  }
  return {
    rules: [...rules.values()].sort(
      (a, b) => CATEGORIES.indexOf(a.category) - CATEGORIES.indexOf(b.category) || b.sites - a.sites,
    ),
    languages: LANGUAGES,
    retention: {
      sessions: LOG_DAYS,
      events: EVENT_DAYS,
      minutes: MINUTE_DAYS,
      passes: PASS_DAYS,
      codeUsage: LIFETIME.voucherUsage / DAY_SECONDS,
      staffSessions: LIFETIME.staffSession / DAY_SECONDS,
    },
    holdOuts: [...new Set(campaigns.map(({ holdOut }) => holdOut))].sort((a, b) => a - b),
    ports: {
      portal: setup.portalPort,
      portalTls: setup.portalTls?.port ?? null,
      radiusAuth: setup.radiusAuthPort,
      radiusAcct: setup.radiusAcctPort,
      console: setup.consolePort,
    },
    radiusWorkers: setup.radiusWorkers,
    hosts: setup.hosts,
    cityFile: setup.configFile,
    portalUrl,
    node: process.versions.node,
  }
}
