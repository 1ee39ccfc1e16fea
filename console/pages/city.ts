import { bar } from '../charts/bar.ts'
import { cityMap, type MapSite } from '../charts/map.ts'
import type { Outline } from '../charts/outline.ts'
import { CATEGORIES } from '../../core/domain/site.ts'
import { NOTHING, type Everywhere, type Today } from '../figures/figures.ts'
import { CITY_K } from '../figures/hidden.ts'
import type { SiteLife } from '../figures/state.ts'
import type { Wording } from '../wording.ts'
import {
  breakdownPart,
  countStyle,
  dataKpi,
  daysPart,
  funnelPart,
  reachKpi,
  type BreakdownPart,
  type DaysPart,
  type FunnelPart,
  type Kpi,
} from './figures.ts'
import {
  isOnAir,
  markOf,
  pillOf,
  siteHref,
  siteName,
  siteRows,
  type Mark,
  type Pill,
  type SiteRow,
} from './sites.ts'

/** Today for the whole city, ready to be laid out. */
export interface CityPage {
  readonly title: string
  readonly sub: string
  /** Until when today's figures go. */
  readonly clock: string
  readonly kpis: readonly Kpi[]
  readonly days: DaysPart
  readonly funnel: FunnelPart
  readonly breakdown: BreakdownPart
  readonly map: string
  readonly cover: readonly CoverRow[]
  /** Names of planned sites, or null. */
  readonly planned: string | null
  readonly rows: readonly SiteRow[]
  readonly rowsNote: string
  readonly attention: readonly AttentionRow[]
  /** How many sites are in a state that may be nothing: `{label, href}`. */
  readonly quiet: readonly { readonly label: string; readonly href: string }[]
}

/** Sites on the air of those in service, of one category. */
export interface CoverRow {
  readonly mark: Mark
  readonly bar: string
  readonly value: string
  readonly note: string
}

export interface AttentionRow {
  readonly href: string
  readonly name: string
  readonly pill: Pill
  readonly what: string
  readonly since: string | null
}

const ROWS = 10
const ATTENTION_ROWS = 6

export function cityPage(
  wording: Wording,
  given: {
    readonly figures: Today
    readonly everywhere: Everywhere
    readonly lives: readonly SiteLife[]
    readonly outline: Outline
    readonly now: number
  },
): CityPage {
  const { say, format } = wording
  const { figures, lives, everywhere, now } = given
  // City staff and auditors may see exact counts of a site's day; breakdowns stay hidden where small.
  const exact = countStyle(wording, true)
  const rows = siteRows(wording, lives, everywhere.sites, true)
  return {
    title: say('city.title'),
    sub: say('page.sub', { date: format.date(now), time: format.clock(now) }),
    clock: format.clock(now),
    kpis: cityKpis(wording, lives, figures),
    days: daysPart(wording, figures, exact),
    funnel: funnelPart(wording, figures, exact),
    breakdown: breakdownPart(wording, figures, CITY_K),
    map: drawnMap(wording, given),
    cover: coverage(wording, lives, everywhere),
    planned: plannedNames(wording, lives),
    rows: rows.slice(0, ROWS),
    rowsNote: say('city.rows', {
      shown: format.number(Math.min(ROWS, rows.length)),
      all: format.number(rows.length),
    }),
    attention: attention(wording, lives, now),
    quiet: (['unknown', 'no-gateway'] as const)
      .map((state) => ({ state, count: lives.filter((life) => life.state === state).length }))
      .filter(({ count }) => count > 0)
      .map(({ state, count }) => ({
        label: say(`quiet.${state}`, { count: format.number(count) }),
        href: `/sites?state=${state}`,
      })),
  }
}

