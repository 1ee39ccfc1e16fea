import { checksText } from '../../console/check-words.ts'
import { loadWordings } from '../../console/wording.ts'
import { CHECKED_DAYS, reportsByRadius } from '../../core/domain/gateway-checks.ts'
import { hasDemoSecret, parseNas, shortSecrets } from '../../core/process/city-file.ts'
import { SetupError } from '../../core/process/errors.ts'
import { addNas, dropNas } from '../../core/city/gateway-changes.ts'
import { readCity } from '../../core/records/city.ts'
import { gatewayChecks } from '../../core/records/session-checks.ts'
import { keys as storeKeys } from '../../core/store/keys.ts'
import { positive, printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE } from '../connected.ts'
import { languageOf } from '../language.ts'
import { readJson } from '../read-json.ts'

/** `./hotspot nas`: gateways, added and removed while everything runs. */
export const nas: Command = {
  verb: 'nas',
  does: 'list, add, check and remove gateways of the running platform',
  usage: `
usage: ./hotspot nas list [--json]
       ./hotspot nas add --file FILE          (one NAS as the city file has it; - is standard input)
       ./hotspot nas add --id ID --site ID --gateway VENDOR --address CIDR --secret SECRET
                         [--gateway-url URL] [--uam-secret S] [--fas-key S] [--identifier NAME]
                         [--coa ADDRESS:PORT] [--message-authenticator auto|require|off]
                         [--no-limit-proxy-state] [--no-status-server] [--acct-swap-octets]
                         [--mac-auth] [--interim-seconds N]
       ./hotspot nas check ID [--days N] [--lang vi|en] [--json]
       ./hotspot nas remove ID

check        tells how the gateway's reports of sessions of the last N days (7) kept the rules of RADIUS accounting

A secret given as an option can be read by other people of this machine: --file - is better.
Workers know a change within a second.`,
  async run(argv) {
    const [action, ...rest] = argv
    if (action === 'list') return list(rest)
    if (action === 'add') return add(rest)
    if (action === 'check') return check(rest)
    if (action === 'remove') return remove(rest)
    throw new UsageError('say list, add, check or remove')
  },
}

async function list(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, { json: { type: 'boolean', default: false } })
  return connected(async ({ records, keys }) => {
    const rows = (await readCity(records, keys)).nas.map((each) => ({
      id: each.id,
      site: each.site,
      gateway: each.gateway,
      addresses: each.addresses.join(' '),
      gatewayUrl: each.gatewayUrl,
      messageAuthenticator: each.messageAuthenticator,
      limitProxyState: each.limitProxyState,
      statusServer: each.statusServer,
      acctSwapOctets: each.acctSwapOctets,
      macAuth: each.macAuth,
      interimSeconds: each.interimSeconds,
    }))
    printRows(rows, values.json)
    return 0
  })
}

async function add(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, {
    file: { type: 'string' },
    id: { type: 'string' },
    site: { type: 'string' },
    gateway: { type: 'string' },
    address: { type: 'string', multiple: true },
    secret: { type: 'string' },
    'gateway-url': { type: 'string' },
    'uam-secret': { type: 'string' },
    'fas-key': { type: 'string' },
    identifier: { type: 'string' },
    coa: { type: 'string' },
    'message-authenticator': { type: 'string' },
    'no-limit-proxy-state': { type: 'boolean' },
    'no-status-server': { type: 'boolean' },
    'acct-swap-octets': { type: 'boolean' },
    'mac-auth': { type: 'boolean' },
    'interim-seconds': { type: 'string' },
    json: { type: 'boolean' },
  })
  const given =
    values.file !== undefined
      ? readJson(values.file)
      : withoutUndefined({
          id: values.id,
          site: values.site,
          gateway: values.gateway,
          addresses: values.address,
          secret: values.secret,
          gatewayUrl: values['gateway-url'],
          uamSecret: values['uam-secret'],
          fasKey: values['fas-key'],
          identifier: values.identifier,
          coa: values.coa === undefined ? undefined : coaOf(values.coa),
          messageAuthenticator: values['message-authenticator'],
          limitProxyState: values['no-limit-proxy-state'] ? false : undefined,
          statusServer: values['no-status-server'] ? false : undefined,
          acctSwapOctets: values['acct-swap-octets'],
          macAuth: values['mac-auth'],
          interimSeconds:
            values['interim-seconds'] === undefined ? undefined : Number(values['interim-seconds']),
        })
  const parsed = parseNas(given, process.env)
  if ('faults' in parsed)
    throw new SetupError(
      'bad-nas',
      `This is no NAS:\n${parsed.faults.map(({ path, message }) => `  ${path}: ${message}`).join('\n')}`,
    )
  return connected(async ({ settings, records, store, keys }) => {
    const by = { who: ON_COMMAND_LINE, onlyNew: false, sites: null }
    const refused = await addNas({ records, store, keys }, parsed.nas, by)
    if (refused?.reason === 'no-site')
      throw new SetupError(
        'no-site',
        `There is no site "${parsed.nas.site}": ./hotspot site list shows them.`,
      )
    if (refused)
      throw new SetupError('address-taken', `An address of it already belongs to the NAS "${refused.id}".`)
    if (!settings.loopbackOnly && hasDemoSecret(parsed.nas))
      process.stderr.write('hotspot nas: it carries a demo secret, so it is left out beyond loopback\n')
    const short = shortSecrets([parsed.nas])
    if (short !== null) process.stderr.write(`hotspot nas: ${short}\n`)
    process.stdout.write(`added ${parsed.nas.id}\n`)
    return 0
  })
}

async function check(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, {
    days: { type: 'string' },
    lang: { type: 'string' },
    json: { type: 'boolean', default: false },
  })
  const [id] = positionals
  if (!id) throw new UsageError('name the NAS to check')
  const days = positive('days', values.days) ?? CHECKED_DAYS
  if (days > CHECKED_DAYS)
    throw new UsageError(`--days takes up to ${CHECKED_DAYS}: what is older is not kept`)
  const wording = loadWordings()[languageOf(values.lang, process.env)]
  return connected(async ({ records, store, keys, now }) => {
    const found = (await readCity(records, keys)).nas.find((each) => each.id === id)
    if (!found) throw new SetupError('no-nas', `There is no NAS "${id}": ./hotspot nas list shows them.`)
    if (!reportsByRadius(found.gateway))
      throw new SetupError(
        'no-radius',
        `${id} is an openNDS gateway, which sends no RADIUS: there is nothing to check.`,
      )
    const results = await gatewayChecks(records, id, now() - days * DAY_MS)
    const hasSigned = (await store.sismember(storeKeys.messageAuthenticatorSeen, id)) === 1
    const told = { nas: id, days, messageAuthenticator: hasSigned, checks: results }
    process.stdout.write(values.json ? `${JSON.stringify(told, null, 2)}\n` : checksText(wording, told))
    return 0
  })
}

const DAY_MS = 86_400_000

async function remove(argv: readonly string[]): Promise<number> {
  const [id] = readArguments(argv, {}).positionals
  if (!id) throw new UsageError('name the NAS to remove')
  return connected(async ({ records, store, keys }) => {
    if ((await dropNas({ records, store, keys }, id, ON_COMMAND_LINE)) === null)
      throw new SetupError('no-nas', `There is no NAS "${id}": ./hotspot nas list shows them.`)
    process.stdout.write(`removed ${id}\n`)
    return 0
  })
}

function coaOf(text: string): { address: string; port: number } {
  const at = text.lastIndexOf(':')
  return at < 0
    ? { address: text, port: 3799 }
    : { address: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) }
}

const withoutUndefined = (record: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
