import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Machine } from '../radius/machine.ts'
import type { Row } from './rows.ts'

const DOCS = resolve(import.meta.dirname, '../../../docs/performance.md')
const BEGIN = '<!-- portal: written by the bench -->'
const END = '<!-- /portal -->'
const HEADINGS = ['bench', 'figure', 'ours', 'Fastify', 'ratio: median (range)', 'target', ''] as const

/** The table as Markdown, which a terminal shows well enough. */
export const tableOf = (rows: readonly Row[]): string =>
  [[...HEADINGS], HEADINGS.map(() => '---'), ...rows.map(cells)]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n')

/** Puts the table and what made it between its markers in docs/performance.md. */
export function writeDocs(rows: readonly Row[], command: string, machine: Machine): void {
  const text = readFileSync(DOCS, 'utf8')
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`${DOCS} has lost its markers ${BEGIN} and ${END}`)
  const { processor, cores, memoryGb, kernel, node, redis } = machine
  const date = new Date().toISOString().slice(0, 10)
  const made = `\`${command}\` on ${date}.\n${processor}, ${cores} cores, ${memoryGb} GB; Linux ${kernel}; Node ${node}; Redis ${redis}.`
  writeFileSync(DOCS, `${text.slice(0, begin)}${BEGIN}\n${made}\n\n${tableOf(rows)}\n${text.slice(end)}`)
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
