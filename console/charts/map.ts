import type { Category } from '../../core/domain/site.ts'
import { escapeMarkup } from '../views/markup.ts'
import { MAP_SIZE, project, type Outline, type Point } from './outline.ts'

export interface MapSite {
  readonly name: string
  /** What a pointer resting on the place is told. */
  readonly title: string
  readonly category: Category
  readonly lat: number
  readonly lng: number
  readonly visitors: number
  /** Whether it is on the air, cut off, or still to come. */
  readonly look: 'live' | 'down' | 'planned'
}

/** The inner city, drawn again five times larger at the lower left. */
const INNER = { x: 213, y: 133, width: 34, height: 32 } as const
const ZOOM = 5
const INSET = {
  x: 2,
  y: MAP_SIZE.height - 62,
  width: INNER.width * ZOOM,
  height: INNER.height * ZOOM,
} as const
const HEIGHT = INSET.y + INSET.height + 2

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const boxOf = (area: { x: number; y: number; width: number; height: number }): Box => ({
  left: area.x,
  right: area.x + area.width,
  top: area.y,
  bottom: area.y + area.height,
})

const FRAME = boxOf(INNER)
/** Where the name of the inner city stands. */
const INNER_TITLE: Box = {
  left: INSET.x,
  right: INSET.x + 80,
  top: INSET.y + INSET.height - 22,
  bottom: HEIGHT,
}

interface Dot extends MapSite {
  readonly at: Point
  readonly size: number
}

/** The city with its sites: shape and colour tell the category, size the visitors; `others` are faint and say nothing. */
export function cityMap(
  outline: Outline,
  sites: readonly MapSite[],
  say: { readonly title: string; readonly inner: string },
  others: readonly Pick<MapSite, 'lat' | 'lng'>[] = [],
): string {
  const most = Math.max(1, ...sites.map((site) => site.visitors))
  // Area, not radius, stands for the number: the eye compares areas.
  const scaled = (site: MapSite, least: number, largest: number): number =>
    least + (largest - least) * Math.sqrt(site.visitors / most)
  const bySize = [...sites].sort((a, b) => b.visitors - a.visitors)
  const dots: Dot[] = bySize.map((site) => {
    const at = project(site.lat, site.lng)
    return { ...site, at, size: isInner(at) ? 2.1 : scaled(site, 2.4, 10) }
  })
  const inner: Dot[] = dots
    .filter(({ at }) => isInner(at))
    .map((dot) => ({ ...dot, at: enlarged(dot.at), size: scaled(dot, 3, 15) }))
  const outer = dots.filter(({ at }) => !isInner(at))
  const faint = others.map(({ lat, lng }) => project(lat, lng))
  const taken = [...outer.map(boxOfDot), FRAME, boxOf(INSET)]
  const takenInside = [...inner.map(boxOfDot), INNER_TITLE]
  return [
    `<svg class="map" viewBox="0 0 ${MAP_SIZE.width} ${HEIGHT}" role="img"><title>${escapeMarkup(say.title)}</title>`,
    `<path class="land" d="${outline.land}"/><path class="river" d="${outline.river}"/><path class="lake" d="${outline.lake}"/>`,
    drawnFaint(faint),
    ...dots.map(drawn),
    `<g class="labels">${labels(outer, taken, 7, { left: 2, right: MAP_SIZE.width - 2, top: 2, bottom: HEIGHT })}</g>`,
    `<rect class="frame" x="${INNER.x}" y="${INNER.y}" width="${INNER.width}" height="${INNER.height}" rx="4"/><path class="frame" d="M${INNER.x} ${INNER.y + INNER.height}L${INSET.x + INSET.width - 30} ${INSET.y}"/>`,
    `<clipPath id="inner"><rect x="${INSET.x}" y="${INSET.y}" width="${INSET.width}" height="${INSET.height}" rx="12"/></clipPath>`,
    `<g clip-path="url(#inner)"><rect class="ground" x="${INSET.x}" y="${INSET.y}" width="${INSET.width}" height="${INSET.height}"/>`,
    `<g transform="translate(${INSET.x - INNER.x * ZOOM} ${INSET.y - INNER.y * ZOOM}) scale(${ZOOM})"><path class="river" d="${outline.river}"/><path class="lake" d="${outline.lake}"/></g>`,
    drawnFaint(faint.filter(isInner).map(enlarged)),
    ...inner.map(drawn),
    `<g class="labels"><text class="quiet" x="${INSET.x + 10}" y="${INSET.y + INSET.height - 10}">${escapeMarkup(say.inner)}</text>`,
    `${labels(inner, takenInside, 3, boxOf(INSET))}</g></g>`,
    `<rect class="frame" x="${INSET.x}" y="${INSET.y}" width="${INSET.width}" height="${INSET.height}" rx="12"/></svg>`,
  ].join('')
}

