import type { Quantiles } from './latency.ts'
import type { SimulationReport } from './simulation.ts'

/** The report as one JSON value: octets are numbers, exact, and text only past 2⁵³. */
export const reportJson = (report: SimulationReport): string =>
  JSON.stringify(report, (_key, value: unknown) => {
    if (typeof value !== 'bigint') return value
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value)
  })

/** The report for a person. */
export function reportText(report: SimulationReport): string {
  const { disconnects: asked } = report
  const figures: readonly (readonly [string, string])[] = [
    ['arrivals', count(report.arrivals)],
    ['splash views', `${count(report.splashViews)}, ${count(report.gaveUp)} gave up there`],
    ['taps', `${count(report.taps)}, ${count(report.codes)} with a code`],
    ['accepts, rejects', `${count(report.accepts)}, ${count(report.rejects)}${named(report.rejections)}`],
    ['sessions started, ended', `${count(report.sessionsStarted)}, ${count(report.sessionsEnded)}`],
    ['ended by', listed(report.causes)],
    ['interim updates', count(report.interims)],
    ['octets from visitors', count(report.fromVisitorOctets)],
    ['octets to visitors', count(report.toVisitorOctets)],
    ['unique devices', count(report.uniqueDevices)],
    ['languages', listed(report.languages)],
    ['devices', listed(report.devices)],
    ['splash', `${quantiles(report.splashMilliseconds, 'ms')}; ${quantiles(report.splashOctets, 'octets')}`],
    ['RADIUS', quantiles(report.radiusMilliseconds, 'ms')],
    [
      'on the wire',
      `${count(report.retransmissions)} retransmitted, ${count(report.duplicates)} sent twice, ${count(report.reordered)} out of order`,
    ],
    ['asked to disconnect', `${count(asked.ack)} done, ${count(asked.nak)} refused`],
  ]
  const took = `${report.minutes} minutes at speed ${report.speed} took ${report.realSeconds} s`
  return [
    `${report.interrupted ? 'Interrupted. ' : ''}${count(report.visitors)} visitors, ${took}, seed ${report.seed}`,
    '',
    ...figures.map(([name, value]) => `  ${name.padEnd(24)}${value}`),
    '',
    ...siteTable(report),
    '',
    ...failureLines(report),
  ].join('\n')
}

function siteTable({ sites }: SimulationReport): string[] {
  const rows = [
    ['site', 'gateway', 'sessions', 'devices', 'octets from visitors', 'octets to visitors'],
    ...sites.map((each) => [
      each.site,
      each.gateway,
      count(each.sessions),
      count(each.uniqueDevices),
      count(each.fromVisitorOctets),
      count(each.toVisitorOctets),
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) => {
    const cells = row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
    return `  ${cells.join('  ')}`.trimEnd()
  })
}

function failureLines({ failures }: SimulationReport): string[] {
  if (failures.length === 0) return ['  no failures']
  return [
    '  failures',
    ...failures.map((each) => `  ${count(each.count).padStart(7)}  ${each.reason} (first at ${each.site})`),
  ]
}

/** `1,234,567`: the same on every machine. */
const count = (number: number | bigint): string => number.toString().replace(/\B(?=(?:\d{3})+$)/g, ',')

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, number]) => `${name} ${count(number)}`)
    .join(', ') || 'none'

const named = (counts: Readonly<Record<string, number>>): string =>
  Object.keys(counts).length === 0 ? '' : ` (${listed(counts)})`

const quantiles = ({ count: number, p50, p95 }: Quantiles, unit: string): string =>
  p50 === null || p95 === null
    ? `nothing measured`
    : `p50 ${p50} ${unit}, p95 ${p95} ${unit} of ${count(number)}`
