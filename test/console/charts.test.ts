import fc from 'fast-check'
import t from 'tap'
import { bar } from '../../console/charts/bar.ts'
import { daysChart } from '../../console/charts/days.ts'
import { cityMap, type MapSite } from '../../console/charts/map.ts'
import { loadOutline, MAP_SIZE, project } from '../../console/charts/outline.ts'
import { CATEGORIES } from '../../core/domain/site.ts'

const day = (count: number, i = 0) => ({
  day: `2026-03-${String(i + 1).padStart(2, '0')}`,
  count,
  label: `${i + 1}/3`,
  title: `${count}`,
  partial: false,
})
const axis = (most: number): readonly number[] => daysChart([day(most)]).axis

t.test('the axis has few round values, at or above the largest bar', async (t) => {
  t.same(axis(0), [1, 0])
  t.same(axis(3), [3, 2, 1, 0])
  t.same(axis(7), [8, 6, 4, 2, 0])
  t.same(axis(26_584), [30_000, 20_000, 10_000, 0])
  t.same(axis(104_600), [150_000, 100_000, 50_000, 0])
  fc.assert(
    fc.property(fc.nat(5_000_000), (most) => {
      const values = axis(most)
      return values[0]! >= most && values.length <= 5 && values.every(Number.isInteger) && values.at(-1) === 0
    }),
  )
})

t.test('a bar is as high as its share of the axis, and today is drawn otherwise', async (t) => {
  const { svg } = daysChart([day(60), { ...day(15, 1), partial: true }, day(0, 2)])
  t.match(svg, /<rect class="full"[^>]* y="0.00%" height="100.00%"/)
  t.match(svg, /<rect class="part"[^>]* y="75.00%" height="25.00%"/)
  t.equal(svg.match(/class="(full|part)"/g)!.length, 2)
  t.equal(svg.match(/class="wkend"/g)!.length, 1, '1 March 2026 is a Sunday')
})

t.test('a bar of a share never leaves its room', async (t) => {
  t.match(bar(0.461), 'width="46.1%"')
  t.match(bar(1.7), 'width="100.0%"')
  t.match(bar(-1), 'width="0.0%"')
})

const place = (more: Partial<MapSite> = {}): MapSite => ({
  name: 'Hồ Hoàn Kiếm – đền Ngọc Sơn',
  title: 'title',
  category: 'tourist-site',
  lat: 21.0287,
  lng: 105.8523,
  visitors: 100,
  look: 'live',
  ...more,
})
const draw = (sites: readonly MapSite[]): string =>
  cityMap(loadOutline(), sites, { title: 'T', inner: 'Nội thành' })

t.test(
  'other places stand faintly around them, on the map and in its enlargement, without words',
  async (t) => {
    const others = [
      { lat: 21.0287, lng: 105.8523 },
      { lat: 20.8, lng: 105.6 },
    ]
    const map = cityMap(loadOutline(), [place()], { title: 'T', inner: 'Nội thành' }, others)
    const [whole, enlarged] = [...map.matchAll(/<path class="others" d="([^"]*)"/g)].map(([, d]) => d!)
    t.equal(whole!.match(/M[\d.]+ [\d.]+h0/g)!.length, 2)
    t.equal(enlarged!.match(/M[\d.]+ [\d.]+h0/g)!.length, 1, 'one of them is in the inner city')
    t.equal(map.match(/<title>/g)!.length, 3, 'that of the map, and of the place twice')
    t.notMatch(draw([place()]), 'others')
  },
)

t.test('few places all have their names, of many those that are visited', async (t) => {
  const spread = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      place({ name: `Điểm ${i}`, visitors: 0, lat: 20.75 + i * 0.05, lng: 105.6 }),
    )
  t.equal(draw(spread(4)).match(/>Điểm \d+<\/text>/g)!.length, 4)
  t.notMatch(draw(spread(8)), '</text><text')
  t.notMatch(draw(spread(8)), />Điểm \d+<\/text>/)
})

t.test('the city fits the map', async (t) => {
  const numbers = [...loadOutline().land.matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ])
  t.ok(numbers.every(([x, y]) => x! >= 0 && x! <= MAP_SIZE.width && y! >= 0 && y! <= MAP_SIZE.height))
  const [x, y] = project(21.0287, 105.8523)
  t.ok(Math.abs(x - 238) < 1 && Math.abs(y - 156) < 1, 'Hoàn Kiếm')
})

t.test('category is told by shape, not by colour alone', async (t) => {
  const shapes = CATEGORIES.map((category) => {
    const map = draw([place({ category, lat: 20.8, lng: 105.6 })])
    return /<g class="[tci]" transform[^>]*><title>title<\/title><(\w+)/.exec(map)![1]
  })
  t.equal(new Set(shapes).size, 3)
})

t.test('more visitors make a larger mark, by area', async (t) => {
  const far = { lat: 20.8, lng: 105.6 }
  const map = draw([place({ ...far, visitors: 400 }), place({ ...far, lng: 105.5, visitors: 100 })])
  const sizes = [...map.matchAll(/<circle r="([\d.]+)"/g)].map(([, r]) => Number(r) - 2.4)
  t.ok(Math.abs(sizes[0]! / sizes[1]! - 2) < 0.05)
})

t.test('a place of the inner city stands on the map and in its enlargement', async (t) => {
  t.equal(draw([place()]).match(/<title>title</g)!.length, 2)
  t.equal(draw([place({ lat: 20.8, lng: 105.6 })]).match(/<title>title</g)!.length, 1)
})

t.test('names never lie upon one another', async () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          lat: fc.double({ min: 20.6, max: 21.35, noNaN: true }),
          lng: fc.double({ min: 105.35, max: 106.0, noNaN: true }),
          visitors: fc.nat(5000),
        }),
        { maxLength: 60 },
      ),
      (places) => {
        const map = draw(places.map((each, i) => place({ ...each, name: `Điểm số ${i}` })))
        const texts = [
          ...map.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)" text-anchor="(\w+)">([^<]*)</g),
        ].map(([, x, y, anchor, text]) => {
          const width = text!.length * 7
          const left = Number(x) - { start: 0, middle: width / 2, end: width }[anchor as 'start']
          return { left, right: left + width, y: Number(y) }
        })
        return texts.every((a, i) =>
          texts
            .slice(i + 1)
            .every((b) => Math.abs(a.y - b.y) >= 11 || a.right <= b.left || b.right <= a.left),
        )
      },
    ),
    { numRuns: 50 },
  )
})

t.test('a place that is cut off is crossed out and named first', async (t) => {
  const map = draw([
    place({ lat: 20.8, lng: 105.6, look: 'down', visitors: 0, name: 'Khu công nghiệp Phú Nghĩa' }),
  ])
  t.match(map, /<g class="down"/)
  t.match(map, '>KCN Phú Nghĩa</text>')
})