function cityKpis(wording: Wording, lives: readonly SiteLife[], figures: Today): Kpi[] {
  const { say, format } = wording
  const inService = lives.filter(({ state }) => state !== 'planned')
  const planned = lives.length - inService.length
  const aps = inService.flatMap((life) => life.accessPoints)
  const silentAps = aps.filter((ap) => ap.state === 'silent').length
  const online = lives.reduce((sum, life) => sum + life.online, 0)
  const of = (count: number): string => `/ ${format.number(count)}`
  return [
    {
      label: say('kpi.sites'),
      value: format.number(inService.filter(isOnAir).length),
      unit: of(inService.length),
      note: planned > 0 ? say('kpi.sites.planned', { count: format.number(planned) }) : null,
    },
    {
      label: say('kpi.aps'),
      value: format.number(aps.filter((ap) => ap.state === 'live').length),
      unit: of(aps.length),
      note: say(silentAps > 0 ? 'kpi.aps.silent' : 'kpi.aps.none', { count: format.number(silentAps) }),
    },
    { label: say('kpi.online'), value: format.number(online), unit: null, note: say('kpi.online.note') },
    reachKpi(wording, say('kpi.visitors'), figures.today.visitors, countStyle(wording, true)),
    {
      label: say('kpi.sessions'),
      value: format.number(figures.today.sessions),
      unit: null,
      note: say('kpi.sessions.note'),
    },
    dataKpi(wording, figures.today.octets),
  ]
}

function drawnMap(
  wording: Wording,
  given: { lives: readonly SiteLife[]; everywhere: Everywhere; outline: Outline },
): string {
  const { say, format } = wording
  const places = given.lives.map((life): MapSite => {
    const { count } = (given.everywhere.sites.get(life.site.id) ?? NOTHING).visitors
    const name = siteName(wording, life.site)
    return {
      name,
      title: say('map.place', { name, state: say(`state.${life.state}`), count: format.number(count) }),
      category: life.site.category,
      lat: life.site.lat,
      lng: life.site.lng,
      visitors: count,
      look: life.state === 'silent' ? 'down' : life.state === 'planned' ? 'planned' : 'live',
    }
  })
  const count = (look: MapSite['look']): string =>
    format.number(places.filter((place) => place.look === look).length)
  return cityMap(given.outline, places, {
    title: say('map.title', { live: count('live'), down: count('down'), planned: count('planned') }),
    inner: say('map.inner'),
  })
}

function coverage(
  wording: Wording,
  lives: readonly SiteLife[],
  { categories }: Everywhere,
): CityPage['cover'] {
  const { say, format } = wording
  const looks = { 'tourist-site': 'track', 'craft-village': 'craft', 'industrial-park': 'industry' } as const
  return CATEGORIES.map((category) => {
    const own = lives.filter(({ site, state }) => site.category === category && state !== 'planned')
    const onAir = own.filter(isOnAir).length
    return {
      mark: markOf(wording, category),
      bar: bar(own.length === 0 ? 0 : onAir / own.length, looks[category]),
      value: `${format.number(onAir)} / ${format.number(own.length)}`,
      note: say('cover.visitors', { count: format.number(categories.get(category)?.count ?? 0) }),
    }
  })
}

function plannedNames(wording: Wording, lives: readonly SiteLife[]): string | null {
  const names = lives.filter(({ state }) => state === 'planned').map(({ site }) => siteName(wording, site))
  if (names.length === 0) return null
  const most = 4
  const shown = names.slice(0, most).join(', ')
  return names.length > most
    ? wording.say('city.planned.more', { names: shown, more: names.length - most })
    : wording.say('city.planned', { names: shown })
}

/** Sites that somebody should look at, those cut off first. */
function attention(wording: Wording, lives: readonly SiteLife[], now: number): AttentionRow[] {
  const { say, format } = wording
  return [
    ...lives.filter((life) => life.state === 'silent'),
    ...lives.filter((life) => life.state === 'attention'),
  ]
    .slice(0, ATTENTION_ROWS)
    .map((life) => {
      const silent = life.accessPoints.filter((ap) => ap.state === 'silent').length
      const what =
        life.state === 'silent'
          ? say('attention.silent', { count: format.number(life.online) })
          : silent > 0
            ? say('attention.aps', { silent, all: life.accessPoints.length })
            : say('attention.gateway')
      return {
        href: siteHref(life.site.id),
        name: siteName(wording, life.site),
        pill: pillOf(wording, life.state),
        what,
        since: life.heardAt === null ? null : format.moment(life.heardAt, now),
      }
    })
}
