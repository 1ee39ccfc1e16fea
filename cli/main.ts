import { SetupError } from '../core/process/errors.ts'
import type { Command } from './command.ts'
import { campaign } from './verbs/campaign.ts'
import { check } from './verbs/check.ts'
import { figures } from './verbs/figures.ts'
import { nas } from './verbs/nas.ts'
import { notice } from './verbs/notice.ts'
import { pass } from './verbs/pass.ts'
import { person } from './verbs/person.ts'
import { report } from './verbs/report.ts'
import { run } from './verbs/run.ts'
import { session } from './verbs/session.ts'
import { simulateVerb } from './verbs/simulate.ts'
import { site } from './verbs/site.ts'
import { voucher } from './verbs/voucher.ts'
import { UsageError } from './command.ts'

const COMMANDS: readonly Command[] = [
  run,
  check,
  site,
  nas,
  voucher,
  pass,
  session,
  figures,
  notice,
  person,
  campaign,
  report,
  simulateVerb,
]

/** Runs `./hotspot VERB …`: 0 done, 1 refused or failed, 2 a wrong use of it. */
export async function main(argv: readonly string[]): Promise<number> {
  const [verb, ...rest] = argv
  if (verb === undefined || verb === '--help' || verb === '-h' || verb === 'help') {
    process.stdout.write(overview())
    return verb === undefined ? 2 : 0
  }
  const command = COMMANDS.find((each) => each.verb === verb)
  if (!command) {
    process.stderr.write(`hotspot: there is no verb "${verb}"; ./hotspot --help lists them\n`)
    return 2
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${command.usage.trim()}\n`)
    return 0
  }
  try {
    return await command.run(rest)
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`hotspot ${verb}: ${error.message}\n${command.usage.trim()}\n`)
      return 2
    }
    process.stderr.write(
      `hotspot ${verb}: ${error instanceof SetupError ? error.message : ((error as Error).stack ?? String(error))}\n`,
    )
    return 1
  }
}

const overview = (): string =>
  [
    'Free public WiFi for a city: captive portal, RADIUS server, sessions, reach.',
    '',
    'usage: ./hotspot VERB …      ./hotspot VERB --help explains one',
    '',
    ...COMMANDS.map(({ verb, does }) => `  ${verb.padEnd(10)} ${does}`),
    '',
  ].join('\n')
