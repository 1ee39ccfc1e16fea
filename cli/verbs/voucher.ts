import { codeSubject } from '../../core/domain/grants.ts'
import { LABEL_MOST, spacedCode } from '../../core/domain/voucher.ts'
import { SetupError } from '../../core/process/errors.ts'
import { audit } from '../../core/records/audit.ts'
import { readCity } from '../../core/records/city.ts'
import {
  createVouchers,
  listVouchers,
  revokeVoucher,
  type IssuedVoucher,
} from '../../core/records/vouchers.ts'
import { VoucherStore } from '../../core/store/vouchers.ts'
import { positive, printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE } from '../connected.ts'
import { disconnectSession, openSessions } from '../open-sessions.ts'

const MOST = 10_000
const DAY_MS = 86_400_000

/** `./hotspot voucher`: access codes. */
export const voucher: Command = {
  verb: 'voucher',
  does: 'make, list and revoke access codes',
  usage: `
usage: ./hotspot voucher create --site ID --count N [--seconds S] [--octets N] [--devices N] [--days N]
                                [--down BITS] [--up BITS] [--label TEXT] [--json]
       ./hotspot voucher list [--site ID] [--json]
       ./hotspot voucher revoke ID

create   makes N codes for a site: S seconds and N octets in all, for N devices (1), valid for N days,
         at a speed of their own, in bits per second; the label tells what they are for
list     shows the codes in force
revoke   takes a code back, by its id, and asks the gateways to end the sessions that run on it`,
  async run(argv) {
    const [action, ...rest] = argv
    if (action === 'create') return create(rest)
    if (action === 'list') return list(rest)
    if (action === 'revoke') return revoke(rest)
    throw new UsageError('say create, list or revoke')
  },
}

async function create(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, {
    site: { type: 'string' },
    count: { type: 'string' },
    seconds: { type: 'string' },
    octets: { type: 'string' },
    devices: { type: 'string' },
    days: { type: 'string' },
    down: { type: 'string' },
    up: { type: 'string' },
    label: { type: 'string' },
    json: { type: 'boolean', default: false },
  })
  const { site } = values
  const count = positive('count', values.count)
  if (!site || count === undefined) throw new UsageError('--site and --count are needed')
  if (count > MOST) throw new UsageError(`--count takes at most ${MOST} at once`)
  const days = positive('days', values.days)
  const plan = {
    site,
    count,
    seconds: positive('seconds', values.seconds) ?? null,
    octets: positive('octets', values.octets) ?? null,
    devices: positive('devices', values.devices) ?? 1,
    downBitsPerSecond: positive('down', values.down),
    upBitsPerSecond: positive('up', values.up),
    expiresAt: days === undefined ? null : Date.now() + days * DAY_MS,
    label: values.label?.trim().slice(0, LABEL_MOST) || null,
    madeBy: ON_COMMAND_LINE,
  }
  return connected(async ({ records, store, keys }) => {
    const { sites } = await readCity(records, keys)
    if (!sites.some(({ id }) => id === site))
      throw new SetupError('no-site', `There is no site "${site}": ./hotspot site list shows them.`)
    const made = await createVouchers(records, keys, plan)
    const live = new VoucherStore(store, keys.voucher)
    await Promise.all(made.map(({ code, ...each }) => live.publish(code, each)))
    await audit(records, ON_COMMAND_LINE, 'voucher.create', site, { count, batch: made[0]!.batch })
    show(made, values.json)
    return 0
  })
}

async function list(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, {
    site: { type: 'string' },
    json: { type: 'boolean', default: false },
  })
  return connected(async ({ records, keys }) => {
    show(await listVouchers(records, keys, values.site ?? null), values.json)
    return 0
  })
}

async function revoke(argv: readonly string[]): Promise<number> {
  const { positionals } = readArguments(argv, {})
  const [id] = positionals
  if (!id) throw new UsageError('name the id of the code to revoke')
  return connected(async (to) => {
    const code = await revokeVoucher(to.records, to.keys, id)
    if (code === null) throw new SetupError('no-voucher', `There is no code in force with the id "${id}".`)
    await new VoucherStore(to.store, to.keys.voucher).revoke(code)
    const running = (await openSessions(to, null)).filter(
      (session) => session.subject === codeSubject({ id }),
    )
    for (const session of running) await disconnectSession(to, session, 'revoked')
    await audit(to.records, ON_COMMAND_LINE, 'voucher.revoke', id, { sessions: running.length })
    process.stdout.write(`revoked; the gateways are asked to end ${running.length} sessions\n`)
    return 0
  })
}

function show(vouchers: readonly IssuedVoucher[], json: boolean): void {
  const rows = vouchers.map(({ code, expiresAt, ...rest }) => ({
    code: json ? code : spacedCode(code),
    ...rest,
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  }))
  printRows(rows, json)
}
