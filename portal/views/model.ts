import type { CampaignCategory, PictureName } from '../../core/domain/campaign.ts'
import type { OpeningHours } from '../../core/domain/hours.ts'
import type { Lang, LocalText } from '../../core/domain/language.ts'
import type { EndReason } from '../../core/domain/session-end.ts'
import type { Category } from '../scenes.ts'

export type { LocalText }

export interface LanguageLink {
  readonly code: Lang
  readonly name: string
  /** This page in that language. */
  readonly url: string
}

export interface SiteView {
  readonly name: LocalText
  readonly category: Category
  /** One sentence about the place, shown over what is near. */
  readonly promo?: LocalText
}

/** Addresses, each with everything the portal needs in it (visit, language): mini-browsers keep no cookie. */
export interface Actions {
  /** Where "Try again" and "Back" lead: the splash of this visit; null where there is none, which hides them. */
  readonly splashUrl: string | null
  /** POST; null where the site takes codes only. */
  readonly loginUrl: string | null
  /** POST, fields `code` or `pass`, `v`, `lang`; null where a pass opens nothing. */
  readonly passUrl: string | null
  /** POST, fields `code`, `v`, `lang`; null where the site takes no codes. */
  readonly voucherUrl: string | null
  readonly statusUrl: string
  /** POST, fields `v`, `lang`. */
  readonly logoutUrl: string
  readonly termsUrl: string
  readonly privacyUrl: string
  readonly helpUrl: string
  /** Every place and item, nearest first. */
  readonly discoverUrl: string
  /** The place where the visitor is. */
  readonly venueUrl: string
}

/** A place or an item of the catalogue, in a list. */
export interface ListItem {
  readonly name: LocalText
  /** A few words; a place without any is told by its kind. */
  readonly line: LocalText | null
  readonly kind: Category
  /** From where the visitor is, where that is known. */
  readonly metres: number | null
  readonly url: string
}

/** One of the three slots. */
export interface NearItem extends ListItem {
  readonly picture: PictureName
}

/** Staff's word to everybody; stands above every page. */
export interface NoticeView {
  /** Anything over `info` hides what is near; `evacuate` is read before the splash. */
  readonly level: 'info' | 'warning' | 'evacuate'
  readonly title: LocalText
  readonly body: LocalText
  /** The time limit is lifted while it lasts, and the splash says so. */
  readonly limitsLifted?: boolean
  /** Epoch ms. */
  readonly updatedAt: number
}

interface PageBase {
  readonly lang: Lang
  readonly languages: readonly LanguageLink[]
  readonly site: SiteView | null
  readonly actions: Actions
  /** Visit id, carried by every form as the hidden field `v`. */
  readonly visit: string | null
  readonly near: readonly NearItem[]
  /** Above all else, the gravest first. */
  readonly notices?: readonly NoticeView[]
  /** Markup for smart clients that people do not see. */
  readonly wispr?: string
}

/** The code field after a refusal keeps what was typed (WCAG 3.3.7). */
export interface CodeView {
  /** Shown unfolded. */
  readonly open?: boolean
  readonly typed?: string
  readonly fault?:
    { kind: 'wrong' | 'used' | 'other-site' | 'tries' | 'pass-over' } | { kind: 'expired'; at: number }
}

/** What is left of what was given; null means no limit. */
export interface Allowance {
  readonly left: number
  readonly total: number
}
interface Balance {
  readonly seconds: Allowance | null
  /** What the visitor's day leaves on all his devices; null too where a code counts. */
  readonly today: Allowance | null
  readonly octets: Allowance | null
  /** Where his pass is; null where none can be shown. */
  readonly keepUrl?: string | null
}

/** A visitor who is known by his pass, and what his day or his code leaves; null means no limit. */
export interface Welcome {
  readonly of: 'day' | 'code'
  readonly secondsLeft: number | null
}

/** All that a visitor needs to connect at a site. */
interface WayIn {
  readonly site: SiteView
  readonly facts: { readonly sessionMinutes: number | null }
  readonly welcome?: Welcome | null
  readonly code?: CodeView
}

export type ErrorReference = 'R-03' | 'N-01' | 'S-02' | 'T-04' | 'L-05' | 'P-06' | 'Q-07'

/** All times are epoch milliseconds. */
export type Page = PageBase &
  /** `notice`: the first of `notices` is read before all else. */
  (
    | ({ kind: 'splash' | 'notice' } & WayIn)
    /** `checkUrl` is where it goes by itself after `refreshSeconds` (null: only by hand). */
    | { kind: 'connecting'; checkUrl: string; refreshSeconds: number | null }
    /** A form to the gateway, sent by hand: there is no script. Name `url` in `contentSecurityPolicy`. */
    | { kind: 'handoff-form'; url: string; method: 'post' | 'get'; fields: Readonly<Record<string, string>> }
    /** `recheck`: one more full navigation, for phones that look again only then. */
    | ({ kind: 'online'; recheck?: { seconds: number; url: string } } & Balance)
    | ({ kind: 'status'; startedAt: number } & Balance)
    | { kind: 'ended'; ending: Ending }
    /** `ending`: how the visitor's last session ended. */
    | { kind: 'quota'; spent: Spent; ending?: Ending | null; code?: CodeView }
    /** The visitor's pass: `url` is its link, also as a QR code; `code` is for windows that open no link; `id` is for staff. */
    | { kind: 'pass'; url: string; code: string | null; id: string; validUntil: number; devices: number }
    /** The link of a pass, opened on a phone that stands at a site. */
    | { kind: 'pass-join'; site: SiteView; joinUrl: string; token: string }
    /** The same on a phone that does not. */
    | { kind: 'pass-kept'; code: string | null }
    | { kind: 'pass-over'; reason: 'wrong' | 'expired' | 'revoked' }
    | { kind: 'error'; reference: ErrorReference; at: number }
    | { kind: 'closed'; reason: 'planned' | 'unknown-site' | 'no-visit' }
    | { kind: 'closed'; reason: 'hours'; opensAt: number; at: number }
    /** Staff's own words, where there are any. */
    | { kind: 'maintenance'; until: number | null; at: number; title?: LocalText; body?: LocalText }
    /** `mapUrl`: an address outside, so only for those who are online. */
    | { kind: 'discover'; item: DiscoverItem; mapUrl: string | null }
    | { kind: 'discover-list'; groups: readonly DiscoverGroup[] }
    | { kind: 'venue'; site: SiteView; hours: readonly OpeningHours[]; mapUrl: string | null }
    | { kind: 'terms' }
    /** How long rows are kept; say what is true of this installation. */
    | {
        kind: 'privacy'
        retention: { sessionDays: number; addressHours: number; sealedMonths: number; passDays: number }
      }
    /** `address`: what to type into a browser when no page appears, without `http://`. */
    | { kind: 'help'; address: string }
  )

/** Why and when a session ended, and when the page says so. */
export interface Ending {
  readonly reason: EndReason
  readonly endedAt: number
  readonly toldAt: number
}

export type Spent =
  { kind: 'time'; minutes: number } | { kind: 'data'; octets: number } | { kind: 'devices'; count: number }

export interface DiscoverItem {
  readonly name: LocalText
  readonly text: LocalText
  /** Of the place, for the scene. */
  readonly category: Category
  readonly picture: PictureName
  readonly when: LocalText | null
  readonly metres: number | null
  /** When its WiFi is on; none where that is always, or not known. */
  readonly hours: readonly OpeningHours[]
}

export interface DiscoverGroup {
  readonly category: CampaignCategory
  readonly items: readonly ListItem[]
}
