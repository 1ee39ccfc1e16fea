import { addDays, weekOf } from '../../../core/domain/day.ts'
import type { Category } from '../../../core/domain/site.ts'
import type { Random } from '../random.ts'

/** One day of the twin's city, and what makes it unlike others. */
export interface TwinDay {
  readonly day: string
  readonly weekend: boolean
  readonly rain: boolean
  /** Days since Tết, below 0 before it. */
  readonly sinceTet: number
}

/** First days of the lunar year on Hà Nội's clock. */
const TET = [
  '2027-02-06',
  '2028-01-26',
  '2029-02-13',
  '2030-02-02',
  '2031-01-23',
  '2032-02-11',
  '2033-01-31',
  '2034-02-19',
  '2035-02-08',
]

const LONG_DAYS = 14
const RAIN_SHARE = 0.3

/** Days in a row from a Monday, with the next Tết that lies far enough ahead of `now` (epoch ms) among them; null past the last known. */
export function calendar(count: number, { now, random }: { now: number; random: Random }): TwinDay[] | null {
  const begins = (tet: string): string => addDays(weekOf(tet), count > LONG_DAYS ? -21 : 0)
  const tet = TET.find((each) => Date.parse(`${begins(each)}T00:00:00+07:00`) > now)
  if (tet === undefined) return null
  const dayMs = 86_400_000
  return Array.from({ length: count }, (_, i) => {
    const day = addDays(begins(tet), i)
    const date = new Date(`${day}T00:00:00Z`)
    return {
      day,
      weekend: [0, 6].includes(date.getUTCDay()),
      rain: random.chance(RAIN_SHARE),
      sinceTet: Math.round((date.getTime() - Date.parse(`${tet}T00:00:00Z`)) / dayMs),
    }
  })
}

/** How many come on a day, as a multiple of a usual one. */
export function crowdFactor(category: Category, { weekend, rain, sinceTet }: TwinDay): number {
  const tet = sinceTet >= -2 && sinceTet <= 3
  if (category === 'industrial-park') return tet ? 0.1 : weekend ? 0.3 : 1.25
  if (category === 'craft-village') return (tet ? 0.4 : weekend ? 1.4 : 0.85) * (rain ? 0.7 : 1)
  return (tet ? 1.6 : weekend ? 1.4 : 0.85) * (rain ? 0.6 : 1)
}

/** Spring calligraphy at the Temple of Literature. */
export const isFestival = (site: string, { sinceTet }: TwinDay): boolean =>
  site === 'van-mieu' && sinceTet >= 1 && sinceTet <= 2
export const FESTIVAL_FACTOR = 2
