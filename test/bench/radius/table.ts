import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Machine } from './machine.ts'
import type { Row } from './rows.ts'

const DOCS = resolve(import.meta.dirname, '../../../docs/performance.md')
const BEGIN = '<!-- radius: written by the bench -->'
const END = '<!-- /radius -->'

/** What made a table. */
export interface Origin {
  readonly command: string
  readonly date: string
  readonly machine: Machine
  /** Thread counts that FreeRADIUS was best with, by kind of work. */
  readonly threads: Readonly<Record<string, number>>
}

const HEADINGS = ['bench', 'figure', 'ours', 'peer', 'ratio: median (range)', 'target', ''] as const

/** The table for a terminal. */
export function plainTable(rows: readonly Row[]): string {
  const lines = [[...HEADINGS], ...rows.map(cells)]
  const widths = HEADINGS.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)))
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Puts the table and what made it between its markers in docs/performance.md. */
export function writeDocs(rows: readonly Row[], origin: Origin): void {
  const text = readFileSync(DOCS, 'utf8')
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`${DOCS} has lost its markers ${BEGIN} and ${END}`)
  const made = `${BEGIN}\n${originText(origin)}\n\n${markdownTable(rows)}\n`
  writeFileSync(DOCS, text.slice(0, begin) + made + text.slice(end))
}

const markdownTable = (rows: readonly Row[]): string =>
  [[...HEADINGS], HEADINGS.map(() => '---'), ...rows.map(cells)]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n')

function originText({ command, date, machine, threads }: Origin): string {
  const { processor, cores, memoryGb, kernel, node, redis, freeradius } = machine
  const best = Object.entries(threads).map(([name, count]) => `${name} ${count}`)
  return [
    `\`${command}\` on ${date}.`,
    `${processor}, ${cores} cores, ${memoryGb} GB; Linux ${kernel}; Node ${node}; Redis ${redis}; FreeRADIUS ${freeradius ?? 'left out'}.`,
    ...(best.length > 0 ? [`FreeRADIUS’s best thread counts: ${best.join(', ')}.`] : []),
  ].join('\n')
}

const cells = ({ bench, figure, ours, peer, ratio, target, met }: Row): string[] => [
  bench,
  figure,
  ours,
  peer,
  ratio,
  target,
  met === null ? '' : met ? 'met' : 'missed',
]
