import { create } from 'qrcode'
import { test } from 'tap'
import { qrCode } from '../../../portal/views/qr.ts'

const URL_OF_PASS = 'http://wifi.hanoi.example/p/p1.b7Yt3kQb7Yt3kQb7.tsvt2c.b7Yt3kQb7Yt3kQb7Yt3kQa'
const QUIET = 4

/** Which modules the drawing makes black, row by row. */
function drawn(svg: string): boolean[][] {
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1])
  const rows = Array.from({ length: side }, () => Array<boolean>(side).fill(false))
  const black = svg.slice(svg.indexOf('</path>') + 1).split('<path d="')[1] ?? ''
  for (const [, x, y, width] of black.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    rows[Number(y)]!.fill(true, Number(x), Number(x) + Number(width))
  return rows
}

test('the drawing is the code, module by module, with the white around it that scanners need', (t) => {
  const { size, data } = create(URL_OF_PASS, { errorCorrectionLevel: 'M' }).modules
  const rows = drawn(qrCode(URL_OF_PASS, 'a pass'))
  t.equal(rows.length, size + 2 * QUIET)
  const wrong = rows.flatMap((row, y) =>
    row.flatMap((isBlack, x) => {
      const [column, line] = [x - QUIET, y - QUIET]
      const inside = column >= 0 && line >= 0 && column < size && line < size
      return isBlack === (inside && Boolean(data[line * size + column])) ? [] : [`${x} ${y}`]
    }),
  )
  t.same(wrong, [])
  t.ok(rows.flat().filter(Boolean).length > size, 'and it is not empty')
  t.end()
})

test('it is black on white in either theme, and is read out', (t) => {
  const svg = qrCode(URL_OF_PASS, 'QR code of the pass')
  t.match(svg, /<path fill="#fff" d="M0 0h\d+v\d+H0z"\/>/)
  t.match(svg, 'role="img" aria-label="QR code of the pass"')
  t.notMatch(svg, /currentColor|var\(|style=/)
  t.notMatch(svg, URL_OF_PASS)
  t.end()
})
