import type { LocalText } from './language.ts'
import { LIFTS, type Lift } from './limits.ts'
import type { Category, Site } from './site.ts'

/** Gravest first; all but the last tell of an emergency. */
export const NOTICE_KINDS = ['evacuate', 'warning', 'info', 'maintenance'] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** At which sites a notice holds. */
export type NoticePlaces =
  | { readonly kind: 'all' }
  | { readonly kind: 'category'; readonly category: Category }
  | { readonly kind: 'ward'; readonly ward: string }
  | { readonly kind: 'sites'; readonly ids: readonly string[] }

/** What staff tell visitors. Times are epoch ms; without `until` it holds until somebody ends it. */
export interface NoticeDraft {
  readonly kind: NoticeKind
  readonly places: NoticePlaces
  readonly from: number
  readonly until: number | null
  /** Vietnamese and English are needed. */
  readonly title: LocalText
  readonly body: LocalText
  /** Limits that do not hold at these sites while it lasts; emergencies alone lift any. */
  readonly lifts: readonly Lift[]
}

/** A notice that was approved, as every worker holds it in memory. */
export interface Notice extends NoticeDraft {
  readonly id: string
  readonly approvedAt: number
}

/** `published` is what visitors see; `approved` waits for its time. */
export type NoticeState = 'draft' | 'approved' | 'published' | 'over'

/** How far a notice has come at a moment. */
export function noticeState(
  { from, until, approvedAt, endedAt }: Pick<NoticeDraft, 'from' | 'until'> & NoticeProgress,
  now: number,
): NoticeState {
  if (endedAt !== null || (until !== null && until <= now)) return 'over'
  if (approvedAt === null) return 'draft'
  return from > now ? 'approved' : 'published'
}

interface NoticeProgress {
  readonly approvedAt: number | null
  readonly endedAt: number | null
}

/** True for what one person alone must not tell the whole city. */
export const needsTwoPeople = ({ kind, places }: Pick<NoticeDraft, 'kind' | 'places'>): boolean =>
  kind !== 'maintenance' && places.kind === 'all'

/** The notices that hold at a site now, the gravest first, of two alike the later one; of no site (null) the city's. */
export function noticesAt(notices: readonly Notice[], site: Site | null, now: number): Notice[] {
  return notices
    .filter(
      (notice) => noticeState({ ...notice, endedAt: null }, now) === 'published' && concerns(notice, site),
    )
    .sort((a, b) => gravity(a) - gravity(b) || b.approvedAt - a.approvedAt)
}

/** A site as it is while its notices hold: open, and one tap enough, where they say so; `lifts` tells the rest. */
export function siteNow(site: Site, notices: readonly Notice[], now: number): Site {
  if (notices.length === 0) return site
  const lifted = new Set(noticesAt(notices, site, now).flatMap(({ lifts }) => lifts))
  if (lifted.size === 0) return site
  const { hours, ...rest } = site
  return {
    ...rest,
    lifts: LIFTS.filter((lift) => lifted.has(lift)),
    login:
      lifted.has('codes') && !site.login.includes('click-through')
        ? ['click-through', ...site.login]
        : site.login,
    ...(lifted.has('time') ? {} : { hours }),
  }
}

/** The maintenance at a site, or null; an emergency that lifts limits there lets people in as far as the network can. */
export function maintenanceAt(notices: readonly Notice[], site: Site, now: number): Notice | null {
  const here = noticesAt(notices, site, now)
  if (here.some(({ lifts }) => lifts.length > 0)) return null
  return here.find(({ kind }) => kind === 'maintenance') ?? null
}

/** Sites where people are at work at a moment, so that they may be down. */
export const sitesUnderWork = (
  notices: readonly Notice[],
  sites: Iterable<Site>,
  at: number,
): ReadonlySet<string> =>
  new Set(
    [...sites]
      .filter((site) => noticesAt(notices, site, at).some(({ kind }) => kind === 'maintenance'))
      .map(({ id }) => id),
  )

/** What stands on a phone's first view. */
export const TITLE_MOST = 90
export const BODY_MOST = 400

/** What keeps a draft from being a notice, one sentence each. */
export function draftFaults(draft: NoticeDraft, sites: readonly Site[], now: number): string[] {
  const { kind, places, from, until, lifts } = draft
  const faults = [
    ...textFaults('title', draft.title, TITLE_MOST),
    ...textFaults('body', draft.body, BODY_MOST),
  ]
  if (until !== null && until <= Math.max(from, now)) faults.push('it would be over before it begins')
  if (kind === 'maintenance' && lifts.length > 0)
    faults.push('maintenance lifts no limits: an emergency does')
  const unknown =
    places.kind === 'sites' ? places.ids.filter((id) => !sites.some((site) => site.id === id)) : []
  if (unknown.length > 0) faults.push(`there is no site ${unknown.map((id) => `"${id}"`).join(', ')}`)
  else if (places.kind !== 'all' && !sites.some((site) => concerns(draft, site)))
    faults.push(`there is no site in ${places.kind === 'ward' ? `"${places.ward}"` : 'that list'}`)
  return faults
}

function textFaults(name: string, text: Partial<LocalText>, most: number) {
  const faults: string[] = []
  for (const lang of ['vi', 'en'] as const)
    if (!text[lang]?.trim()) faults.push(`it needs a ${name} in ${lang === 'vi' ? 'Vietnamese' : 'English'}`)
  for (const [lang, words = ''] of Object.entries(text)) {
    if (words.length > most) faults.push(`its ${name} in ${lang} is longer than ${most} characters`)
    if (/\p{Cc}/u.test(words)) faults.push(`its ${name} in ${lang} holds a control character`)
  }
  return faults
}

const gravity = ({ kind }: Notice): number => NOTICE_KINDS.indexOf(kind)

function concerns({ places }: Pick<NoticeDraft, 'places'>, site: Site | null): boolean {
  if (places.kind === 'all') return true
  if (site === null) return false
  if (places.kind === 'category') return places.category === site.category
  return places.kind === 'ward' ? places.ward === site.ward : places.ids.includes(site.id)
}
