import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Campaign } from '../domain/campaign.ts'
import { VENDORS, type Nas, type Vendor } from '../domain/nas.ts'
import { comparedRealm, isRealm } from '../domain/realm.ts'
import { Secret } from '../domain/secret.ts'
import type { Categories, City, Operator, Site } from '../domain/site.ts'
import { isLoopbackBlock, parseCidr } from './addresses.ts'
import { campaignFaults, campaigns } from './campaign-schema.ts'
import { SetupError } from './errors.ts'
import { bilingual, categories, id, ofCategory, site, siteFaults } from './site-schema.ts'

/** A city as its file describes it: parsed, defaults filled in, every reference resolved. */
export interface CityFile {
  readonly city: City
  readonly operators: readonly Operator[]
  /** Names in these are ours: see core/domain/realm.ts. */
  readonly realms: readonly string[]
  /** Already part of each site here; those that staff add need them too. */
  readonly categories: Categories
  readonly sites: readonly Site[]
  readonly nas: readonly Nas[]
  readonly campaigns: readonly Campaign[]
}

/** One thing wrong with a city file: where, as a JSON path (`$.sites[3].lat`), and what. */
export interface Fault {
  readonly path: string
  readonly message: string
}

export class CityFileError extends SetupError {
  readonly faults: readonly Fault[]
  constructor(file: string, faults: readonly Fault[]) {
    const shown = faults.slice(0, 20).map((fault) => `  ${fault.path}: ${fault.message}`)
    const more = faults.length > 20 ? [`  and ${faults.length - 20} more`] : []
    super(
      'bad-city-file',
      [
        `The city file ${file} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}; mend and try again:`,
        ...shown,
        ...more,
      ].join('\n'),
    )
    this.faults = faults
  }
}

/** Secrets that everybody knows; with `demo-…` they work on loopback only. */
const KNOWN_SECRETS = ['testing123', 'secret', 'radius', 'radsec', 'password', 'changeme', 'admin']

/** True for a secret that must not be used beyond loopback. */
export const isDemoSecret = (secret: string): boolean =>
  secret.startsWith('demo-') || KNOWN_SECRETS.includes(secret.toLowerCase())

/** Standards A1.4: 16 octets at the least, save on loopback. */
const SECRET_LEAST = 16
/** What is advised: who sees a packet can try secrets at leisure. */
const SECRET_ADVISED = 24
const SECRET_MOST = 256

const cidr = z
  .string()
  .refine((text) => parseCidr(text) !== null, 'an address or CIDR block is wanted, such as 10.1.0.1/32')
const httpUrl = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    'an http or https address is wanted',
  )

function nasSchema(environment: Readonly<Record<string, string | undefined>>) {
  const secret = z
    .union([z.string().min(1, 'a secret is never empty'), z.strictObject({ env: z.string().min(1) })])
    .transform((given, context): Secret => {
      if (typeof given === 'string') return new Secret(given)
      const value = environment[given.env]
      if (value) return new Secret(value)
      context.addIssue({ code: 'custom', message: `the environment variable ${given.env} is not set` })
      return z.NEVER
    })
  return z.strictObject({
    id,
    site: id,
    gateway: z.enum(VENDORS),
    addresses: z.array(cidr).min(1),
    identifier: z.string().min(1).max(253).optional(),
    secret,
    gatewayUrl: httpUrl.nullable().default(null),
    uamSecret: secret.nullable().default(null),
    fasKey: secret.nullable().default(null),
    coa: z
      .strictObject({
        address: z
          .string()
          .refine((a) => parseCidr(a) !== null && !a.includes('/'), 'an IP address is wanted'),
        port: z.number().int().min(1).max(65_535).default(3799),
      })
      .nullable()
      .default(null),
    messageAuthenticator: z.enum(['auto', 'require', 'off']).default('auto'),
    limitProxyState: z.boolean().default(true),
    statusServer: z.boolean().default(true),
    acctSwapOctets: z.boolean().default(false),
    macAuth: z.boolean().default(false),
    // RFC 2869 §5.16: at least 60 seconds.
    interimSeconds: z.number().int().min(60).max(86_400).default(300),
  })
}

