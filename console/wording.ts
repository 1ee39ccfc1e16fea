import { LANGS, loadMessages, type Lang, type Messages, type Params } from './messages.ts'
import { formatFor, type Format } from './views/format.ts'

/** What a page needs to speak one language. */
export interface Wording {
  readonly lang: Lang
  readonly format: Format
  say(key: string, params?: Params): string
  /** True when there is such a sentence: keys made of what machines report may be unknown. */
  knows(key: string): boolean
}

export { LANGS, type Lang }

export function loadWordings(messages: Messages = loadMessages()): Readonly<Record<Lang, Wording>> {
  const wording = (lang: Lang): Wording => ({
    lang,
    format: formatFor(lang, messages),
    say: (key, params) => messages.say(lang, key, params),
    knows: (key) => messages.has(key),
  })
  return { vi: wording('vi'), en: wording('en') }
}
