import { readFileSync } from 'node:fs'

export type Point = readonly [number, number]

/** The city's outline and river as SVG paths, for maps without tiles. For orientation only (see the file's note). */
export interface Outline {
  readonly land: string
  readonly river: string
  readonly lake: string
}

/** Where a place is on the map of 344 × 372 units. Hà Nội spans 0.74° of longitude: a plane is near enough. */
export const project = (lat: number, lng: number): Point => [
  28 + (lng - 105.335) * 406,
  26 + (21.3285 - lat) * 434,
]

export const MAP_SIZE = { width: 344, height: 372 } as const

/** Hồ Tây, drawn by hand like the river in the file: schematic. */
const WEST_LAKE: readonly Point[] = [
  [105.8125, 21.0745],
  [105.8215, 21.0785],
  [105.831, 21.073],
  [105.8355, 21.064],
  [105.8375, 21.054],
  [105.8355, 21.047],
  [105.829, 21.0445],
  [105.822, 21.047],
  [105.815, 21.0455],
  [105.811, 21.0515],
  [105.8155, 21.058],
  [105.8125, 21.066],
]

interface GeoJson {
  readonly features: readonly {
    readonly properties: { readonly id: string }
    readonly geometry: { readonly coordinates: unknown }
  }[]
}

export function loadOutline(file = new URL('../assets/hanoi-outline.json', import.meta.url)): Outline {
  const { features } = JSON.parse(readFileSync(file, 'utf8')) as GeoJson
  const coordinates = (id: string): unknown =>
    features.find((feature) => feature.properties.id === id)?.geometry.coordinates
  const land = (coordinates('hanoi') as Point[][])[0]!.map(placed)
  const river = (coordinates('song-hong') as Point[]).map(placed)
  return {
    land: `M${land.map(written).join(' ')}z`,
    river: smooth(river, false),
    lake: smooth(WEST_LAKE.map(placed), true),
  }
}

const placed = ([lng, lat]: Point): Point => project(lat, lng)
const written = ([x, y]: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`

/** A curve through the middles of the points, bent by the points: no corner, no overshoot. */
function smooth(points: readonly Point[], closed: boolean): string {
  const middle = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
  const first = points[0]!
  const last = points.at(-1)!
  const start = closed ? middle(last, first) : first
  const bends = points.map((point, i) => {
    const next = points[i + 1] ?? (closed ? first : point)
    return `Q${written(point)} ${written(middle(point, next))}`
  })
  return `M${written(start)}${bends.join('')}${closed ? 'z' : ''}`
}