const realm = z
  .string()
  .refine(
    isRealm,
    'a realm of RFC 7542 is wanted, such as free.hanoi.vn: two labels or more, of letters, digits and -',
  )
  .transform(comparedRealm)

const city = z.strictObject({
  id,
  name: bilingual,
  // One zone for now: day boundaries everywhere are those of Hà Nội.
  timeZone: z.literal('Asia/Ho_Chi_Minh'),
})

/**
 * Reads and checks a city file.
 * @throws CityFileError with every fault and its JSON path; SetupError when the file cannot be read.
 */
export function readCityFile(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): CityFile {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new SetupError(
      'no-city-file',
      `The city file ${file} cannot be read: set HOTSPOT_CONFIG to one that exists.`,
      { cause },
    )
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new CityFileError(file, [{ path: '$', message: `not JSON: ${(cause as Error).message}` }])
  }
  const parsed = parseCity(json, environment)
  if ('faults' in parsed) throw new CityFileError(file, parsed.faults)
  return parsed.city
}

/** The city that a JSON value describes, or all its faults. */
export function parseCity(
  json: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): { city: CityFile } | { faults: readonly Fault[] } {
  const schema = z.strictObject({
    city,
    operators: z.array(z.strictObject({ id, name: z.string().min(1) })),
    realms: z.array(realm).default([]),
    categories: categories.default({}),
    sites: z.array(site),
    nas: z.array(nasSchema(environment)),
    campaigns: campaigns.default([]),
  })
  const result = schema.safeParse(json)
  if (!result.success)
    return { faults: result.error.issues.map((i) => ({ path: jsonPath(i.path), message: i.message })) }
  const value: CityFile = {
    ...result.data,
    realms: [...new Set(result.data.realms)],
    sites: result.data.sites.map((each) => ofCategory(each, result.data.categories)),
    nas: result.data.nas.map(completed),
  }
  const faults = [
    ...result.data.sites.flatMap((each, i) => siteFaults(each, result.data.categories, `$.sites[${i}]`)),
    ...crossFaults(value),
    ...campaignFaults(value.campaigns, value.sites),
  ]
  return faults.length > 0 ? { faults } : { city: value }
}

/** What a schema cannot say: unique ids, references that resolve, and what each vendor cannot do without. */
function crossFaults({ operators, sites, nas }: CityFile): Fault[] {
  const faults: Fault[] = []
  const unique = (list: readonly { id: string }[], name: string): Map<string, number> => {
    const seen = new Map<string, number>()
    list.forEach((entry, i) => {
      const first = seen.get(entry.id)
      if (first !== undefined)
        faults.push({
          path: `$.${name}[${i}].id`,
          message: `"${entry.id}" is already the id of $.${name}[${first}]`,
        })
      else seen.set(entry.id, i)
    })
    return seen
  }
  const operatorIds = unique(operators, 'operators')
  const siteIds = unique(sites, 'sites')
  unique(nas, 'nas')
  const blocks = new Map<string, string>()
  sites.forEach((each, i) => {
    if (!operatorIds.has(each.operator))
      faults.push({ path: `$.sites[${i}].operator`, message: `there is no operator "${each.operator}"` })
  })
  nas.forEach((each, i) => {
    const at = `$.nas[${i}]`
    if (!siteIds.has(each.site))
      faults.push({ path: `${at}.site`, message: `there is no site "${each.site}"` })
    faults.push(...nasFaults(each).map((fault) => ({ ...fault, path: `${at}.${fault.path}` })))
    each.addresses.forEach((block, k) => {
      const key = block.includes('/') ? block : `${block}/${block.includes(':') ? 128 : 32}`
      const owner = blocks.get(key)
      if (owner !== undefined)
        faults.push({
          path: `${at}.addresses[${k}]`,
          message: `${block} already belongs to the NAS "${owner}"`,
        })
      else blocks.set(key, each.id)
    })
  })
  return faults
}

/** Where a gateway's login page is when its record names only its address. */
const GATEWAY_URLS: Partial<Record<Vendor, (address: string) => string>> = {
  'coova-chilli': (address) => `http://${address}:3990`,
  opennds: (address) => `http://${address}:2050`,
  mikrotik: (address) => `http://${address}/login`,
}