const isInner = ([x, y]: Point): boolean =>
  x >= INNER.x && x <= INNER.x + INNER.width && y >= INNER.y && y <= INNER.y + INNER.height

const enlarged = ([x, y]: Point): Point => [INSET.x + (x - INNER.x) * ZOOM, INSET.y + (y - INNER.y) * ZOOM]

const LETTER: Readonly<Record<Category, string>> = {
  'tourist-site': 't',
  'craft-village': 'c',
  'industrial-park': 'i',
}

/** A circle, a diamond or a square of about the same area; a ring when planned; a crossed circle when cut off. */
function drawn({ at: [x, y], size, category, look, title }: Dot): string {
  const place = `transform="translate(${x.toFixed(1)} ${y.toFixed(1)})"`
  const told = `<title>${escapeMarkup(title)}</title>`
  if (look === 'down')
    return `<g class="down" ${place}>${told}<circle r="6"/><path d="M-2.5-2.5l5 5m0-5l-5 5"/></g>`
  const s = size.toFixed(1)
  const half = (size * 0.89).toFixed(1)
  const side = (size * 1.78).toFixed(1)
  const tip = (size * 1.25).toFixed(1)
  const shape = {
    'tourist-site': `<circle r="${s}"/>`,
    'craft-village': `<path d="M0-${tip}L${tip} 0 0 ${tip}-${tip} 0z"/>`,
    'industrial-park': `<rect x="-${half}" y="-${half}" width="${side}" height="${side}" rx="1"/>`,
  }[category]
  return `<g class="${LETTER[category]}${look === 'planned' ? ' planned' : ''}" ${place}>${told}${shape}</g>`
}

/** Lines of no length, whose round ends are dots: a thousand are one element. */
const drawnFaint = (places: readonly Point[]): string =>
  places.length === 0
    ? ''
    : `<path class="others" d="${places.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join('')}"/>`

const boxOfDot = ({ at: [x, y], size, look }: Dot): Box => {
  // A name may touch a dot's edge.
  const r = look === 'down' ? 6 : size * 0.7
  return { left: x - r, right: x + r, top: y - r, bottom: y + r }
}

/** Names beside the largest places and those cut off, each where it meets neither a dot nor another name. */
function labels(dots: readonly Dot[], taken: Box[], most: number, room: Box): string {
  const first = [...dots].sort((a, b) => Number(b.look === 'down') - Number(a.look === 'down'))
  const written: string[] = []
  for (const dot of first) {
    if (written.length >= most) break
    // Where there are few each may be looked for; among many, those that somebody visits.
    if (dot.visitors === 0 && dot.look !== 'down' && dots.length > most) continue
    const text = shortName(dot)
    if (text === null) continue
    const own = boxOfDot(dot)
    const fits = labelPlaces(dot, text.length * LETTER_WIDTH).find(
      ({ box }) => isWithin(box, room) && !taken.some((other) => !isSame(other, own) && overlap(box, other)),
    )
    if (!fits) continue
    taken.push(fits.box)
    written.push(
      `<text x="${fits.x.toFixed(1)}" y="${(fits.box.bottom - 3).toFixed(1)}" text-anchor="${fits.anchor}">${escapeMarkup(text)}</text>`,
    )
  }
  return written.join('')
}

/** Of bold letters of 11 units in a wide system font. */
const LETTER_WIDTH = 7.6

/** Right of a dot, left of it, above, below. */
function labelPlaces({ at: [x, y], size, look }: Dot, width: number) {
  const gap = (look === 'down' ? 6 : size) + 4
  const place = (anchor: 'start' | 'middle' | 'end', anchorX: number, middle: number) => {
    const left = anchorX - { start: 0, middle: width / 2, end: width }[anchor]
    return { anchor, x: anchorX, box: { left, right: left + width, top: middle - 7, bottom: middle + 7 } }
  }
  return [
    place('start', x + gap, y),
    place('end', x - gap, y),
    place('middle', x, y - gap - 5),
    place('middle', x, y + gap + 6),
  ]
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top
const isSame = (a: Box, b: Box): boolean => a.left === b.left && a.top === b.top && a.right === b.right

const isWithin = (a: Box, b: Box): boolean =>
  a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom

const LONGEST_LABEL = 20

/** The part of a name before its explanation, or null when it is too long all the same. */
function shortName({ name, look }: MapSite): string | null {
  const part = name
    .split(/ [–—-] | \(| & /)[0]!
    .replace(/^Khu công nghiệp /, 'KCN ')
    .trim()
  if (part.length <= LONGEST_LABEL) return part
  return look === 'down' ? `${part.slice(0, LONGEST_LABEL - 1).trimEnd()}…` : null
}
