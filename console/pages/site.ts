import { gatewayState, type DeviceState } from '../../core/domain/gateway-state.ts'
import { LEAST_SHOWN_CROSSED } from '../../core/domain/k-anonymity.ts'
import type { Today } from '../figures/figures.ts'
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
import { markOf, pillOf, siteName, type Mark, type Pill } from './sites.ts'

/** Today for one site, ready to be laid out. */
export interface SitePage {
  readonly title: string
  readonly sub: string
  /** Until when today's figures go. */
  readonly clock: string
  readonly mark: Mark
  readonly pill: Pill
  readonly kpis: readonly Kpi[]
  readonly days: DaysPart
  readonly funnel: FunnelPart
  readonly breakdown: BreakdownPart
  readonly accessPoints: readonly DeviceRow[]
  readonly gateways: readonly DeviceRow[]
  readonly facts: readonly { readonly label: string; readonly value: string }[]
}

export interface DeviceRow {
  readonly name: string
  readonly note: string | null
  readonly heard: string
  readonly pill: Pill
}

const DEVICE_TONES: Readonly<Record<DeviceState, Pill['tone']>> = {
  live: 'ok',
  silent: 'bad',
  unknown: 'none',
}

export function sitePage(
  wording: Wording,
  given: {
    readonly life: SiteLife
    readonly figures: Today
    readonly exact: boolean
    readonly now: number
  },
): SitePage {
  const { say, format } = wording
  const { life, figures, now } = given
  const style = countStyle(wording, given.exact)
  const heard = (at: number | null): string => (at === null ? say('heard.never') : format.moment(at, now))
  return {
    title: siteName(wording, life.site),
    sub: say('page.sub', { date: format.date(now), time: format.clock(now) }),
    clock: format.clock(now),
    mark: markOf(wording, life.site.category),
    pill: pillOf(wording, life.state),
    kpis: siteKpis(wording, given),
    days: daysPart(wording, figures, style),
    funnel: funnelPart(wording, figures, style),
    breakdown: breakdownPart(wording, figures, LEAST_SHOWN_CROSSED),
    accessPoints: life.accessPoints.map((ap) => ({
      name: ap.name,
      note: null,
      heard: heard(ap.heardAt),
      pill: devicePill(wording, ap.state),
    })),
    gateways: life.gateways.map((gateway) => ({
      name: gateway.nas.id,
      note: say('gateway.note', {
        vendor: gateway.nas.gateway,
        count: format.number(gateway.openSessions),
      }),
      heard: heard(gateway.heardAt),
      pill: devicePill(wording, gatewayState(gateway.nas, gateway, now)),
    })),
    facts: facts(wording, life),
  }
}

function siteKpis(wording: Wording, given: { life: SiteLife; figures: Today; exact: boolean }): Kpi[] {
  const { say, format } = wording
  const { life, figures } = given
  const style = countStyle(wording, given.exact)
  const silent = life.accessPoints.filter((ap) => ap.state === 'silent').length
  return [
    {
      label: say('kpi.online'),
      value: format.number(life.online),
      unit: null,
      note: say('kpi.online.note'),
      count: 'online',
    },
    { ...reachKpi(wording, say('kpi.visitors'), figures.today.visitors, style), count: 'visitors' },
    {
      label: say('kpi.sessions'),
      value: style(figures.today.sessions),
      unit: null,
      note: say('kpi.sessions.note'),
    },
    dataKpi(wording, figures.today.octets),
    {
      label: say('kpi.aps'),
      value: format.number(life.accessPoints.filter((ap) => ap.state === 'live').length),
      unit: `/ ${format.number(life.accessPoints.length)}`,
      note: say(silent > 0 ? 'kpi.aps.silent' : 'kpi.aps.none', { count: format.number(silent) }),
    },
  ]
}

const devicePill = ({ say }: Wording, state: DeviceState): Pill => ({
  tone: DEVICE_TONES[state],
  label: say(`device.state.${state}`),
})

function facts({ say, format }: Wording, { site }: SiteLife): SitePage['facts'] {
  const minutes = (seconds: number | undefined): string | null =>
    seconds === undefined ? null : say('minutes', { count: format.number(Math.round(seconds / 60)) })
  const known: (readonly [string, string | null])[] = [
    ['fact.category', say(`category.${site.category}`)],
    ['fact.ward', site.ward],
    ['fact.login', site.login.map((method) => say(`login.${method}`)).join(', ')],
    ['fact.session', minutes(site.limits.sessionSeconds)],
    ['fact.daily', minutes(site.limits.dailySeconds)],
    [
      'fact.octets',
      site.limits.dailyOctets === undefined ? null : `${format.gigabytes(site.limits.dailyOctets)} GB`,
    ],
  ]
  return known.flatMap(([label, value]) => (value === null ? [] : [{ label: say(label), value }]))
}
