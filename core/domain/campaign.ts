import { createCipheriv, hash } from 'node:crypto'
import { keyedHash } from './keyed-hash.ts'
import type { Lang, LocalText } from './language.ts'
import { metresBetween, type Category, type Site } from './site.ts'

/** What an item draws attention to. */
export const CAMPAIGN_CATEGORIES = ['heritage', 'craft', 'event', 'invest'] as const
export type CampaignCategory = (typeof CAMPAIGN_CATEGORIES)[number]

/** The drawings that an item may have beside it; the portal draws them, nothing is uploaded. */
export const PICTURES = [
  'bridge',
  'puppets',
  'vase',
  'incense',
  'silk',
  'drum',
  'temple',
  'factory',
  'hat',
  'tower',
  'lotus',
  'lacquer',
] as const
export type PictureName = (typeof PICTURES)[number]

/** First and last day, both counted: `YYYY-MM-DD`, or `MM-DD` for each year, which may pass New Year's Eve. */
export interface Dates {
  readonly from: string
  readonly to: string
}

/** Where and to whom an item is shown; what is absent does not narrow it. */
export interface Audience {
  readonly sites?: readonly string[] | undefined
  readonly categories?: readonly Category[] | undefined
  /** From the visitor's site to the item's. */
  readonly withinKilometres?: number | undefined
  /** Of the page. */
  readonly languages?: readonly Lang[] | undefined
}

/** An item of the catalogue. Its id is the end of its address, `/kham-pha/{id}`. */
export interface Campaign {
  readonly id: string
  readonly category: CampaignCategory
  /** The place that it points to, where it is never shown itself. */
  readonly site: string
  readonly picture: PictureName
  readonly name: LocalText
  /** A few words under the name. */
  readonly line: LocalText
  /** What its own page says. */
  readonly text: LocalText
  /** A few words on season or hours. */
  readonly when?: LocalText | undefined
  readonly dates?: Dates | undefined
  readonly audience: Audience
  /** Pages a day on which a device meets it, at most. */
  readonly perDay: number
  /** How often it is drawn beside others: 2 is about twice as often as 1. */
  readonly weight: number
  /** The share of device-days from which it is held back, 0 to 0.5. */
  readonly holdOut: number
}

/** How many items a page has room for. */
export const SLOTS = 3

/** Where and when slots are to be filled, and for whom. */
export interface Moment {
  readonly here: Site
  readonly lang: string
  /** The city day, `YYYY-MM-DD`. */
  readonly day: string
  /** Null where no device is known: then nothing is held back, and nothing can be counted. */
  readonly device: string | null
}

/** An item in the order of its moment's draw. */
export interface Drawn {
  readonly item: Campaign
  readonly isHeld: boolean
  /** From where the visitor is to where the item is. */
  readonly metres: number
}

/** What the slots hold, and what they would have held if it had not been held back. */
export interface Choice {
  readonly served: readonly Drawn[]
  readonly held: readonly Drawn[]
}

/**
 * Items in the order that they come to a device at a place on a day: drawn by weight, each device-day in an order of its
 * own, each item served or held back by a lot of its own. Always the same for the same moment.
 * @param sites all places, for distances.
 * @param key of up to 64 octets; without it nobody can tell who is in which group.
 */
export function drawItems(
  catalogue: readonly Campaign[],
  moment: Moment,
  { sites, key }: { sites: ReadonlyMap<string, Site>; key: Buffer },
): readonly Drawn[] {
  const { here, day, device } = moment
  const eligible = catalogue.filter((item) => isEligible(item, moment, sites))
  const lots = lotsOf(eligible, key, `${device ?? here.id}\n${day}`)
  return (
    eligible
      // Sorting by −ln(u)/weight draws without replacement, by weight (Efraimidis and Spirakis 2006).
      .map((item, i) => ({ item, lot: lots[i]!.held, place: -Math.log(1 - lots[i]!.drawn) / item.weight }))
      .sort((a, b) => a.place - b.place)
      .map(({ item, lot }) => ({
        item,
        isHeld: device !== null && lot < item.holdOut,
        metres: metresBetween(here, sites.get(item.site)!),
      }))
  )
}

/**
 * Fills the slots of a page: whoever the draw comes to is served or held back, until the slots are full. Whether an item is
 * reached so never depends on its own hold-out, which is what makes the two groups comparable.
 * @param met on how many pages of this day the device met each item, as far as it did.
 * @param except the item that the page is about.
 */
export function chooseItems(
  drawn: readonly Drawn[],
  met: ReadonlyMap<string, number>,
  except: string | null = null,
): Choice {
  const served: Drawn[] = []
  const held: Drawn[] = []
  for (const each of drawn) {
    if (served.length === SLOTS) break
    const { item, isHeld } = each
    if (item.id !== except && (met.get(item.id) ?? 0) < item.perDay) (isHeld ? held : served).push(each)
  }
  return { served, held }
}

/** Whether an item may be shown at a place, in a language, on a day; how often it was is another matter. */
export function isEligible(
  { site, dates, audience }: Campaign,
  { here, lang, day }: Pick<Moment, 'here' | 'lang' | 'day'>,
  sites: ReadonlyMap<string, Site>,
): boolean {
  const there = sites.get(site)
  if (!there || site === here.id) return false
  const { withinKilometres: most } = audience
  return (
    isInSeason(dates, day) &&
    (audience.sites?.includes(here.id) ?? true) &&
    (audience.categories?.includes(here.category) ?? true) &&
    (audience.languages?.some((each) => each === lang) ?? true) &&
    (most === undefined || metresBetween(here, there) <= most * 1000)
  )
}

/** Whether a city day lies within dates; without any, each does. */
export function isInSeason(dates: Dates | undefined, day: string): boolean {
  if (!dates) return true
  const { from, to } = dates
  // Dates of this form sort as text.
  const of = from.length === MONTH_AND_DAY ? day.slice(-MONTH_AND_DAY) : day
  return from <= to ? from <= of && of <= to : of >= from || of <= to
}

const MONTH_AND_DAY = 'MM-DD'.length

/** Two numbers from 0 up to 1, neither of which tells anything of the other. */
interface Lots {
  readonly drawn: number
  readonly held: number
}

/**
 * What each item draws for a device-day: always the same, and nobody can foretell it without the key. The names of the
 * items, enciphered under a key of the device-day, cost a tenth of a digest for each draw.
 */
function lotsOf(items: readonly Campaign[], key: Buffer, who: string): Lots[] {
  if (items.length === 0) return []
  const keyOfDay = Buffer.from(keyedHash(key, `lots\n${who}`), 'base64url').subarray(0, BLOCK)
  const lots = createCipheriv('aes-128-ecb', keyOfDay, null).update(Buffer.concat(items.map(blockOf)))
  return items.map((_, i) => ({
    drawn: lots.readUIntBE(i * BLOCK, 6) / 2 ** 48,
    held: lots.readUIntBE(i * BLOCK + 8, 6) / 2 ** 48,
  }))
}

const BLOCK = 16
const blocks = new WeakMap<Campaign, Buffer>()

/** An item's name as a block of the cipher. */
function blockOf(item: Campaign): Buffer {
  const known = blocks.get(item)
  if (known) return known
  const block = hash('sha256', item.id, 'buffer').subarray(0, BLOCK)
  blocks.set(item, block)
  return block
}
