import { addDays, dayBegins } from '../../../core/domain/day.ts'
import { readCityTime } from '../../../core/domain/city-time.ts'
import { daysOf } from './judge.ts'
import type { TwinReport } from './twin.ts'
import { scopesOf, trueDay, trueVisitors } from './truth.ts'

const WIDTH = 760
const LEFT = 60
const INK = '#55605a'
const TRUTH = '#c9b98f'
const FIGURE = '#1c6354'
const FAULT = '#a3261d'

/** The pictures of docs/reach.md as SVG, by name: what was, and what the platform said. */
export const pictures = (report: TwinReport): ReadonlyMap<string, string> =>
  new Map([
    ['twin-visitors', visitorsPicture(report)],
    ['twin-outages', outagesPicture(report)],
    ['twin-bias', biasPicture(report)],
  ])

/** Bars are addresses that were online, dots what the platform says, a line the people behind them. */
function visitorsPicture({ plan, truth, shown }: TwinReport): string {
  const [city] = scopesOf(truth.places)
  const height = 260
  const rows = plan.days.map(({ day }, i) => ({
    day,
    was: trueDay(truth, city!, i),
    told: shown.figures.find(
      ({ scope, period, startsOn }) => scope === 'all' && period === 'day' && startsOn === day,
    ),
  }))
  const top = Math.max(1, ...rows.map(({ was }) => was.visitors)) * 1.1
  const y = (value: number): number => height - 30 - (value / top) * (height - 60)
  const slot = (WIDTH - LEFT - 10) / rows.length
  const marks = rows.map(({ day, was, told }, i) => {
    const x = LEFT + i * slot
    const weekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
    return [
      rect(x + slot * 0.15, y(was.visitors), slot * 0.7, height - 30 - y(was.visitors), TRUTH),
      told ? `<circle cx="${at(x + slot / 2)}" cy="${at(y(told.visitors))}" r="4" fill="${FIGURE}"/>` : '',
      i % Math.ceil(rows.length / 10) === 0 || rows.length < 12
        ? text(
            x + slot / 2,
            height - 12,
            `${Number(day.slice(8))}/${Number(day.slice(5, 7))}${weekend ? '*' : ''}`,
            'middle',
          )
        : '',
    ].join('')
  })
  const axis = [0, 0.5, 1].map((share) => {
    const value = Math.round((top / 1.1) * share)
    return `${line(LEFT, y(value), WIDTH - 10, y(value))}${text(LEFT - 6, y(value) + 4, String(value), 'end')}`
  })
  const title =
    'Visitors of a day: bars are addresses that were online, dots what the platform says (* weekend)'
  return svg(height, title, [...axis, ...marks])
}

/** Above each line what was off, below it the incidents. */
function outagesPicture({ plan, truth, shown }: TwinReport): string {
  const row = 40
  const height = 50 + truth.places.length * row
  const [first, last] = [dayBegins(plan.days[0]!.day), dayBegins(addDays(plan.days.at(-1)!.day, 1))]
  const left = 190
  const x = (moment: number): number => left + ((moment - first) / (last - first)) * (WIDTH - left - 10)
  const wide = (from: number, until: number): number => Math.max(3, x(until) - x(from))
  const rows = truth.places.map(({ id }, place) => {
    const y = 50 + place * row
    const off = plan.outages
      .filter((each) => each.place === place)
      .map(({ from, until }) => rect(x(from), y - 12, wide(from, until), 11, TRUTH))
    const told = shown.incidents
      .filter(({ subject }) => subject === id)
      .map(({ began, closed, planned }) => {
        const [from, until] = [readCityTime(began, '')!, closed === null ? last : readCityTime(closed, '')!]
        return rect(x(from), y + 1, wide(from, until), 11, planned ? FIGURE : FAULT)
      })
    return [line(left, y, WIDTH - 10, y), text(left - 8, y + 4, id, 'end'), ...off, ...told].join('')
  })
  const title = 'Above the line what was off; below it the incidents, green where planned work covered them'
  return svg(height, title, rows)
}

/** Of each week and month of the city: people, addresses, and the printed interval. */
function biasPicture({ plan, truth, shown }: TwinReport): string {
  const [city] = scopesOf(truth.places)
  const periods = shown.figures.filter(({ scope, period }) => scope === 'all' && period !== 'day')
  const row = 34
  const height = 50 + periods.length * row
  const left = 150
  const top = Math.max(1, ...periods.map(({ high }) => high)) * 1.08
  const x = (value: number): number => left + (value / top) * (WIDTH - left - 90)
  const rows = periods.map(({ period, startsOn, visitors, low, high }, i) => {
    const y = 40 + i * row
    const { people, addresses } = trueVisitors(truth, city!, daysOf(plan.days, period, startsOn))
    return [
      text(left - 8, y + 13, `${period} ${startsOn}`, 'end'),
      rect(left, y, x(addresses) - left, 18, TRUTH),
      rect(left, y + 4, x(people) - left, 10, INK),
      `<line x1="${at(x(low))}" x2="${at(x(high))}" y1="${at(y + 9)}" y2="${at(y + 9)}" stroke="${FIGURE}" stroke-width="3"/>`,
      `<circle cx="${at(x(visitors))}" cy="${at(y + 9)}" r="5" fill="${FIGURE}"/>`,
      text(x(high) + 10, y + 13, `+${((visitors / people - 1) * 100).toFixed(1)} %`, 'start'),
    ].join('')
  })
  const title =
    'Dark: people; light: their addresses; dot: what the platform says, and by how much it is more than people'
  return svg(height, title, rows)
}

const at = (number: number): string => number.toFixed(1)

const rect = (x: number, y: number, width: number, height: number, fill: string): string =>
  `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="2" fill="${fill}"/>`

const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `<line x1="${at(x1)}" x2="${at(x2)}" y1="${at(y1)}" y2="${at(y2)}" stroke="#8a8f86" stroke-width="0.5"/>`

const text = (x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end'): string =>
  `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}">${words}</text>`

/** Paper of its own, so that it reads on a dark page, too. */
const svg = (height: number, title: string, parts: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="sans-serif" font-size="12" fill="${INK}">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fffcf4"/>`,
    text(10, 18, title, 'start'),
    ...parts,
    '</svg>',
    '',
  ].join('\n')
