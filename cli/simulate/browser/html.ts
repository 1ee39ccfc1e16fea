/** A form as a browser without script sees it; of several buttons a person presses one. */
export interface Form {
  readonly method: 'GET' | 'POST'
  /** Absolute. */
  readonly action: string
  readonly fields: readonly Field[]
}

export interface Field {
  readonly name: string
  readonly value: string
  /** `hidden`, `text`, `submit` …; of a `<button>` its type. */
  readonly type: string
}

/** All forms of a page, in order; `url` is where the page came from. */
export function forms(html: string, url: string): Form[] {
  return [...visible(html).matchAll(/<form\b([^>]*)>(.*?)<\/form\s*>/gis)].map(([, head, body]) => {
    const given = attributes(head!)
    return {
      method: given.method?.toUpperCase() === 'POST' ? 'POST' : 'GET',
      action: new URL(given.action || url, url).href,
      fields: [...body!.matchAll(/<(input|button|textarea)\b([^>]*)>/gis)].flatMap(([, tag, rest]) => {
        const { name, value = '', type: given, disabled, checked } = attributes(rest!)
        const type = (given ?? (tag!.toLowerCase() === 'button' ? 'submit' : 'text')).toLowerCase()
        const sent = !UNSENT.has(type) && (!TICKED.has(type) || checked !== undefined)
        return name && disabled === undefined && sent ? [{ name, value, type }] : []
      }),
    }
  })
}

const UNSENT = new Set(['button', 'reset', 'image', 'file'])
const TICKED = new Set(['checkbox', 'radio'])

/** Where the page says to go next, and after how many seconds; null when it stays. */
export function metaRefresh(html: string, url: string): Refresh | null {
  for (const [, rest] of visible(html).matchAll(/<meta\b([^>]*)>/gis)) {
    const { 'http-equiv': name, content } = attributes(rest!)
    if (name?.toLowerCase() === 'refresh' && content !== undefined) return parseRefresh(content, url)
  }
  return null
}

export interface Refresh {
  readonly seconds: number
  readonly url: string
}

/** The value of a Refresh header or meta: `3;url=/status`. */
export function parseRefresh(content: string, url: string): Refresh | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(?:[;,]\s*(?:url\s*=\s*)?['"]?([^'"]*)['"]?)?\s*$/i.exec(content)
  if (!match) return null
  return { seconds: Number(match[1]), url: new URL(match[2]?.trim() || url, url).href }
}

/** Absolute targets of the links of a page. */
export const links = (html: string, url: string): string[] =>
  [...visible(html).matchAll(/<a\b([^>]*)>/gis)].flatMap(([, rest]) => {
    const { href } = attributes(rest!)
    return href !== undefined && URL.canParse(href, url) ? [new URL(href, url).href] : []
  })

/** What the page calls itself: its first heading, else its title. */
export function headline(html: string): string {
  const match = /<h1\b[^>]*>(.*?)<\/h1\s*>/is.exec(html) ?? /<title\b[^>]*>(.*?)<\/title\s*>/is.exec(html)
  return decode((match?.[1] ?? '').replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80)
}

/** What is left when comments (WISPr XML hides in one), scripts and styles are taken away. */
const visible = (html: string): string =>
  html.replace(/<!--.*?-->/gs, '').replace(/<(script|style|template)\b.*?<\/\1\s*>/gis, '')

function attributes(text: string): Readonly<Record<string, string | undefined>> {
  const found: Record<string, string> = {}
  for (const [, name, double, single, bare] of text.matchAll(
    /([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g,
  ))
    found[name!.toLowerCase()] ??= decode(double ?? single ?? bare ?? '')
  return found
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

const decode = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, ...found) => {
    const [hex, decimal, name] = found as (string | undefined)[]
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole
    const code = hex !== undefined ? parseInt(hex, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
