import { CAMPAIGN_CATEGORIES, PICTURES, type Campaign, type Dates } from '../../core/domain/campaign.ts'
import { addDays, cityDay, monthOf } from '../../core/domain/day.ts'
import { LANGUAGES } from '../../core/domain/language.ts'
import { CATEGORIES, type Site } from '../../core/domain/site.ts'
import { ITEM_STEPS, mayStep, type WorkedItem } from '../../core/records/campaign-work.ts'
import { seasonBar } from '../charts/season.ts'
import type { Wording } from '../wording.ts'
import { siteHref, siteName, type Pill } from './sites.ts'

export const ITEM_TEXTS = ['name', 'line', 'text', 'when'] as const
const MOST: Readonly<Record<(typeof ITEM_TEXTS)[number], number>> = {
  name: 80,
  line: 120,
  text: 600,
  when: 80,
}
const TONES: Readonly<Record<WorkedItem['state'], Pill['tone']>> = {
  live: 'ok',
  paused: 'warn',
  draft: 'none',
  waiting: 'none',
  rejected: 'none',
  over: 'none',
}

export const itemHref = (id: string): string => `/promotion/${encodeURIComponent(id)}`

const pillOf = ({ say }: Wording, { state }: WorkedItem): Pill => ({
  tone: TONES[state],
  label: say(`items.state.${state}`),
})
const placeOf = (wording: Wording, sites: ReadonlyMap<string, Site>, id: string): string => {
  const site = sites.get(id)
  return site ? siteName(wording, site) : id
}
const day = (text: string): string =>
  `${Number(text.slice(-2))}/${Number(text.slice(-5, -3))}${text.length > 5 ? `/${text.slice(0, 4)}` : ''}`
const datesOf = ({ say }: Wording, dates: Dates | undefined): string =>
  dates ? say('items.dates.span', { from: day(dates.from), to: day(dates.to) }) : say('items.dates.always')

/** The catalogue: its items, and when each runs. */
export function promotionView(
  wording: Wording,
  items: readonly WorkedItem[],
  { sites, now }: { readonly sites: ReadonlyMap<string, Site>; readonly now: number },
) {
  const { format, lang } = wording
  const from = monthOf(cityDay(now))
  const months = Array.from({ length: 12 }, (_, i) => monthOf(addDays(from, i * 30.5 + 10)))
  const running = items.filter(({ state }) => state === 'live' || state === 'paused')
  return {
    rows: items.map((item) => ({
      href: itemHref(item.id),
      name: item.record.name[lang],
      site: placeOf(wording, sites, item.record.site),
      dates: datesOf(wording, item.record.dates),
      languages: format.number(Object.keys(item.record.name).length),
      weight: format.number(item.record.weight),
      perDay: format.number(item.record.perDay),
      holdOut: format.percent(item.record.holdOut),
      waits: item.proposed !== null,
      pill: pillOf(wording, item),
    })),
    calendar: {
      months: months.map((each) => String(Number(each.slice(5, 7)))),
      rows: running.map(({ id, record }) => ({
        href: itemHref(id),
        name: record.name[lang],
        dates: datesOf(wording, record.dates),
        svg: seasonBar(record.dates, from),
      })),
    },
  }
}