/** A record with what it left out: its identifier, and its gateway's address when it has just one. */
function completed(nas: Omit<Nas, 'identifier'> & { identifier?: string | undefined }): Nas {
  const block = nas.addresses.length === 1 ? parseCidr(nas.addresses[0]!) : null
  const single = block && block.bits === (block.family === 4 ? 32 : 128) ? block : null
  const host = single && (single.family === 6 ? `[${single.address}]` : single.address)
  const guessed = host === null ? null : (GATEWAY_URLS[nas.gateway]?.(host) ?? null)
  return { ...nas, identifier: nas.identifier ?? nas.id, gatewayUrl: nas.gatewayUrl ?? guessed }
}

/** What is wrong with one NAS in itself; paths are relative to it. */
export function nasFaults(nas: Nas): Fault[] {
  const faults: Fault[] = []
  const beyondLoopback = nas.addresses.some((block) => !isLoopbackBlock(block))
  const secret = nas.secret.reveal()
  if (beyondLoopback && !isDemoSecret(secret) && Buffer.byteLength(secret) < SECRET_LEAST)
    faults.push({
      path: 'secret',
      message: `shorter than ${SECRET_LEAST} octets, which beyond loopback is too weak: \`openssl rand -base64 24\` makes one`,
    })
  if (Buffer.byteLength(secret) > SECRET_MOST)
    faults.push({ path: 'secret', message: `longer than ${SECRET_MOST} octets, which no gateway takes` })
  if (nas.gateway === 'opennds' && nas.fasKey === null)
    faults.push({ path: 'fasKey', message: 'openNDS needs its fasKey' })
  if (nas.gatewayUrl === null && nas.gateway in GATEWAY_URLS)
    faults.push({
      path: 'gatewayUrl',
      message: `it has no single address to guess it from; say where visitors reach it, such as ${GATEWAY_URLS[nas.gateway]!('10.1.0.1')}`,
    })
  return faults
}

/** True when a NAS carries a secret that the whole world knows. */
export const hasDemoSecret = (nas: Nas): boolean =>
  [nas.secret, nas.uamSecret, nas.fasKey].some((secret) => secret !== null && isDemoSecret(secret.reveal()))

/**
 * One sentence that names the NASes beyond loopback whose RADIUS secret is shorter than is advised, or null. Demo secrets
 * are another matter: there they are left out.
 */
export function shortSecrets(all: readonly Nas[]): string | null {
  const ids = all.filter(hasShortSecret).map(({ id }) => id)
  if (ids.length === 0) return null
  const named = ids.slice(0, 10).join(', ') + (ids.length > 10 ? ` and ${ids.length - 10} more` : '')
  return `RADIUS secrets of fewer than ${SECRET_ADVISED} octets: ${named}. \`openssl rand -base64 24\` makes a better one.`
}

const hasShortSecret = ({ addresses, secret }: Nas): boolean =>
  addresses.some((block) => !isLoopbackBlock(block)) &&
  !isDemoSecret(secret.reveal()) &&
  Buffer.byteLength(secret.reveal()) < SECRET_ADVISED

/** Checks one NAS given by hand (`./hotspot nas add`). */
export function parseNas(
  json: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): { nas: Nas } | { faults: readonly Fault[] } {
  const result = nasSchema(environment).safeParse(json)
  if (!result.success)
    return { faults: result.error.issues.map((i) => ({ path: jsonPath(i.path), message: i.message })) }
  const nas = completed(result.data)
  const faults = nasFaults(nas).map((fault) => ({ ...fault, path: `$.${fault.path}` }))
  return faults.length > 0 ? { faults } : { nas }
}

/** Checks one site given by hand (`./hotspot site add`), which is held to the rules of its category, too. */
export function parseSite(
  json: unknown,
  categories: Categories = {},
): { site: Site } | { faults: readonly Fault[] } {
  const result = site.safeParse(json)
  if (!result.success)
    return { faults: result.error.issues.map((i) => ({ path: jsonPath(i.path), message: i.message })) }
  const faults = siteFaults(result.data, categories, '$')
  return faults.length > 0 ? { faults } : { site: ofCategory(result.data, categories) }
}

const jsonPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
    '$',
  )
