import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { rebuildFigures } from '../../analytics/rebuild/rebuild.ts'
import { cityTime } from '../../core/domain/city-time.ts'
import { addDays, cityDay, dayBegins } from '../../core/domain/day.ts'
import type { Scope } from '../../core/domain/scope.ts'
import { CATEGORIES, type Category } from '../../core/domain/site.ts'
import { listIncidents } from '../../core/records/incidents.ts'
import { audit } from '../../core/records/audit.ts'
import { TABLE_NAMES, TABLES } from '../../core/records/exports/tables.ts'
import { FORMATS, tableText } from '../../core/records/exports/text.ts'
import { findSite } from '../../core/records/lists.ts'
import { printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE } from '../connected.ts'
import { shownFigures } from '../shown-figures.ts'

/** `./hotspot figures`: what the records add up to. */
export const figures: Command = {
  verb: 'figures',
  does: 'show or export the figures, make them again from the records, or check them',
  usage: `
usage: ./hotspot figures show [--from DAY] [--to DAY] [--site ID…] [--category CATEGORY…] [--json]
       ./hotspot figures incidents [--from DAY] [--to DAY] [--json]
       ./hotspot figures export TABLE [--from DAY] [--to DAY] [--site SITE] [--format csv|json]
       ./hotspot figures rebuild [--from DAY] [--to DAY] [--check] [--json]

show prints each day, week and month with a day in between, of the city and of the sites and categories named: exact, for
staff alone, small counts are not withheld. Without days, today.
incidents prints what went wrong between the days.
export prints a table, CSV unless it is told otherwise, of the last 30 days unless it is told which. What tells of too few
devices is withheld: the cell is empty. docs/reach.md has the columns.
TABLE: ${TABLE_NAMES.join(', ')}

rebuild: DAY is 2026-11-21; without it, from the first day of which every event is kept (90 days) to today. Prints each table, its
rows and how many were not as they had been. --check changes nothing and exits 1 when there is one. While it runs, events
wait. Different devices can be counted again only while the keys of their day, week or month live.`,
  async run(argv) {
    const [action, ...rest] = argv
    if (action === 'show') return show(rest)
    if (action === 'incidents') return incidents(rest)
    if (action === 'rebuild') return rebuild(rest)
    if (action === 'export') return exportTable(rest)
    throw new UsageError('say show, incidents, export or rebuild')
  },
}

async function exportTable(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, {
    from: { type: 'string' },
    to: { type: 'string' },
    site: { type: 'string' },
    format: { type: 'string', default: 'csv' },
  })
  const name = TABLE_NAMES.find((each) => each === positionals[0])
  if (!name || positionals.length > 1) throw new UsageError(`say which table: ${TABLE_NAMES.join(', ')}`)
  const format = FORMATS.find((each) => each === values.format)
  if (!format) throw new UsageError(`--format takes ${FORMATS.join(' or ')}`)
  const to = values.to === undefined ? cityDay(Date.now()) : day('to', values.to)
  const from = values.from === undefined ? addDays(to, -29) : day('from', values.from)
  if (from > to) throw new UsageError('--from is after --to')
  const { site = null } = values
  return connected(async ({ records }) => {
    if (site !== null && !(await findSite(records, site, null)))
      throw new UsageError(`there is no site "${site}"`)
    await audit(records, ON_COMMAND_LINE, 'figures.export', name, { from, to, site, format })
    const text = tableText(records, TABLES[name], { from, to, sites: null, site }, format)
    // Whoever reads only the beginning ends it.
    await pipeline(Readable.from(text), process.stdout, { end: false }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE') throw error
      },
    )
    return 0
  })
}

async function rebuild(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, {
    from: { type: 'string' },
    to: { type: 'string' },
    check: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  })
  const days = {
    ...(values.from !== undefined && { from: day('from', values.from) }),
    ...(values.to !== undefined && { to: day('to', values.to) }),
  }
  return connected(async ({ records, keys, now }) => {
    const { check } = values
    const { from, to, tables } = await rebuildFigures(records, { ...days, check, keys, now: now() })
    if (!check) await audit(records, ON_COMMAND_LINE, 'figures.rebuild', `${from} to ${to}`)
    if (!values.json) process.stdout.write(`${check ? 'checked' : 'made again'}: ${from} to ${to}\n`)
    printRows(
      tables.map((each) => ({ ...each })),
      values.json,
    )
    return check && tables.some(({ different }) => different > 0) ? 1 : 0
  })
}

async function show(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, {
    from: { type: 'string' },
    to: { type: 'string' },
    site: { type: 'string', multiple: true, default: [] },
    category: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  })
  const scopes: Scope[] = [
    { kind: 'city' },
    ...values.category.map((each): Scope => ({ kind: 'category', category: category(each) })),
    ...values.site.map((site): Scope => ({ kind: 'site', site })),
  ]
  return connected(async ({ records, now }) => {
    const days = daysOf(values, now())
    const rows = []
    for (const scope of scopes) rows.push(...(await shownFigures(records, scope, days)))
    printRows(rows, values.json)
    return 0
  })
}

async function incidents(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, {
    from: { type: 'string' },
    to: { type: 'string' },
    json: { type: 'boolean', default: false },
  })
  return connected(async ({ records, now }) => {
    const { from, to } = daysOf(values, now())
    const all = await listIncidents(records, { from: dayBegins(from), to: dayBegins(addDays(to, 1)) })
    const time = (at: number | null): string | null => (at === null ? null : cityTime(at))
    printRows(
      all.map(({ cause, subject, site, beganAt, openedAt, closedAt, planned, detail }) => ({
        cause,
        subject,
        site,
        began: time(beganAt),
        opened: time(openedAt),
        closed: time(closedAt),
        planned,
        detail,
      })),
      values.json,
    )
    return 0
  })
}

function daysOf(values: { from?: string | undefined; to?: string | undefined }, now: number) {
  const to = values.to === undefined ? cityDay(now) : day('to', values.to)
  return { from: values.from === undefined ? to : day('from', values.from), to }
}

function category(text: string): Category {
  const known = CATEGORIES.find((each) => each === text)
  if (known) return known
  throw new UsageError(`--category takes ${CATEGORIES.join(', ')}, not "${text}"`)
}

function day(name: string, text: string): string {
  const at = Date.parse(`${text}T00:00:00Z`)
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text))
    return text
  throw new UsageError(`--${name} takes a day such as 2026-11-21, not "${text}"`)
}
