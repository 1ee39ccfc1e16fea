import type { Site } from '../../core/domain/site.ts'
import { daysChart } from '../charts/days.ts'
import { BESIDES, MOST_WAYS, PERIODS, type Beside, type Compared } from '../visitors.ts'
import type { Wording } from '../wording.ts'
import { countStyle } from './figures.ts'
import { siteName } from './sites.ts'

/** Visitors of a period beside another, in words and bars. */
export function visitorsView(
  wording: Wording,
  { days, languages, systems, ways }: Compared,
  asked: {
    readonly exact: boolean
    readonly wholeCity: boolean
    readonly sites: readonly Site[]
    readonly site: string | null
    readonly length: number
    readonly beside: Beside
    readonly mayNote: boolean
  },
) {
  const { say, format, lang, knows } = wording
  const style = countStyle(wording, asked.exact)
  const told = (count: number | null): string => (count === null ? '–' : format.number(count))
  const share = (part: number | null): string =>
    part === null ? say('visitors.withheld') : format.percent(part)
  const every = days.length > 7 ? 7 : 1
  const chart = daysChart(
    days.map((each) => ({
      day: each.day,
      // A hidden figure is drawn as if there were nobody: the bar tells no more than the words.
      count: style(each.visitors) === format.number(each.visitors) ? each.visitors : 0,
      label: format.shortDay(each.day),
      title: [
        say('days.bar', { day: format.longDay(each.day), count: style(each.visitors) }),
        ...each.notes.map((note) => note[lang]),
      ].join('. '),
      partial: false,
    })),
  )
  const rows = (list: Compared['languages'], name: (value: string) => string) =>
    list.map((each) => ({ name: name(each.value), share: share(each.share), beside: share(each.beside) }))
  const nameOf = (id: string): string => {
    const site = asked.sites.find((each) => each.id === id)
    return site ? siteName(wording, site) : id
  }
  return {
    ...asked,
    svg: chart.svg,
    axisLabels: chart.axis.map((value) => format.number(value)),
    ticks: days.map((each, i) => (i % every === 0 ? format.shortDay(each.day) : '')),
    label: say('days.label', { days: days.length }),
    empty: days.every(({ visitors, beside }) => visitors === 0 && beside === 0),
    besideLabel: say(`visitors.beside.${asked.beside}`),
    rows: days.map((each) => ({
      day: format.longDay(each.day),
      visitors: style(each.visitors),
      beside: style(each.beside),
      firstTime: told(each.firstTime),
      returning: told(each.returning),
      notes: each.notes.map((note) => note[lang]),
    })),
    notes: days.flatMap(({ day, notes }) =>
      notes.map((note) => ({
        id: note.id,
        text: `${format.longDay(day)}: ${note[lang]}`,
        who: note.who,
        mayRemove: asked.mayNote && (note.site !== null || asked.wholeCity),
      })),
    ),
    languages: rows(languages, format.languageName),
    waysLead: say('visitors.ways.lead', { most: MOST_WAYS }),
    ways: ways.map(({ from, to, devices }) => ({
      from: nameOf(from),
      to: nameOf(to),
      devices: format.number(devices),
    })),
    systems: rows(systems, (value) => (knows(`system.${value}`) ? say(`system.${value}`) : value)),
    siteOptions: asked.sites.map((site) => ({
      value: site.id,
      label: siteName(wording, site),
      chosen: site.id === asked.site,
    })),
    periods: PERIODS.map((each) => ({
      value: each,
      label: say('visitors.days', { count: each }),
      chosen: each === asked.length,
    })),
    besides: BESIDES.map((each) => ({
      value: each,
      label: say(`visitors.beside.${each}`),
      chosen: each === asked.beside,
    })),
  }
}
