import { readFileSync } from 'node:fs'

/** Languages that staff read, Vietnamese first. */
export const LANGS = ['vi', 'en'] as const
export type Lang = (typeof LANGS)[number]

export type Params = Readonly<Record<string, string | number>>

/** Every sentence of the console; `{name}` in a sentence is filled from `params`. */
export interface Messages {
  readonly keys: readonly string[]
  /** Plain text. @throws on an unknown key or a missing param: a page never shows a bare key. */
  say(lang: Lang, key: string, params?: Params): string
  has(key: string): boolean
}

/** Reads both catalogues. @throws naming what differs, unless they hold the same keys and params. */
export function loadMessages(folder = new URL('./locales/', import.meta.url)): Messages {
  const [vi, en] = LANGS.map((lang) => readCatalogue(new URL(`${lang}.json`, folder))) as [
    Catalogue,
    Catalogue,
  ]
  const faults = [...new Set([...vi.keys(), ...en.keys()])].filter(
    (key) => slots(vi.get(key)) !== slots(en.get(key)),
  )
  if (faults.length > 0) throw new Error(`console/locales: vi and en differ in ${faults.join(', ')}`)
  const catalogues = { vi, en }
  return {
    keys: [...vi.keys()],
    has: (key) => vi.has(key),
    say(lang, key, params = {}) {
      const text = catalogues[lang].get(key)
      if (text === undefined) throw new Error(`no message "${key}" in ${lang}`)
      return text.replace(SLOT, (_, name: string) => {
        const value = params[name]
        if (value === undefined) throw new Error(`message "${key}" needs {${name}}`)
        return String(value)
      })
    },
  }
}

/** The page's language: `?lang=`, then the cookie, then Accept-Language by weight, then Vietnamese. */
export function chooseLang(asked: {
  readonly query: unknown
  readonly cookie: string | undefined
  readonly acceptLanguage: string | undefined
}): Lang {
  return isLang(asked.query)
    ? asked.query
    : isLang(asked.cookie)
      ? asked.cookie
      : (accepted(asked.acceptLanguage ?? '') ?? 'vi')
}

export const isLang = (value: unknown): value is Lang => LANGS.includes(value as Lang)

/** Longer headers are somebody's experiment and are read up to here. */
const LONGEST_HEADER = 400

function accepted(header: string): Lang | undefined {
  return header
    .slice(0, LONGEST_HEADER)
    .split(',')
    .map((part) => {
      const [range = '', ...options] = part.split(';').map((piece) => piece.trim().toLowerCase())
      const weight = options.find((option) => option.startsWith('q='))
      return { lang: range.split('-')[0], weight: weight === undefined ? 1 : Number(weight.slice(2)) }
    })
    .filter(({ weight }) => weight > 0 && weight <= 1) // RFC 9110 §12.4.2: q=0 is "not acceptable"
    .sort((a, b) => b.weight - a.weight)
    .map(({ lang }) => lang)
    .find(isLang)
}

type Catalogue = ReadonlyMap<string, string>

const SLOT = /\{(\w+)\}/g

const slots = (text: string | undefined): string | null =>
  text === undefined
    ? null
    : [...text.matchAll(SLOT)]
        .map((match) => match[1])
        .sort()
        .join()

function readCatalogue(file: URL): Catalogue {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []
  if (entries.some(([, text]) => typeof text !== 'string' || text.trim() === ''))
    throw new Error(`${file.pathname}: one flat object of sentences is wanted`)
  return new Map(entries as [string, string][])
}
