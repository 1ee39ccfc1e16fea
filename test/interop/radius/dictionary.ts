import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where FreeRADIUS puts its dictionaries, by system. */
const FOLDERS = ['/usr/share/freeradius', '/usr/share/freeradius/dictionary', '/usr/local/share/freeradius']

/** Without RFC 5090, whose attributes radclient packs into others of its own. */
const RFCS = [
  2865, 2866, 2867, 2868, 2869, 3162, 3576, 3580, 4072, 4372, 4603, 4675, 4818, 4849, 5176, 5447, 5580, 5607,
  5904, 6519, 6572, 6677, 6911, 6929, 6930, 7055, 7155, 7268, 7499, 7930, 8045, 8559,
]
/** Vendors of the gateways that the platform names, and whose attributes gateways borrow. */
const VENDORS = [
  'mikrotik',
  'wispr',
  'chillispot',
  'aruba',
  'ruckus',
  'cisco',
  'airespace',
  'meraki',
  'huawei',
  'cambium',
  'fortinet',
  'freeradius.evs5',
]
/** The dictionaries that tests go through. */
export const DICTIONARIES: readonly string[] = [...RFCS.map((rfc) => `rfc${rfc}`), ...VENDORS]

/** An attribute as FreeRADIUS's dictionaries describe it. */
export interface Described {
  readonly name: string
  /** `string`, `integer`, `ipaddr` …, and `octets[16]` for a fixed length. */
  readonly kind: string
  /** The vendor whose Vendor-Specific carries it; null in the standard and extended spaces. */
  readonly vendor: number | null
  /** Its number; behind it those of what is inside a TLV or an extended attribute, `[241, 5, 1]`. */
  readonly path: readonly number[]
  readonly isTagged: boolean
  readonly isEncrypted: boolean
}

/** The folder of the dictionaries, or null where FreeRADIUS is not installed. */
export const dictionaryFolder = (): string | null =>
  FOLDERS.find((folder) => existsSync(join(folder, 'dictionary.rfc2865'))) ?? null

/**
 * What a dictionary describes, containers left out; none for one that this FreeRADIUS does not have. Of two names
 * for one number the last, by which FreeRADIUS reads it.
 */
export function readDictionary(folder: string, name: string): Described[] {
  const file = join(folder, `dictionary.${name}`)
  if (!existsSync(file)) return []
  const vendors = new Map<string, number>([['FreeRADIUS', 11344]])
  const found = new Map<string, Described>()
  let vendor: number | null = null
  let within: number[] = []
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [word, ...rest] = line.replace(/#.*/, '').trim().split(/\s+/)
    const [first = '', second = '', kind = '', flags = ''] = rest
    if (word === 'VENDOR') vendors.set(first, Number(second))
    if (word === 'BEGIN-VENDOR') {
      const number = vendors.get(first) ?? 0
      const space = /^format=Extended-Vendor-Specific-([1-6])$/.exec(second)?.[1]
      vendor = space === undefined ? number : null
      within = space === undefined ? [] : [240 + Number(space), 26, number]
    }
    if (word === 'END-VENDOR') [vendor, within] = [null, []]
    if (word !== 'ATTRIBUTE' || CONTAINERS.has(kind)) continue
    const path = [...within, ...second.split('.').map(Number)]
    found.set(`${vendor} ${path.join('.')}`, {
      name: first,
      kind,
      vendor,
      path,
      isTagged: flags.includes('has_tag'),
      isEncrypted: flags.includes('encrypt'),
    })
  }
  return [...found.values()]
}

const CONTAINERS = new Set(['tlv', 'vsa', 'evs', 'extended', 'long-extended'])