/** The page of one item. */
export function itemView(
  wording: Wording,
  item: WorkedItem,
  {
    sites,
    who,
    mayWrite,
    now,
  }: {
    readonly sites: ReadonlyMap<string, Site>
    readonly who: string
    readonly mayWrite: boolean
    readonly now: number
  },
) {
  const { say, format, lang } = wording
  const record = item.proposed ?? item.record
  const { audience } = record
  const fact = (key: string, value: string, href?: string) => ({ term: say(`items.${key}`), value, href })
  const by = (person: string | null, at: number | null): string =>
    person === null || at === null ? '–' : say('notices.by', { person, time: format.moment(at, now) })
  const list = (ids: readonly string[] | undefined, name: (id: string) => string) =>
    ids?.map(name).join(', ') ?? say('items.audience.all')
  const isHis = item.writtenBy === who
  return {
    id: item.id,
    href: itemHref(item.id),
    name: record.name[lang],
    pill: pillOf(wording, item),
    version: item.version,
    waits:
      item.proposed === null
        ? null
        : say(isHis && mayWrite ? 'items.waits.own' : 'items.waits', {
            by: by(item.writtenBy, item.writtenAt),
          }),
    facts: [
      fact('site', placeOf(wording, sites, record.site), siteHref(record.site)),
      fact('category', say(`items.category.${record.category}`)),
      fact('dates', datesOf(wording, record.dates)),
      fact(
        'audience.sites',
        list(audience.sites, (id) => placeOf(wording, sites, id)),
      ),
      fact(
        'audience.categories',
        list(audience.categories, (each) => say(`category.${each}`)),
      ),
      fact('audience.languages', list(audience.languages, format.languageName)),
      ...(audience.withinKilometres === undefined
        ? []
        : [fact('audience.within', say('items.km', { count: String(audience.withinKilometres) }))]),
      fact('perDay', format.number(record.perDay)),
      fact('weight', format.number(record.weight)),
      fact('holdOut', format.percent(record.holdOut)),
      fact('written', by(item.writtenBy, item.writtenAt)),
      fact('decided', by(item.decidedBy, item.decidedAt)),
    ],
    steps: mayWrite
      ? ITEM_STEPS.filter((step) => mayStep(item, step) && !(step === 'approve' && isHis)).map((step) => ({
          step,
          label: say(`items.step.${step}`),
        }))
      : [],
    ofFile: item.origin === 'file',
    languages: LANGUAGES.filter((code) => record.name[code]).map((code) => ({
      code,
      name: format.languageName(code),
      href: `${itemHref(item.id)}/preview?in=${code}`,
    })),
  }
}

/** The form of an item, with what was typed, or with what it says now. */
export function itemForm(
  wording: Wording,
  {
    sites,
    all,
    item,
  }: { readonly sites: readonly Site[]; readonly all: readonly Site[]; readonly item: ItemTyped },
) {
  const { say, format } = wording
  const option = (value: string, label: string, chosen: boolean) => ({ value, label, chosen })
  const { audience } = item
  return {
    ...item,
    categories: CAMPAIGN_CATEGORIES.map((each) =>
      option(each, say(`items.category.${each}`), each === item.category),
    ),
    pictures: PICTURES.map((each) => option(each, say(`items.picture.${each}`), each === item.picture)),
    sites: sites.map((site) => option(site.id, siteName(wording, site), site.id === item.site)),
    audienceSites: all.map((site) =>
      option(site.id, siteName(wording, site), audience.sites.includes(site.id)),
    ),
    audienceCategories: CATEGORIES.map((each) =>
      option(each, say(`category.${each}`), audience.categories.includes(each)),
    ),
    audienceLanguages: LANGUAGES.map((each) =>
      option(each, format.languageName(each), audience.languages.includes(each)),
    ),
    texts: LANGUAGES.map((lang) => ({
      lang,
      name: format.languageName(lang),
      needed: lang === 'vi' || lang === 'en',
      fields: ITEM_TEXTS.map((field) => ({
        field,
        label: say(`items.text.${field}`, { most: MOST[field] }),
        most: MOST[field],
        value: item.texts[field]?.[lang] ?? '',
      })),
    })),
  }
}

/** A form of an item: each field as text. */
export interface ItemTyped {
  readonly id: string
  readonly category: string
  readonly site: string
  readonly picture: string
  readonly from: string
  readonly to: string
  readonly within: string
  readonly perDay: string
  readonly weight: string
  /** Per cent. */
  readonly holdOut: string
  readonly audience: Readonly<Record<'sites' | 'categories' | 'languages', readonly string[]>>
  readonly texts: Readonly<Partial<Record<(typeof ITEM_TEXTS)[number], Readonly<Record<string, string>>>>>
}

export const NEW_ITEM: ItemTyped = {
  id: '',
  category: 'heritage',
  site: '',
  picture: 'tower',
  from: '',
  to: '',
  within: '',
  perDay: '6',
  weight: '1',
  holdOut: '10',
  audience: { sites: [], categories: [], languages: [] },
  texts: {},
}

/** What an item says, as its form has it. */
export const typedOf = (item: Campaign): ItemTyped => ({
  id: item.id,
  category: item.category,
  site: item.site,
  picture: item.picture,
  from: item.dates?.from ?? '',
  to: item.dates?.to ?? '',
  within: item.audience.withinKilometres?.toString() ?? '',
  perDay: String(item.perDay),
  weight: String(item.weight),
  holdOut: String(Number((item.holdOut * 100).toFixed(2))),
  audience: {
    sites: item.audience.sites ?? [],
    categories: item.audience.categories ?? [],
    languages: item.audience.languages ?? [],
  },
  texts: Object.fromEntries(ITEM_TEXTS.map((field) => [field, { ...item[field] }])),
})
