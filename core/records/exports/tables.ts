import { campaigns } from './campaigns.ts'
import { coverage, flows, incidents, sites } from './places.ts'
import { daily, devices, funnel, hourly, languages } from './site-days.ts'
import { visitors } from './visitors.ts'

/** Every table of figures that may leave the platform; what its columns mean stands in docs/reach.md. */
export const TABLES = {
  sites,
  daily,
  hourly,
  visitors,
  coverage,
  incidents,
  campaigns,
  funnel,
  flows,
  languages,
  devices,
} as const

export type TableName = keyof typeof TABLES
export const TABLE_NAMES = Object.keys(TABLES) as TableName[]
