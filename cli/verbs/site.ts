import { parseSite } from '../../core/process/city-file.ts'
import { SetupError } from '../../core/process/errors.ts'
import { publishCity } from '../../core/city/gateway-changes.ts'
import { audit } from '../../core/records/audit.ts'
import { readCity, saveSite } from '../../core/records/city.ts'
import { printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE } from '../connected.ts'
import { readJson } from '../read-json.ts'

/** `./hotspot site`: places of the city. */
export const site: Command = {
  verb: 'site',
  does: 'list and add sites of the running platform',
  usage: `
usage: ./hotspot site list [--json]
       ./hotspot site add --file FILE     (one site as the city file has it; - is standard input)

An id that exists is replaced. Workers know a change within a second.`,
  async run(argv) {
    const [action, ...rest] = argv
    if (action === 'list') return list(rest)
    if (action === 'add') return add(rest)
    throw new UsageError('say list or add')
  },
}

async function list(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, { json: { type: 'boolean', default: false } })
  return connected(async ({ records, keys }) => {
    const { sites } = await readCity(records, keys)
    printRows(
      sites.map(({ id, name, category, state, operator, ward, lat, lng }) => ({
        id,
        name: name.vi,
        category,
        state,
        operator,
        ward,
        lat,
        lng,
      })),
      values.json,
    )
    return 0
  })
}

async function add(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, { file: { type: 'string' } })
  if (values.file === undefined) throw new UsageError('--file is needed')
  const parsed = parseSite(readJson(values.file))
  if ('faults' in parsed)
    throw new SetupError(
      'bad-site',
      `This is no site:\n${parsed.faults.map(({ path, message }) => `  ${path}: ${message}`).join('\n')}`,
    )
  return connected(async ({ records, store, keys }) => {
    const city = await readCity(records, keys)
    if (!city.operators.some(({ id }) => id === parsed.site.operator))
      throw new SetupError(
        'no-operator',
        `There is no operator "${parsed.site.operator}"; there are ${city.operators.map(({ id }) => id).join(', ')}.`,
      )
    await saveSite(records, parsed.site)
    await publishCity({ records, store, keys })
    await audit(records, ON_COMMAND_LINE, 'site.add', parsed.site.id)
    process.stdout.write(`added ${parsed.site.id}\n`)
    return 0
  })
}
