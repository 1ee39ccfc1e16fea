import { isEligible } from '../../core/domain/campaign.ts'
import { cityDay } from '../../core/domain/day.ts'
import { WEEKDAYS, type OpeningHours } from '../../core/domain/hours.ts'
import { LANGUAGES } from '../../core/domain/language.ts'
import { GREETING_MOST, NEAR_MOST, type OwnPage, type OwnPageState } from '../../core/domain/own-page.ts'
import { metresBetween, type Site } from '../../core/domain/site.ts'
import type { RecordedPage, SitePages } from '../../core/records/own-pages.ts'
import type { Tables } from '../../core/store/tables.ts'
import { isShownNear } from '../own-pages.ts'
import type { Wording } from '../wording.ts'
import { siteHref, type Pill } from './sites.ts'

/** Of items and places each, the nearest. */
const OFFERED = 12

const TONES: Readonly<Record<OwnPageState, Pill['tone']>> = {
  draft: 'none',
  waiting: 'warn',
  live: 'ok',
  rejected: 'bad',
  past: 'none',
}

export interface OwnPageView {
  readonly href: string
  readonly basedOn: number
  readonly live: string
  /** What is being worked on; null where nothing is. */
  readonly work: {
    readonly version: number
    readonly pill: Pill
    readonly lines: readonly string[]
    readonly reason: string | null
  } | null
  readonly mayWrite: boolean
  readonly mayDecide: boolean
  readonly greetings: readonly Greeting[]
  readonly most: number
  readonly nearMost: number
  readonly hours: {
    readonly choice: 'recorded' | 'always' | 'own'
    readonly recorded: string
    readonly days: readonly {
      readonly day: string
      readonly label: string
      readonly from: string
      readonly to: string
    }[]
  }
  readonly near: readonly {
    readonly id: string
    readonly label: string
    readonly note: string
    readonly chosen: boolean
  }[]
  readonly previews: readonly { readonly href: string; readonly code: string; readonly name: string }[]
  readonly preview: string
}

interface Greeting {
  readonly lang: string
  readonly name: string
  readonly text: string
  readonly needed: boolean
}

/** The page of a site as those who run it see it. */
export function ownPageView(
  wording: Wording,
  given: {
    /** As it was recorded. */
    readonly site: Site
    readonly pages: SitePages
    /** What the form shows. */
    readonly page: OwnPage
    readonly tables: Tables
    readonly mayWrite: boolean
    readonly mayDecide: boolean
    readonly now: number
  },
): OwnPageView {
  const { say, format } = wording
  const { site, pages, page, now } = given
  const { live, inWork } = pages
  const href = `${siteHref(site.id)}/page`
  const preview = (lang: string): string => `${href}/preview?in=${lang}`
  return {
    href,
    basedOn: pages.latest,
    live:
      live === null
        ? say('own.live.none')
        : say('own.live', {
            who: live.writtenBy,
            by: live.decidedBy ?? '–',
            time: format.moment(live.decidedAt ?? live.writtenAt, now),
          }),
    work: inWork && workOf(wording, inWork, now),
    mayWrite: given.mayWrite,
    mayDecide: given.mayDecide && inWork?.state === 'waiting',
    greetings: LANGUAGES.map((lang, i) => ({
      lang,
      name: format.languageName(lang),
      text: page.greeting[lang] ?? '',
      needed: i < 2,
    })),
    most: GREETING_MOST,
    nearMost: NEAR_MOST,
    hours: {
      choice: typeof page.hours === 'string' ? page.hours : 'own',
      recorded: hoursText(wording, site.hours),
      days: WEEKDAYS.map((day) => {
        const span =
          typeof page.hours === 'string' ? undefined : page.hours.find(({ days }) => days.includes(day))
        return {
          day,
          label: say(`day.${day}`),
          from: span?.from ?? '',
          to: span?.to.replace('24:00', '00:00') ?? '',
        }
      }),
    },
    near: nearOffered(wording, given),
    previews: LANGUAGES.map((code) => ({ href: preview(code), code, name: format.languageName(code) })),
    preview: preview(wording.lang),
  }
}

function workOf({ say, format }: Wording, page: RecordedPage, now: number): NonNullable<OwnPageView['work']> {
  const line = (what: string, who: string | null, at: number | null): string[] =>
    who === null || at === null ? [] : [say(what, { who, time: format.moment(at, now) })]
  return {
    version: page.version,
    pill: statePill({ say }, page.state),
    lines: [
      ...line('own.written', page.writtenBy, page.writtenAt),
      ...line('own.sent', page.sentBy, page.sentAt),
      ...line('own.refused', page.decidedBy, page.decidedAt),
    ],
    reason: page.reason,
  }
}

/** How far a page has come, as a pill. */
export const statePill = ({ say }: Pick<Wording, 'say'>, state: OwnPageState): Pill => ({
  tone: TONES[state],
  label: say(`own.state.${state}`),
})

/** Hours in words: `Hằng ngày 08:00–22:00`. */
export function hoursText({ say }: Wording, hours: readonly OpeningHours[] | undefined): string {
  if (!hours) return say('own.hours.always')
  return hours
    .map(({ days, from, to }) => {
      const named = days.length === 7 ? say('day.every') : days.map((day) => say(`day.${day}`)).join(', ')
      return `${named} ${from}–${to}`
    })
    .join('; ')
}

/** Items and places near the site, the nearest first, and whatever was chosen before. */
function nearOffered(
  { say, format, lang }: Wording,
  { site, page, tables, now }: { site: Site; page: OwnPage; tables: Tables; now: number },
): OwnPageView['near'] {
  const { sites, campaigns } = tables
  const day = cityDay(now)
  const chosen = new Set(page.near ?? [])
  const items = campaigns
    .filter((item) => {
      const reader = { here: site, lang: item.audience.languages?.[0] ?? 'vi', day }
      return chosen.has(item.id) || isEligible(item, reader, sites)
    })
    .map((item) => ({
      id: item.id,
      label: item.name[lang],
      kind: say('own.near.item'),
      at: sites.get(item.site),
    }))
  const places = [...sites.values()]
    .filter((each) => each.id !== site.id && isShownNear(each))
    .map((each) => ({ id: each.id, label: each.name[lang], kind: say('own.near.place'), at: each }))
  return [items, places].flatMap((all) =>
    all
      .map(({ at, ...each }) => ({ ...each, metres: at ? metresBetween(site, at) : 0 }))
      .sort((a, b) => Number(chosen.has(b.id)) - Number(chosen.has(a.id)) || a.metres - b.metres)
      .slice(0, OFFERED)
      .map(({ id, label, kind, metres }) => ({
        id,
        label,
        note: say('own.near.note', { kind, km: format.number(Math.max(1, Math.round(metres / 1000))) }),
        chosen: chosen.has(id),
      })),
  )
}
