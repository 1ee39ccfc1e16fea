// docs/security.md has a line for each requirement of ASVS 5.0.0 up to level 2, and names tests that there are.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'tap'

const root = resolve(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'docs/security.md'), 'utf8')

/** How many requirements each section has, chapter by chapter. */
const SECTIONS = [
  [2, 10, 12, 3, 3],
  [3, 3, 5, 2],
  [1, 3, 5, 8, 8, 1, 5],
  [5, 5, 2, 4],
  [1, 6, 3, 3],
  [3, 12, 8, 6, 8, 4, 2, 4],
  [3, 4, 2, 5, 3, 2],
  [4, 4, 3, 2],
  [3, 4],
  [2, 3, 5, 16, 5, 2, 3],
  [4, 5, 5, 4, 2, 2, 2],
  [5, 2, 5],
  [4, 6, 4, 7],
  [2, 8, 3],
  [5, 5, 7, 4],
  [1, 5, 4, 3, 4],
  [2, 8, 2],
]
/** Those of level 3, as the standard's own table marks them. */
const LEVEL_3 = new Set(
  `1.2.10 1.3.12 1.5.3 2.3.5 2.4.2 3.1.1 3.2.3 3.3.5 3.4.7 3.4.8 3.5.6 3.5.7 3.5.8 3.6.1 3.7.3 3.7.4 3.7.5 4.1.4 4.1.5
  4.2.2 4.2.3 4.2.4 4.2.5 5.2.4 5.2.5 5.2.6 5.3.3 6.3.5 6.3.6 6.3.7 6.3.8 6.4.5 6.4.6 6.5.6 6.5.7 6.5.8 6.6.4 6.7.1
  6.7.2 7.5.3 8.1.3 8.1.4 8.2.4 8.3.2 8.3.3 8.4.2 10.2.3 10.3.5 10.4.12 10.4.13 10.4.14 10.4.15 10.4.16 11.1.3 11.1.4
  11.2.4 11.2.5 11.3.4 11.3.5 11.5.2 11.6.2 11.7.1 11.7.2 12.1.4 12.1.5 12.3.5 13.1.2 13.1.3 13.1.4 13.2.6 13.3.3
  13.3.4 13.4.6 13.4.7 14.2.5 14.2.6 14.2.7 14.2.8 15.1.4 15.1.5 15.2.4 15.2.5 15.4.1 15.4.2 15.4.3 15.4.4 16.5.4
  17.1.2 17.2.5 17.2.6 17.2.7 17.2.8`.split(/\s+/),
)
const all = SECTIONS.flatMap((sections, chapter) =>
  sections.flatMap((count, section) =>
    Array.from({ length: count }, (_, i) => `${chapter + 1}.${section + 1}.${i + 1}`),
  ),
)
const wanted = all.filter((id) => !LEVEL_3.has(id))

interface Row {
  readonly ids: readonly string[]
  readonly verdict: string
  readonly how: string
  readonly tests: readonly string[]
}
const rows: Row[] = text.split('\n').flatMap((line) => {
  const match = /^\| (\d+\.\d+\.\d+)(?:–(\d+\.\d+\.\d+))? \| (\w+) \| (.*) \| (.*) \|$/.exec(line)
  if (!match) return []
  const [, from, to = from, verdict, how, tests] = match
  const ids = all.slice(all.indexOf(from!), all.indexOf(to!) + 1).filter((id) => !LEVEL_3.has(id))
  return [
    { ids, verdict: verdict!, how: how!, tests: [...tests!.matchAll(/`([^`]+)`/g)].map(([, path]) => path!) },
  ]
})

test('each requirement up to level 2 has one line', (t) => {
  t.equal(wanted.length, 253, 'as many as the standard has')
  t.strictSame(
    rows.flatMap(({ ids }) => ids),
    wanted,
  )
  t.end()
})

test('each line has a verdict, and says how or by which test', (t) => {
  for (const { ids, verdict, how, tests } of rows) {
    t.ok(['met', 'partly', 'left', 'none'].includes(verdict), `${ids[0]} ${verdict}`)
    t.ok(how !== '' || tests.length > 0, ids[0]!)
    if (verdict !== 'met') t.not(how, '', ids[0]!)
  }
  t.end()
})

test('the tests that it names are there', (t) => {
  for (const path of rows.flatMap(({ tests }) => tests)) t.ok(existsSync(join(root, 'test', path)), path)
  t.end()
})
