/** Languages of the visitors' pages, in the order of the menu: ours, English, then by how many of our guests read them. */
export const LANGUAGES = ['vi', 'en', 'zh-Hans', 'ko', 'zh-Hant', 'ja', 'fr', 'ru'] as const
export type Lang = (typeof LANGUAGES)[number]

/** Text that staff write. A page in a language that it lacks shows the English, and where that is empty the Vietnamese. */
export type LocalText = Readonly<{ vi: string; en: string } & { [L in Lang]?: string | undefined }>
