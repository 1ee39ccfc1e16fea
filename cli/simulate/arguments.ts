import { randomInt } from 'node:crypto'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { SimulateOptions } from './simulation.ts'
import { readVouchers } from './voucher-file.ts'

type Environment = Readonly<Record<string, string | undefined>>

export type ParsedArguments =
  | { readonly kind: 'simulate'; readonly options: SimulateOptions; readonly json: boolean }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly fault: string }

/** What the words after `simulate` ask for. @throws SetupError when a file of codes cannot be read. */
export function parseArguments(
  argv: readonly string[],
  environment: Environment,
  cwd = process.cwd(),
): ParsedArguments {
  let values
  try {
    ;({ values } = parseArgs({ args: [...argv], options: FLAGS, allowPositionals: false }))
  } catch (error) {
    return { kind: 'usage', fault: (error as Error).message }
  }
  if (values.help) return { kind: 'help' }
  const faults: string[] = []
  const whole = (name: keyof typeof WHOLE): number => {
    const { fallback, least, most } = WHOLE[name]
    const given = values[name]
    if (given === undefined) return fallback()
    const number = /^\d{1,10}$/.test(given) ? Number(given) : NaN
    if (!(number >= least && number <= most))
      faults.push(`--${name} is "${given}": it takes a whole number from ${least} to ${most}.`)
    return number
  }
  const share = (name: keyof typeof SHARES): number => {
    const given = values[name]
    const number = given === undefined ? SHARES[name] : /^\d*\.?\d+$/.test(given) ? Number(given) : NaN
    if (!(number >= 0 && number <= 1)) faults.push(`--${name} is "${given}": it takes a share from 0 to 1.`)
    return number
  }
  const options = {
    visitors: whole('visitors'),
    sites: whole('sites'),
    minutes: whole('minutes'),
    speed: whole('speed'),
    seed: whole('seed'),
    concurrency: whole('concurrency'),
    giveUpShare: share('give-up'),
    voucherShare: share('voucher-share'),
    mischief: { loss: share('loss'), duplicates: share('duplicates'), reorder: share('reorder') },
    dataFolder: resolve(cwd, values.data ?? (environment.HOTSPOT_DATA?.trim() || 'var')),
    configFile: resolve(cwd, environment.HOTSPOT_CONFIG?.trim() || 'config/hanoi.json'),
    portalUrl: environment.PORTAL_URL?.trim() || null,
    environment,
  }
  if (faults.length > 0) return { kind: 'usage', fault: faults.join('\n') }
  const vouchers =
    values.vouchers === undefined ? new Map<string, string[]>() : readVouchers(resolve(cwd, values.vouchers))
  return { kind: 'simulate', options: { ...options, vouchers }, json: values.json === true }
}

const WHOLE = {
  visitors: { fallback: () => 200, least: 1, most: 100_000 },
  sites: { fallback: () => 12, least: 1, most: 1000 },
  minutes: { fallback: () => 60, least: 1, most: 10_000 },
  speed: { fallback: () => 60, least: 1, most: 3600 },
  // A fresh one each time: the same devices again would meet the daily quotas they used up.
  seed: { fallback: () => randomInt(2 ** 32), least: 0, most: 2 ** 32 - 1 },
  concurrency: { fallback: () => 64, least: 1, most: 1000 },
} as const

const SHARES = { 'give-up': 0.08, 'voucher-share': 0.3, loss: 0, duplicates: 0.02, reorder: 0.02 } as const

const text = { type: 'string' } as const
const FLAGS = {
  visitors: text,
  sites: text,
  minutes: text,
  speed: text,
  seed: text,
  concurrency: text,
  'give-up': text,
  'voucher-share': text,
  vouchers: text,
  loss: text,
  duplicates: text,
  reorder: text,
  data: text,
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const
