// docs/sessions.md has a line for each outcome that reports are counted under: this holds it to that.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'tap'
import ts from 'typescript'

const root = resolve(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'docs/sessions.md'), 'utf8')
const outcomes = [
  ...wordsOf('core/domain/accounting.ts', ['SessionChange', 'Ignored', 'Note']),
  ...wordsOf('core/domain/counters.ts', ['CounterNote']),
  ...wordsOf('core/process/outcome-counts.ts', ['AccountingOutcome']),
]

/** The literals of these types. */
function wordsOf(file: string, types: readonly string[]): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest)
  return source.statements
    .filter(ts.isTypeAliasDeclaration)
    .filter(({ name }) => types.includes(name.text))
    .flatMap(({ type }) => (ts.isUnionTypeNode(type) ? [...type.types] : [type]))
    .flatMap((type) =>
      ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? [type.literal.text] : [],
    )
}

test('every outcome stands in the document', (t) => {
  t.ok(outcomes.length > 20, 'the walk finds the types')
  for (const outcome of outcomes) t.ok(text.includes(`\`${outcome}\``), outcome)
  t.end()
})

test('the document counts nothing under a name that there is not', (t) => {
  const known = new Set<string>(outcomes)
  const rows = text.split('\n').filter((line) => /^\|.*\|.*\|.*\|.*\|$/.test(line))
  for (const row of rows) {
    const counted = row.split('|')[3] ?? ''
    if (counted.includes('dropped:')) continue
    for (const [, word] of counted.matchAll(/`([^`]+)`/g)) t.ok(known.has(word!), word!)
  }
  t.ok(rows.length > 30, 'the walk finds the tables')
  t.end()
})
