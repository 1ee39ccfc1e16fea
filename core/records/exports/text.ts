import { csvField, csvLine, csvText } from '../../domain/csv.ts'
import type { Records } from '../database.ts'
import type { Cell, ColumnKind, ExportAsked, FigureTable } from './table.ts'

export const FORMATS = ['csv', 'json'] as const
export type Format = (typeof FORMATS)[number]

const CHUNK = 16_384

/** A table as text, piece by piece: CSV with a header row, a withheld cell empty; or a JSON array of objects. */
export async function* tableText(
  records: Records,
  table: FigureTable,
  asked: ExportAsked,
  format: Format,
): AsyncGenerator<string, void> {
  const columns = Object.entries(table.columns)
  const isCsv = format === 'csv'
  let text = isCsv ? csvLine(columns.map(([name]) => name)) : '['
  let lead = '\n'
  for await (const row of table.rows(records, asked)) {
    if (isCsv) text += csvLine(columns.map(([name, kind]) => csvCell(row[name] ?? null, kind)))
    else
      text += `${lead}${JSON.stringify(Object.fromEntries(columns.map(([name]) => [name, row[name] ?? null])))}`
    lead = ',\n'
    if (text.length < CHUNK) continue
    yield text
    text = ''
  }
  yield isCsv ? text : `${text}\n]\n`
}

const csvCell = (cell: Cell, kind: ColumnKind): string =>
  cell === null ? '' : kind === 'text' ? csvText(String(cell)) : csvField(String(cell))
