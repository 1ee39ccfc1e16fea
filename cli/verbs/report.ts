import { writeFile } from 'node:fs/promises'
import { loadAssets } from '../../console/assets.ts'
import { reportFile } from '../../console/report/html.ts'
import { findChromium, printPdf } from '../../console/report/pdf.ts'
import { readReport, reportMonth } from '../../console/report/report.ts'
import { loadWordings } from '../../console/wording.ts'
import { SetupError } from '../../core/process/errors.ts'
import { audit } from '../../core/records/audit.ts'
import { readCity } from '../../core/records/city.ts'
import { oldestWaiting } from '../../core/store/staff.ts'
import { readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE } from '../connected.ts'

/** `./hotspot report`: a month on paper. */
export const report: Command = {
  verb: 'report',
  does: 'print a monthly report of the city or of a site as PDF',
  usage: `
usage: ./hotspot report --month 2026-10 [--site ID] [--lang vi|en] --out FILE.pdf

Without --site it is of the whole city. Counts of fewer than ten devices are withheld. Chromium prints it
(apt-get install chromium); a FILE that ends in .html is written without it.`,
  async run(argv) {
    const { values, positionals } = readArguments(argv, {
      month: { type: 'string' },
      site: { type: 'string' },
      lang: { type: 'string', default: 'vi' },
      out: { type: 'string' },
    })
    const { site: id, lang, out } = values
    const now = Date.now()
    const month = reportMonth(values.month ?? '', now)
    if (month === null) throw new UsageError('--month takes a month that has begun, such as 2026-10')
    if (out === undefined || positionals.length > 0) throw new UsageError('--out takes the file to write')
    if (lang !== 'vi' && lang !== 'en') throw new UsageError('--lang takes vi or en')
    const chromium = findChromium()
    const isHtml = out.endsWith('.html')
    if (!isHtml && chromium === null)
      throw new SetupError(
        'no-chromium',
        'there is no Chromium here (apt-get install chromium); --out FILE.html needs none',
      )
    const html = await connected(async ({ records, keys, store }) => {
      const { sites } = await readCity(records, keys)
      const site = sites.find((each) => each.id === id) ?? null
      if (id !== undefined && site === null) throw new SetupError('no-site', `there is no site "${id}"`)
      const wording = loadWordings()[lang]
      const read = await readReport(records, wording, {
        month,
        site,
        sites: new Map(sites.map((each) => [each.id, each])),
        now,
        waiting: await oldestWaiting(store),
      })
      await audit(records, ON_COMMAND_LINE, 'report.print', id ?? 'city', { month })
      return reportFile(wording, loadAssets(), read)
    })
    await writeFile(out, isHtml || chromium === null ? html : await printPdf(chromium, html))
    return 0
  },
}
