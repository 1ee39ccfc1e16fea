import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { newVisitId } from '../../core/store/visits.ts'
import { Sheets } from '../../portal/sheets.ts'
import { cutStencil, fill, fillGzip } from '../../portal/stencil.ts'

const sheets = new Sheets()

const id = fc.stringMatching(/^[A-Za-z0-9_-]{16}$/)
/** Texts between ids, as markup repeats itself, with letters of one to four octets. */
const between = fc.array(
  fc.constantFrom('<a href="/terms?v=', '">Điều khoản</a>', '湖', '🛕', 'abc', 'A', '\n'),
  {
    maxLength: 40,
  },
)
const pieces = fc.array(fc.array(between, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 })

t.test('whatever the text, a page with an id is that text with that id, plain and compressed', async (t) => {
  let packed = 0
  let all = 0
  fc.assert(
    fc.property(pieces, id, id, (texts, standIn, other) => {
      const stencils = texts.map((text) =>
        cutStencil(text.map((part) => part.join('')).join(standIn), standIn),
      )
      const wanted = texts.map((text) => text.map((part) => part.join('')).join(other)).join('')
      t.equal(fill(stencils, other, sheets).toString(), wanted)
      const file = fillGzip(stencils, other, sheets)
      all++
      if (file === null) return
      packed++
      t.equal(gunzipSync(file).toString(), wanted)
    }),
    { numRuns: 500 },
  )
  t.ok(packed > all / 2, `${packed} of ${all} could be had compressed`)
})

t.test('what compresses by leaning on letters of the id is found out, and not had compressed', async (t) => {
  const standIn = newVisitId()
  const text = `<a href="/terms?v=${standIn}">${'x'.repeat(40)}${standIn.slice(2, 14)}</a>`
  const stencil = cutStencil(text, standIn)
  t.equal(stencil.packed, null)
  const other = newVisitId()
  t.equal(fillGzip([stencil], other, sheets), null)
  t.equal(fill([stencil], other, sheets).toString(), text.replace(standIn, other))
})

t.test(
  'a sheet is not written on before it was given back, and then holds the next page alone',
  async (t) => {
    const standIn = newVisitId()
    const link = `<a href="?v=${standIn}">`
    const [long, short] = [
      cutStencil(`${'constant '.repeat(100)}${link}`, standIn),
      cutStencil(link, standIn),
    ]
    const [one, two, three] = [newVisitId(), newVisitId(), newVisitId()]
    const first = fill([long], one, sheets)
    const second = fill([long], two, sheets)
    t.match(first.toString(), one)
    t.not(first.buffer, second.buffer)
    sheets.giveBack(first)
    const third = fill([short], three, sheets)
    t.equal(third.buffer, first.buffer)
    t.equal(third.toString(), `<a href="?v=${three}">`)
    t.match(second.toString(), two)
    const large = fill([cutStencil(`${'x'.repeat(40_000)}${link}`, standIn)], one, sheets)
    t.equal(large.length, 40_000 + link.length)
    sheets.giveBack(large)
    t.not(sheets.take(40_000).buffer, large.buffer)
  },
)
