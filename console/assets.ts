import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Files that pages load, under names that change with their content, so that a browser keeps them for good. */
export interface Assets {
  /** Address of the style sheet. */
  readonly styleUrl: string
  /** Address of the script that keeps counts up to date. */
  readonly liveUrl: string
  /** By name as in the address. */
  readonly files: ReadonlyMap<string, Asset>
}

export interface Asset {
  readonly type: string
  readonly body: Buffer
}

/** Fraunces, cut to Latin and Vietnamese (OFL 1.1, assets/fonts/OFL.txt); headings and figures only. */
const FONTS = [
  {
    file: 'fraunces-hn-vietnamese.woff2',
    range: 'U+102-103,U+110-111,U+128-129,U+168-169,U+1A0-1A1,U+1AF-1B0,U+1EA0-1EF9,U+20AB',
  },
  { file: 'fraunces-hn-latin.woff2', range: 'U+0-FF,U+2000-206F' },
] as const

/** The sheets of `views/style`, in the order that they are read: later ones rule. */
const STYLE = [
  'tokens',
  'frame',
  'top',
  'figures',
  'charts',
  'marks',
  'map',
  'tables',
  'door',
  'forms',
  'work',
  'public',
  'report',
  'narrow',
] as const

export function loadAssets(): Assets {
  const files = new Map<string, Asset>()
  const add = (file: string, type: string, body: Buffer): string => {
    const name = hashed(file, body)
    files.set(name, { type, body })
    return `/assets/${name}`
  }
  const faces = FONTS.map(({ file, range }) => {
    const body = readFileSync(new URL(`./assets/fonts/${file}`, import.meta.url))
    const url = add(file, 'font/woff2', body)
    // Where the portal's pages, of which the console shows previews, look for it.
    files.set(`fonts/${file}`, { type: 'font/woff2', body })
    return `@font-face{font-family:"Fraunces HN";font-weight:540;font-display:swap;src:url(${url}) format("woff2");unicode-range:${range}}`
  })
  const sheets = STYLE.map((name) =>
    readFileSync(new URL(`./views/style/${name}.css`, import.meta.url), 'utf8'),
  )
  const styleUrl = add(
    'console.css',
    'text/css; charset=utf-8',
    Buffer.from([...sheets, ...faces].join('\n')),
  )
  const script = readFileSync(new URL('./assets/live.js', import.meta.url))
  const liveUrl = add('live.js', 'text/javascript; charset=utf-8', script)
  return { styleUrl, liveUrl, files }
}

function hashed(file: string, body: Buffer): string {
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 12)
  return file.replace(/\.(?=[^.]+$)/, `-${digest}.`)
}
