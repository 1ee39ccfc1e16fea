import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'
import type { Assets } from '../assets.ts'
import { icons } from '../views/icons.ts'
import type { Wording } from '../wording.ts'
import type { Report } from './report.ts'

let eta: Eta | undefined

/** A report as one file that needs nothing beside itself, to be printed. */
export function reportFile(wording: Wording, assets: Assets, page: Report): string {
  eta ??= new Eta({
    views: fileURLToPath(new URL('../views/', import.meta.url)),
    cache: true,
    rmWhitespace: true,
  })
  const name = assets.styleUrl.replace('/assets/', '')
  const css = assets.files
    .get(name)!
    .body.toString()
    .replace(/url\(\/assets\/([^)]+)\)/g, (_, font: string) => {
      const { type, body } = assets.files.get(font)!
      return `url(data:${type};base64,${body.toString('base64')})`
    })
  return eta.render('./report-file', {
    title: `${page.title} – ${page.month}`,
    lang: wording.lang,
    say: wording.say,
    icons,
    css,
    page,
  })
}
