import { parseArgs, type ParseArgsConfig } from 'node:util'

/** One verb of the command line. `run` returns the exit code; what it cannot do it throws. */
export interface Command {
  readonly verb: string
  /** One line for the overview. */
  readonly does: string
  readonly usage: string
  run(argv: readonly string[]): Promise<number>
}

/** The command was called in a way that its usage does not show. */
export class UsageError extends Error {}

/** Reads options strictly. @throws UsageError for an unknown option or a missing value. */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  argv: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause })
  }
}

/** A whole number of at least 1, or undefined when the option is absent. */
export function positive(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (!/^[1-9]\d{0,14}$/.test(given))
    throw new UsageError(`--${name} takes a whole number of at least 1, not "${given}"`)
  return Number(given)
}

/** Prints rows as JSON or as a table. */
export function printRows(rows: readonly Readonly<Record<string, unknown>>[], json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
    return
  }
  const columns = Object.keys(rows[0] ?? {})
  const cells = [columns, ...rows.map((row) => columns.map((column) => textOf(row[column])))]
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)))
  for (const line of cells)
    process.stdout.write(
      `${line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd()}\n`,
    )
}

const textOf = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
