import fc from 'fast-check'
import t from 'tap'
import { csvField, csvLine, csvText } from '../../../core/domain/csv.ts'
import { readCsv } from '../../support/csv.ts'

t.test('whatever text a field holds, it is read as it was written', async (t) => {
  const field = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '"', ',', '\r\n', 'a"b', '1,5'))
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 5 })
  const holds = (): void =>
    fc.assert(
      fc.property(table, (rows) => {
        const text = rows.map((row) => csvLine(row.map(csvField))).join('')
        return JSON.stringify(readCsv(text)) === JSON.stringify(rows)
      }),
      { seed: 20261122, numRuns: 500 },
    )
  t.doesNotThrow(holds)
})

t.test('no text is a formula to a spreadsheet', async (t) => {
  const formulas = [
    '=1+1',
    '+1',
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '＝1',
    '＠x',
    '=HYPERLINK("http://x","y")',
  ]
  for (const text of formulas) t.match(readCsv(csvLine([csvText(text), 'x']))[0]![0], /^'/, text)
  t.equal(csvText('Hồ Hoàn Kiếm'), 'Hồ Hoàn Kiếm')
  t.equal(csvText('a=b'), 'a=b')
  t.equal(csvLine(['a', csvText('b, "c"')]), 'a,"b, ""c"""\r\n')
})
