import type { Availability } from '../../core/domain/availability.ts'
import { DEVICE_STATES } from '../../core/domain/gateway-state.ts'
import { INCIDENT_CAUSES } from '../../core/domain/incident.ts'
import { CATEGORIES, type Site } from '../../core/domain/site.ts'
import { Counter, Gauge, type Registry } from '../../core/process/metrics.ts'
import type { CampaignTotals } from '../../core/records/campaign-counts.ts'
import type { Incident } from '../../core/records/incidents.ts'
import { PERIODS } from '../../core/records/periods.ts'
import type { RunningFigures } from '../../core/records/figures.ts'
import type { SiteCoverage } from '../coverage/coverage.ts'
import type { StoresThere } from './stores.ts'

/** Where the figures come from at the moment of a scrape; what cannot be had is null. */
export interface FigureSources {
  sites(): ReadonlyMap<string, Site>
  /** Ids of the items that the portal may show. */
  campaigns(): readonly string[]
  running(): Promise<RunningFigures | null>
  coverage(): Promise<readonly SiteCoverage[] | null>
  availability(): Promise<Availability | null>
  incidents(): Promise<readonly Incident[] | null>
  backlog(): Promise<{ waiting: number; lagSeconds: number }>
  rejected(): number
  /** Which of the stores answer. */
  stores(): Promise<StoresThere>
  /** When the collector last carried on all that it found, epoch ms; null when it has not yet. */
  collectedAt(): number | null
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** Portal steps in the order of the funnel. */
const STEPS = ['arrival', 'splash', 'tap', 'granted', 'online'] as const
/** Several analytics processes show the same figures: merged, they must not add up. */
const SAME = { aggregator: 'max' } as const

/**
 * Registers the figures of the city (contract.md, Metrics), read at each scrape; a figure that cannot be read is
 * absent, never old. Returns what takes them out of the registry again.
 */
export function registerFigures(registry: Registry, sources: FigureSources): () => void {
  const running = atOnce(() => sources.running())
  const cover = atOnce(() => sources.coverage())
  const backlog = atOnce(() => sources.backlog())
  const names: string[] = []

  const register = (
    Kind: typeof Gauge | typeof Counter,
    [name, help, labelNames]: readonly [name: string, help: string, labelNames: readonly string[]],
    samples: () => Promise<readonly Sample[]>,
  ): void => {
    names.push(name)
    const metric = new Kind({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      ...SAME,
      async collect() {
        const found = await samples()
        metric.reset()
        for (const [labels, value] of found) metric.inc(labels, value)
      },
    })
  }
  const gauge = register.bind(null, Gauge)
  const counter = register.bind(null, Counter)

  gauge(['hotspot_sessions_open', 'Sessions open now.', ['site']], async () =>
    perSite(await running(), sources.sites(), (site) => [[{}, site?.sessionsOpen ?? 0]]),
  )
  counter(['hotspot_sessions_started_total', 'Sessions that began.', ['site']], async () =>
    perSite(await running(), sources.sites(), (site) => [[{}, site?.sessionsStarted ?? 0]]),
  )
  counter(['hotspot_session_octets_total', 'Octets that sessions moved.', ['site', 'direction']], async () =>
    perSite(await running(), sources.sites(), (site) => [
      [{ direction: 'from_visitor' }, Number(site?.fromVisitorOctets ?? 0)],
      [{ direction: 'to_visitor' }, Number(site?.toVisitorOctets ?? 0)],
    ]),
  )
  gauge(
    ['hotspot_visitors', 'Devices that got online at a site this day, week or month.', ['site', 'period']],
    async () => visitorSamples(await running(), sources.sites()),
  )
  gauge(
    ['hotspot_reach', 'Devices that got online anywhere in a category.', ['category', 'period']],
    async () => reachSamples(await running()),
  )
  gauge(['hotspot_sites', 'Sites of the city.', ['category', 'state']], async () =>
    CATEGORIES.flatMap((category) =>
      (['live', 'planned'] as const).map((state): Sample => {
        const counted = [...sources.sites().values()].filter(
          (s) => s.category === category && s.state === state,
        )
        return [{ category, state }, counted.length]
      }),
    ),
  )
  gauge(
    [
      'hotspot_access_points',
      'Access points of sites in service, by what is heard of them.',
      ['site', 'state'],
    ],
    async () =>
      ((await cover()) ?? []).flatMap(({ site, accessPoints }) =>
        DEVICE_STATES.map((state): Sample => [{ site, state }, accessPoints[state]]),
      ),
  )
  gauge(['hotspot_site_up', '1 when a gateway of the site was heard lately.', ['site']], async () =>
    ((await cover()) ?? []).map(({ site, up }): Sample => [{ site }, up ? 1 : 0]),
  )
  gauge(
    [
      'hotspot_sites_live',
      'Sites in service with a live access point whose test login passed in 15 minutes: a proof of the platform.',
      ['category'],
    ],
    async () => liveSamples(await cover()),
  )
  gauge(
    [
      'hotspot_availability',
      'Share of 24 hours in which sites in service were not down: plain, and weighted by visitors.',
      ['weight'],
    ],
    async () => {
      const { share = null, weighted = null } = (await sources.availability()) ?? {}
      return [
        ...(share === null ? [] : [[{ weight: 'none' }, share] as const]),
        ...(weighted === null ? [] : [[{ weight: 'visitors' }, weighted] as const]),
      ]
    },
  )
  gauge(['hotspot_incidents_open', 'Incidents open now, by cause.', ['cause']], async () => {
    const open = await sources.incidents()
    if (open === null) return []
    return INCIDENT_CAUSES.map((cause) => [{ cause }, open.filter((each) => each.cause === cause).length])
  })
  counter(['hotspot_portal_funnel_total', 'Steps of visitors on the portal.', ['site', 'step']], async () =>
    funnelSamples(await running(), sources.sites()),
  )
  counter(['hotspot_portal_refusals_total', 'Refusals by reason.', ['site', 'reason']], async () =>
    countsOf(await running(), 'refusal').map(({ site, value, count }): Sample => [
      { site, reason: value },
      count,
    ]),
  )
  counter(
    ['hotspot_campaign_views_total', 'Device-days on which a page brought an item.', ['campaign']],
    async () => campaignSamples(await running(), sources.campaigns(), viewsOf),
  )
  counter(
    ['hotspot_campaign_clicks_total', "Device-days on which an item's page was opened.", ['campaign']],
    async () => campaignSamples(await running(), sources.campaigns(), ({ opened }) => opened),
  )
  gauge(
    ['hotspot_events_lag_seconds', 'Age of the oldest event that waits; 0 when none does.', []],
    async () => [[{}, (await backlog()).lagSeconds]],
  )
  gauge(['hotspot_events_backlog', 'Events that wait.', []], async () => [[{}, (await backlog()).waiting]])
  counter(['hotspot_events_rejected_total', 'Events that could not be read.', []], async () => [
    [{}, sources.rejected()],
  ])
  gauge(['hotspot_store_up', '1 when the store answers analytics.', ['store']], async () => {
    const { redis, postgresql } = await sources.stores()
    return [
      [{ store: 'redis' }, redis ? 1 : 0],
      [{ store: 'postgresql' }, postgresql ? 1 : 0],
    ]
  })
  gauge(
    ['hotspot_collected_timestamp_seconds', 'When the collector last found nothing in its way, epoch s.', []],
    async () => {
      const at = sources.collectedAt()
      return at === null ? [] : [[{}, at / 1000]]
    },
  )
  return () => names.forEach((name) => registry.removeSingleMetric(name))
}

function liveSamples(cover: readonly SiteCoverage[] | null): Sample[] {
  if (cover === null) return []
  return CATEGORIES.map((category) => [
    { category },
    cover.filter((site) => site.category === category && site.live).length,
  ])
}

/** Known sites, also those without a session yet, and sites of the past. */
function perSite(
  figures: RunningFigures | null,
  sites: ReadonlyMap<string, Site>,
  samples: (site: RunningFigures['sites'][number] | undefined) => readonly Sample[],
): Sample[] {
  if (figures === null) return []
  const known = new Map(figures.sites.map((each) => [each.site, each]))
  return [...new Set([...sites.keys(), ...known.keys()])].flatMap((site) =>
    samples(known.get(site)).map(([labels, value]): Sample => [{ site, ...labels }, value]),
  )
}

function visitorSamples(figures: RunningFigures | null, sites: ReadonlyMap<string, Site>): Sample[] {
  if (figures === null) return []
  const known = new Map(figures.visitors.map((each) => [`${each.site} ${each.period}`, each.visitors]))
  const ids = new Set([...sites.keys(), ...figures.visitors.map((each) => each.site)])
  return [...ids].flatMap((site) =>
    PERIODS.map((period): Sample => [{ site, period }, known.get(`${site} ${period}`) ?? 0]),
  )
}

function reachSamples(figures: RunningFigures | null): Sample[] {
  if (figures === null) return []
  const known = new Map(figures.reach.map((each) => [`${each.category} ${each.period}`, each.visitors]))
  return [...CATEGORIES, 'all'].flatMap((category) =>
    PERIODS.map((period): Sample => [{ category, period }, known.get(`${category} ${period}`) ?? 0]),
  )
}

function funnelSamples(figures: RunningFigures | null, sites: ReadonlyMap<string, Site>): Sample[] {
  if (figures === null) return []
  const counts = countsOf(figures, 'funnel')
  const known = new Map(counts.map((each) => [`${each.site} ${each.value}`, each.count]))
  const inService = [...sites.values()].filter((site) => site.state === 'live').map((site) => site.id)
  return [...new Set([...inService, ...counts.map((each) => each.site)])].flatMap((site) =>
    STEPS.map((step): Sample => [{ site, step }, known.get(`${site} ${step}`) ?? 0]),
  )
}

/** Known items, also those that nobody met yet, and items of the past. */
function campaignSamples(
  figures: RunningFigures | null,
  known: readonly string[],
  countOf: (arm: CampaignTotals) => number,
): Sample[] {
  if (figures === null) return []
  const sums = new Map(known.map((campaign) => [campaign, 0]))
  for (const arm of figures.campaigns) sums.set(arm.campaign, (sums.get(arm.campaign) ?? 0) + countOf(arm))
  return [...sums].map(([campaign, count]): Sample => [{ campaign }, count])
}

/** What was held back was not served. */
const viewsOf = ({ arm, devices }: CampaignTotals): number => (arm === 'served' ? devices : 0)

const countsOf = (figures: RunningFigures | null, kind: 'funnel' | 'refusal') =>
  figures?.counts.filter((each) => each.kind === kind) ?? []

/** One call for all who ask while it runs: the metrics of a scrape ask together. */
function atOnce<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | null = null
  return () =>
    (reading ??= read().finally(() => {
      reading = null
    }))
}
