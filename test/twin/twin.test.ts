import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { runHotspot } from '../support/platform.ts'

interface Report {
  readonly visits: number
  readonly failures: readonly string[]
  readonly rows: readonly { readonly figure: string; readonly holds: boolean; readonly note: string }[]
}

test('a week of a city is told as it was: totals, devices, outages, effects', async (t) => {
  const pictures = mkdtempSync(join(tmpdir(), 'hotspot-twin-pictures-'))
  t.teardown(() => rmSync(pictures, { recursive: true, force: true }))
  const words = `simulate --twin --days 7 --visits 50 --places 4 --json --pictures ${pictures}`
  const { code, stdout, stderr } = await runHotspot(words.split(' '), {})
  if (stdout === '') return t.fail(stderr)
  const report = JSON.parse(stdout) as Report
  t.same(report.failures, [], 'nobody met an error')
  t.ok(report.visits > 250, `${report.visits} visits`)
  t.equal(report.rows.length, 15)
  for (const { figure, holds, note } of report.rows) t.ok(holds, `${figure}: ${note}`)
  t.equal(code, 0)
  for (const name of ['twin-visitors', 'twin-outages', 'twin-bias'])
    t.match(readFileSync(join(pictures, `${name}.svg`), 'utf8'), /^<svg .*<\/svg>\n$/s)
})
