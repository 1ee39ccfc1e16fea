import { SetupError } from '../core/process/errors.ts'
import { parseArguments } from './simulate/arguments.ts'
import { CLEARED_LINE, progressLine } from './simulate/progress.ts'
import { reportJson, reportText } from './simulate/report.ts'
import { simulate, type Progress } from './simulate/simulation.ts'
import { runTwin, twinUsage } from './simulate/twin/command.ts'

export {
  simulate,
  type Progress,
  type SimulateOptions,
  type SimulationReport,
} from './simulate/simulation.ts'

const usage = `Usage: ./hotspot simulate [options]

Plays gateways and visitors against the platform that is running here, over real HTTP and RADIUS on loopback, and
reports in figures that the platform's own have to equal.

  --visitors N        devices that come (200)
  --sites N           the first N live sites whose gateway is in the laboratory, 127.10.0.0/16 (12)
  --minutes N         simulated minutes until the last visitor has left (60)
  --speed N           simulated seconds in a real one (60)
  --seed N            draws the same crowd again; the same devices have the same daily quotas (new each time)
  --give-up SHARE     visitors who read the splash and go away (0.08)
  --vouchers FILE     codes, as \`voucher create --json\` prints them; some visitors type them instead of tapping
  --voucher-share S   visitors who type a code while there is one (0.3)
  --duplicates SHARE  packets and events sent twice (0.02)
  --reorder SHARE     Interim-Updates that arrive after their successor (0.02)
  --loss SHARE        RADIUS datagrams lost on either way (0)
  --concurrency N     visitors who get online at the same moment (64)
  --data FOLDER       data folder of the running platform (HOTSPOT_DATA, or var)
  --json              the report as one JSON object on standard output
  --twin              plays days of a city against a platform of its own instead, and judges its figures

The city file is HOTSPOT_CONFIG, or config/hanoi.json; set PORTAL_URL if the platform was started with one.
Ctrl-C ends every session properly; a second one does not wait.
Exit status: 0 all went well, 1 something failed or it was interrupted, 2 usage.
${twinUsage}`

/** `./hotspot simulate`: the report goes to standard output, all else to standard error. */
export const command = {
  verb: 'simulate',
  does: 'play gateways and visitors against the running platform',
  usage,
  run,
}

async function run(argv: readonly string[]): Promise<number> {
  const interruption = new AbortController()
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(1)
    interruption.abort()
  }
  try {
    if (argv.includes('--twin')) return await runTwin(argv)
    const parsed = parseArguments(argv, process.env)
    if (parsed.kind === 'help') {
      process.stdout.write(usage)
      return 0
    }
    if (parsed.kind === 'usage') {
      process.stderr.write(`hotspot simulate: ${parsed.fault}\n\`./hotspot simulate --help\` explains.\n`)
      return 2
    }
    for (const signal of SIGNALS) process.on(signal, interrupt)
    const report = await simulate({ ...parsed.options, signal: interruption.signal }, showProgress)
    if (process.stderr.isTTY) process.stderr.write(CLEARED_LINE)
    process.stdout.write(`${parsed.json ? reportJson(report) : reportText(report)}\n`)
    const unfinished = report.sessionsStarted - report.sessionsEnded
    return report.interrupted || report.failures.length > 0 || unfinished > 0 ? 1 : 0
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    if (process.stderr.isTTY) process.stderr.write(CLEARED_LINE)
    process.stderr.write(`hotspot simulate: ${error.message}\n`)
    return 1
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt)
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

function showProgress(progress: Progress): void {
  if (process.stderr.isTTY) process.stderr.write(progressLine(progress))
}
