import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { newVisitId } from '../../core/store/visits.ts'
import { cutStencil, fill, fillGzip } from '../../portal/stencil.ts'

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
      t.equal(Buffer.concat(fill(stencils, other)).toString(), wanted)
      const file = fillGzip(stencils, other)
      all++
      if (file === null) return
      packed++
      t.equal(gunzipSync(Buffer.concat(file)).toString(), wanted)
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
  t.equal(fillGzip([stencil], other), null)
  t.equal(Buffer.concat(fill([stencil], other)).toString(), text.replace(standIn, other))
})

t.test('pages of different visits share their first octets and nothing that names a visit', async (t) => {
  const standIn = newVisitId()
  const stencil = cutStencil(`${'constant '.repeat(100)}<a href="?v=${standIn}">`, standIn)
  const [one, two] = [newVisitId(), newVisitId()].map((each) => fill([stencil], each))
  t.equal(one![0], two![0])
  t.not(one![1]!.buffer === two![1]!.buffer && one![1]!.byteOffset === two![1]!.byteOffset, true)
  t.notMatch(one![0]!.toString(), standIn)
})
