import { LANGUAGES, type LocalText } from '../../core/domain/language.ts'
import { LIFTS } from '../../core/domain/limits.ts'
import {
  BODY_MOST,
  needsTwoPeople,
  NOTICE_KINDS,
  noticeState,
  TITLE_MOST,
  type NoticeKind,
  type NoticePlaces,
} from '../../core/domain/notice.ts'
import { CATEGORIES, type Site } from '../../core/domain/site.ts'
import type { LatestNotice } from '../../core/records/lists.ts'
import type { Wording } from '../wording.ts'
import { siteName, type Pill } from './sites.ts'

/** A form as it was sent. */
export interface TypedNotice {
  readonly kind: string
  readonly where: string
  readonly category: string
  readonly ward: string
  readonly sites: readonly string[]
  readonly from: string
  readonly until: string
  readonly lifts: readonly string[]
  readonly title: LocalText
  readonly body: LocalText
}

interface NoticeCard {
  readonly id: string
  readonly pill: Pill
  readonly title: string
  readonly facts: readonly { readonly term: string; readonly text: string }[]
  /** As visitors read it, in each language that it has. */
  readonly texts: readonly {
    readonly lang: string
    readonly name: string
    readonly title: string
    readonly body: string
  }[]
  readonly steps: readonly { readonly step: 'approve' | 'end'; readonly label: string }[]
  /** Why it cannot be approved by who looks, or null. */
  readonly waits: string | null
}

const TONES: Readonly<Record<NoticeKind, Pill['tone']>> = {
  evacuate: 'bad',
  warning: 'bad',
  info: 'warn',
  maintenance: 'none',
}

/** Notices as cards: those that wait for a step or hold first, then those that are over. */
export function noticesView(
  wording: Wording,
  notices: readonly LatestNotice[],
  {
    now,
    who,
    sites,
    mayChange,
  }: {
    readonly now: number
    readonly who: string
    readonly sites: ReadonlyMap<string, Site>
    readonly mayChange: (places: NoticePlaces) => boolean
  },
): { readonly open: readonly NoticeCard[]; readonly over: readonly NoticeCard[] } {
  const { say, format, lang } = wording
  const card = (each: LatestNotice): NoticeCard => {
    const { id, notice, draftedBy, draftedAt, approvedBy, approvedAt, endedBy, endedAt } = each
    const state = noticeState({ ...notice, approvedAt, endedAt }, now)
    const isAlone = needsTwoPeople(notice) && draftedBy === who
    const steps = [
      { step: 'approve', label: say('notices.approve') },
      { step: 'end', label: say('notices.end') },
    ] as const
    const by = (person: string, at: number): string =>
      say('notices.by', { person, time: format.moment(at, now) })
    const fact = (term: string, text: string | null) => (text === null ? [] : [{ term: say(term), text }])
    return {
      id,
      pill: {
        tone: state === 'over' || state === 'draft' ? 'none' : TONES[notice.kind],
        label: say(`notices.state.${state}`),
      },
      title: `${say(`notices.kind.${notice.kind}`)}: ${notice.title[lang]}`,
      facts: [
        ...fact('notices.where', placesIn(wording, notice.places, sites)),
        ...fact('notices.from', format.moment(notice.from, now)),
        ...fact(
          'notices.until',
          notice.until === null ? say('notices.until.ended') : format.moment(notice.until, now),
        ),
        ...fact(
          'notices.lifts',
          notice.lifts.length === 0
            ? null
            : notice.lifts.map((lift) => say(`notices.lift.${lift}`)).join(', '),
        ),
        ...fact('notices.drafted-by', by(draftedBy, draftedAt)),
        ...fact(
          'notices.approved-by',
          approvedBy === null || approvedAt === null ? null : by(approvedBy, approvedAt),
        ),
        ...fact('notices.ended-by', endedBy === null || endedAt === null ? null : by(endedBy, endedAt)),
      ],
      texts: LANGUAGES.flatMap((code) => {
        const [title, body] = [notice.title[code], notice.body[code]]
        return title || body
          ? [{ lang: code, name: format.languageName(code), title: title ?? '', body: body ?? '' }]
          : []
      }),
      steps:
        state === 'over' || !mayChange(notice.places)
          ? []
          : steps.filter(({ step }) => step === 'end' || (state === 'draft' && !isAlone)),
      waits: state === 'draft' && isAlone ? say('notices.two-people') : null,
    }
  }
  const isOver = ({ notice, ...each }: LatestNotice): boolean =>
    noticeState({ ...notice, ...each }, now) === 'over'
  return { open: notices.filter((each) => !isOver(each)).map(card), over: notices.filter(isOver).map(card) }
}

/** The form of a draft, with what was typed. */
export function noticeForm(
  wording: Wording,
  {
    sites,
    wholeCity,
    typed,
  }: {
    readonly sites: readonly Site[]
    readonly wholeCity: boolean
    readonly typed: TypedNotice | null
  },
) {
  const { say, format } = wording
  const wards = [...new Set(sites.flatMap(({ ward }) => ward ?? []))].sort((a, b) => a.localeCompare(b, 'vi'))
  const option = (value: string, label: string, chosen: boolean) => ({ value, label, chosen })
  const field = (lang: (typeof LANGUAGES)[number]) => ({
    lang,
    name: format.languageName(lang),
    needed: lang === 'vi' || lang === 'en',
    title: typed?.title[lang] ?? '',
    body: typed?.body[lang] ?? '',
  })
  return {
    kinds: NOTICE_KINDS.map((kind) =>
      option(kind, say(`notices.kind.${kind}`), kind === (typed?.kind ?? 'info')),
    ),
    wholeCity,
    where: typed?.where ?? (wholeCity ? 'all' : 'sites'),
    categories: CATEGORIES.map((each) => option(each, say(`category.${each}`), each === typed?.category)),
    wards: wards.map((ward) => option(ward, ward, ward === typed?.ward)),
    sites: sites.map((site) =>
      option(site.id, siteName(wording, site), typed?.sites.includes(site.id) ?? false),
    ),
    lifts: LIFTS.map((lift) =>
      option(lift, say(`notices.lift.${lift}`), typed?.lifts.includes(lift) ?? false),
    ),
    from: typed?.from ?? '',
    until: typed?.until ?? '',
    texts: LANGUAGES.map(field),
    titleMost: TITLE_MOST,
    bodyMost: BODY_MOST,
  }
}

function placesIn(wording: Wording, places: NoticePlaces, sites: ReadonlyMap<string, Site>): string {
  const { say } = wording
  if (places.kind === 'all') return say('notices.where.all')
  if (places.kind === 'category') return say(`category.${places.category}`)
  if (places.kind === 'ward') return places.ward
  return places.ids.map((id) => (sites.has(id) ? siteName(wording, sites.get(id)!) : id)).join(', ')
}
