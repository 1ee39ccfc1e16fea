import { readFileSync } from 'node:fs'
import { LANGUAGES, type Lang } from '../core/domain/language.ts'
import { remembering } from '../core/domain/lately.ts'
import { type Message, parseMessage, pluralFaults, printMessage, slotsOf } from './views/message-format.ts'

export type { Lang }

export type Params = Readonly<Record<string, string | number>>

/**
 * Every sentence of every available language.
 *
 * Messages are a small part of ICU: `{name}`, `{count, plural, one {# minute} other {# minutes}}` and
 * `<tag>text</tag>`. Numbers are written the way of the language, and each of its plural forms has its case, no others.
 */
export interface Catalogues {
  readonly languages: readonly Lang[]
  readonly keys: readonly string[]
  /** Plain text, tags dropped. Throws on an unknown key or a missing param. */
  readonly translate: (lang: Lang, key: string, params?: Params) => string
  /** The same, in the hands of `wrap`: called for text with no tag, and for each tag around its text. */
  readonly render: (
    lang: Lang,
    key: string,
    params: Params,
    wrap: (text: string, tag?: string) => string,
  ) => string
}

/**
 * Reads `*.json` of a folder; a language is available when its file is there. Throws, naming file and key, unless all hold
 * the same keys, params and tags, and each the plural forms of its language.
 */
export function loadMessages(folder = new URL('./locales/', import.meta.url)): Catalogues {
  const sources = new Map<Lang, Readonly<Record<string, string>>>()
  for (const lang of LANGUAGES) {
    const source = readCatalogue(new URL(`${lang}.json`, folder))
    if (source) sources.set(lang, source)
  }
  return buildCatalogues(sources)
}

/** Catalogues from messages at hand, held to the same rules; `vi` must be among them. */
export function buildCatalogues(sources: ReadonlyMap<Lang, Readonly<Record<string, string>>>): Catalogues {
  const reference = sources.get('vi')
  if (!reference) throw new Error('locales/vi.json is missing: every message is written there first')
  const keys = Object.keys(reference)
  const parsed = new Map<Lang, ReadonlyMap<string, Message>>()
  const faults: string[] = []
  for (const [lang, source] of sources) {
    const messages = new Map<string, Message>()
    for (const key of keys) if (!(key in source)) faults.push(`${lang}.json lacks "${key}"`)
    for (const [key, text] of Object.entries(source)) {
      if (!Object.hasOwn(reference, key)) faults.push(`${lang}.json has "${key}", which vi.json lacks`)
      else if (slotsOf(text) !== slotsOf(reference[key] ?? ''))
        faults.push(`${lang}.json "${key}": other params or tags`)
      const message = parseMessage(text, `${lang}.json "${key}"`)
      faults.push(...pluralFaults(message, lang).map((fault) => `${lang}.json "${key}": ${fault}`))
      messages.set(key, message)
    }
    parsed.set(lang, messages)
  }
  if (faults.length > 0) throw new Error(`portal/locales: ${faults.join('; ')}`)

  const render: Catalogues['render'] = (lang, key, params, wrap) => {
    const message = parsed.get(lang)?.get(key)
    if (!message) throw new Error(`no message "${key}" in ${lang}`)
    return printMessage(message, { lang, key, params, wrap })
  }
  return {
    languages: LANGUAGES.filter((lang) => sources.has(lang)),
    keys,
    render,
    translate: (lang, key, params = {}) => render(lang, key, params, (text) => text),
  }
}

/** The page's language: the URL, then Accept-Language by weight, then Vietnamese. Any garbage is survived. */
export function chooseLanguage(asked: {
  query?: unknown
  acceptLanguage?: string | undefined
  available: readonly Lang[]
}): Lang {
  const fromQuery = typeof asked.query === 'string' ? matchLanguage(asked.query, asked.available) : undefined
  if (fromQuery) return fromQuery
  for (const range of rangesByWeight(asked.acceptLanguage ?? '')) {
    const lang = matchLanguage(range, asked.available)
    if (lang) return lang
  }
  return 'vi'
}

/** The language a browser asks for first, whether or not we speak it: `ko`, `zh-Hant`; `und` when it names none. */
export function firstLanguage(acceptLanguage: string | undefined): string {
  for (const range of rangesByWeight(acceptLanguage ?? '')) {
    const wanted = likelyScript(range)
    if (!wanted) continue
    // Made-up subtags would give a report as many rows as somebody likes.
    if (nameOf(wanted.language) === wanted.language) return 'other'
    return wanted.language === 'zh' ? `zh-${wanted.script ?? 'Hans'}` : wanted.language
  }
  return 'und'
}

const languageNames = new Intl.DisplayNames(['en'], { type: 'language' })
const nameOf = remembering(8, (language) => languageNames.of(language))

// Real headers stay under 150 characters; a longer one is somebody's experiment and is read up to here.
const longestHeader = 400

/** Remembered: a crowd's phones ask in few ways, and each arrival asks twice. */
const rangesByWeight = remembering(longestHeader, (header): readonly string[] => {
  const weighted = header
    .slice(0, longestHeader)
    .split(',')
    .map((part) => {
      const [range = '', ...options] = part.split(';').map((piece) => piece.trim())
      const q = options.find((option) => /^q=/i.test(option))
      return { range, weight: q === undefined ? 1 : Number(q.slice(2)) }
    })
    .filter(({ weight }) => weight > 0 && weight <= 1) // RFC 9110 §12.4.2: q=0 is "not acceptable"
  return weighted.sort((a, b) => b.weight - a.weight).map(({ range }) => range)
})

/** Same language and script first (zh-TW is zh-Hant), then the language alone. */
function matchLanguage(range: string, available: readonly Lang[]): Lang | undefined {
  const same = available.find((lang) => lang === range)
  if (same) return same
  const wanted = likelyScript(range)
  if (!wanted) return undefined
  const close = available.filter((lang) => lang.split('-')[0] === wanted.language)
  return close.find((lang) => likelyScript(lang)?.script === wanted.script) ?? close[0]
}

/** Remembered, since the engine takes longer for a tag than for a page. Longer ones than this pattern takes are refused. */
const likelyScript = remembering(30, (tag) => {
  if (!/^[a-z]{2,3}([-_][a-z0-9]{2,8}){0,3}$/i.test(tag)) return undefined
  try {
    const { language, script } = new Intl.Locale(tag.replaceAll('_', '-')).maximize()
    return { language, script }
  } catch {
    return undefined // well formed to the pattern, not to BCP 47
  }
})

function readCatalogue(file: URL): Readonly<Record<string, string>> | undefined {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw cause
  }
  const parsed: unknown = JSON.parse(content)
  const flat = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []
  if (flat.length === 0 || flat.some(([, text]) => typeof text !== 'string' || text.trim() === '')) {
    throw new Error(`${file.pathname}: expected one flat object of non-empty strings`)
  }
  return Object.fromEntries(flat)
}
