import { LEAST_SHOWN } from '../../core/domain/k-anonymity.ts'
import type { Outline } from '../charts/outline.ts'
import type { Everywhere, Today } from '../figures/figures.ts'
import type { SiteLife } from '../figures/state.ts'
import type { Wording } from '../wording.ts'
import { coverage, drawnMap, plannedNames, type CoverRow } from './coverage.ts'
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
import { isOnAir, pillOf, siteHref, siteName, siteRows, type Pill, type SiteRow } from './sites.ts'

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
  const rows = siteRows(wording, lives, { tallies: everywhere.sites, exact: true })
  return {
    title: say('city.title'),
    sub: say('page.sub', { date: format.date(now), time: format.clock(now) }),
    clock: format.clock(now),
    kpis: cityKpis(wording, lives, figures),
    days: daysPart(wording, figures, exact),
    funnel: funnelPart(wording, figures, exact),
    breakdown: breakdownPart(wording, figures, LEAST_SHOWN),
    map: drawnMap(wording, { lives, tallies: everywhere.sites, exact: true, outline: given.outline }),
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
    {
      label: say('kpi.online'),
      value: format.number(online),
      unit: null,
      note: say('kpi.online.note'),
      count: 'online',
    },
    {
      ...reachKpi(wording, say('kpi.visitors'), figures.today.visitors, countStyle(wording, true)),
      count: 'visitors',
    },
    {
      label: say('kpi.sessions'),
      value: format.number(figures.today.sessions),
      unit: null,
      note: say('kpi.sessions.note'),
    },
    dataKpi(wording, figures.today.octets),
  ]
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
