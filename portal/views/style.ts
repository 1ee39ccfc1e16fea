import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** The one style sheet of every page, ready to stand between `<style>` and `</style>`. */
export interface Style {
  readonly css: string
  /** Source expression for `style-src`, quotes included; the same for every page, so pages stay cacheable. */
  readonly hash: string
}

/** Fraunces, cut to Latin and Vietnamese (OFL 1.1, assets/fonts/OFL.txt); headings and figures only. */
const fonts = [
  {
    file: 'fraunces-hn-vietnamese.woff2',
    range: 'U+102-103,U+110-111,U+128-129,U+168-169,U+1A0-1A1,U+1AF-1B0,U+1EA0-1EF9,U+20AB',
  },
  { file: 'fraunces-hn-latin.woff2', range: 'U+0-FF,U+2000-206F' },
] as const

/** In the order in which later rules win over earlier ones. */
const SHEETS = ['tokens', 'frame', 'states', 'near', 'windows'] as const

/** Reads the sheets and writes the font faces after it; a font's address changes with its content. */
export function loadStyle(): Style {
  const faces = fonts.map(({ file, range }) => {
    const version = digest('hex', readFileSync(new URL(`../assets/fonts/${file}`, import.meta.url))).slice(
      0,
      8,
    )
    const source = `url(/assets/fonts/${file}?v=${version}) format("woff2")`
    return `@font-face{font-family:"Fraunces HN";font-weight:540;font-display:swap;src:${source};unicode-range:${range}}`
  })
  const sheets = SHEETS.map((name) => readFileSync(new URL(`./style/${name}.css`, import.meta.url), 'utf8'))
  const css = shorten(sheets.join('\n')) + faces.join('')
  return { css, hash: `'sha256-${digest('base64', css)}'` }
}

const digest = (encoding: 'hex' | 'base64', content: string | Buffer): string =>
  createHash('sha256').update(content).digest(encoding)

/** Drops comments and needless white space; enough for a sheet we wrote, not a general minifier. */
const shorten = (css: string): string =>
  css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replaceAll(';}', '}')
    .trim()
