import { addDays } from '../../domain/day.ts'
import type { Records } from '../database.ts'

/** `day` is a date of the city, `time` a moment in UTC; `text` may be anything that staff or gateways wrote. */
export type ColumnKind = 'text' | 'day' | 'time' | 'integer' | 'number' | 'boolean'
/** Null is withheld, or was not counted. */
export type Cell = string | number | boolean | null

/** What is to leave: city days, both included; sites that whoever asks may see (null: all), and the one he asks for. */
export interface ExportAsked {
  readonly from: string
  readonly to: string
  readonly sites: readonly string[] | null
  readonly site: string | null
}

/** A table of figures for whoever may see its sites: nothing in its rows tells of fewer devices than may be shown. */
export interface FigureTable {
  readonly what: string
  readonly columns: Readonly<Record<string, ColumnKind>>
  rows(records: Records, asked: ExportAsked): AsyncIterable<Readonly<Record<string, Cell>>>
}

/** A table whose rows have just its columns. */
export const tableOf = <Columns extends Readonly<Record<string, ColumnKind>>>(given: {
  readonly what: string
  readonly columns: Columns
  rows(records: Records, asked: ExportAsked): AsyncIterable<Readonly<Record<keyof Columns, Cell>>>
}): FigureTable => given

/** The days that are asked for, one after the other. */
export function* daysOf({ from, to }: Pick<ExportAsked, 'from' | 'to'>): Generator<string, void> {
  for (let day = from; day <= to; day = addDays(day, 1)) yield day
}

/** The sites whose rows are wanted, where each row stands for itself. */
export const wantedSites = ({ sites, site }: ExportAsked): readonly string[] | null =>
  site === null ? sites : sites === null || sites.includes(site) ? [site] : []

/** Whether a site's row is wanted. Rows that are withheld for each other's sake are looked at together, and left out after. */
export const isWanted = ({ site }: ExportAsked, of: string): boolean => site === null || site === of
