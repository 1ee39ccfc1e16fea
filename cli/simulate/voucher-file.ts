import { readFileSync } from 'node:fs'
import { SetupError } from '../../core/process/errors.ts'

/**
 * Codes by site, from what `./hotspot voucher create --json` printed, once or several times in one file: objects with a
 * `code` and the `site` it is for, wherever they stand, or an object with `site` and a list of `codes`.
 * @throws SetupError when the file cannot be read or holds no code.
 */
export function readVouchers(file: string): Map<string, string[]> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new SetupError('no-vouchers', `The codes in ${file} cannot be read: check the path.`, { cause })
  }
  const found = new Map<string, string[]>()
  collect(jsonValues(text, file), null, found)
  if (found.size > 0) return found
  throw new SetupError(
    'no-vouchers',
    `${file} holds no codes with their site: make some with \`./hotspot voucher create --site ID --count N --json > ${file}\`.`,
  )
}

/** The JSON documents of a file: one, one a line, or several listings one behind the other. */
function jsonValues(text: string, file: string): unknown {
  try {
    return JSON.parse(`[${text.trim().replace(/([\]}])\s*(?=[[{])/g, '$1,')}]`)
  } catch (cause) {
    throw new SetupError('no-vouchers', `${file} is not JSON: ${(cause as Error).message}`, { cause })
  }
}

function collect(value: unknown, site: string | null, found: Map<string, string[]>): void {
  if (Array.isArray(value)) return value.forEach((each) => collect(each, site, found))
  if (typeof value === 'string' && site !== null)
    return void found.set(site, [...(found.get(site) ?? []), value])
  if (typeof value !== 'object' || value === null) return
  const record = value as Readonly<Record<string, unknown>>
  const here = typeof record.site === 'string' ? record.site : site
  if (typeof record.code === 'string') return collect(record.code, here, found)
  for (const name of ['codes', 'vouchers']) if (name in record) collect(record[name], here, found)
}
