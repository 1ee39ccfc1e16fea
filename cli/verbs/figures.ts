import { rebuildFigures } from '../../analytics/rebuild/rebuild.ts'
import { audit } from '../../core/records/audit.ts'
import { printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE } from '../connected.ts'

/** `./hotspot figures`: what the records add up to. */
export const figures: Command = {
  verb: 'figures',
  does: 'make the figures again from the records, or check them',
  usage: `
usage: ./hotspot figures rebuild [--from DAY] [--to DAY] [--check] [--json]

DAY is 2026-11-21; without it, from the first day of which every event is kept (90 days) to today. Prints each table, its
rows and how many were not as they had been. --check changes nothing and exits 1 when there is one. While it runs, events
wait. Different devices can be counted again only while the keys of their day, week or month live.`,
  async run(argv) {
    const [action, ...rest] = argv
    if (action === 'rebuild') return rebuild(rest)
    throw new UsageError('say rebuild')
  },
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
  return connected(async ({ records, keys }) => {
    const { check } = values
    const { from, to, tables } = await rebuildFigures(records, { ...days, check, keys, now: Date.now() })
    if (!check) await audit(records, ON_COMMAND_LINE, 'figures.rebuild', `${from} to ${to}`)
    if (!values.json) process.stdout.write(`${check ? 'checked' : 'made again'}: ${from} to ${to}\n`)
    printRows(
      tables.map((each) => ({ ...each })),
      values.json,
    )
    return check && tables.some(({ different }) => different > 0) ? 1 : 0
  })
}

function day(name: string, text: string): string {
  const at = Date.parse(`${text}T00:00:00Z`)
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text))
    return text
  throw new UsageError(`--${name} takes a day such as 2026-11-21, not "${text}"`)
}
