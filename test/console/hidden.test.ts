import fc from 'fast-check'
import t from 'tap'
import { hideSmall } from '../../console/figures/hidden.ts'

const K = 10
const counted = (counts: Record<string, number>) =>
  Object.entries(counts).map(([value, count]) => ({ value, count }))
const kinds = (counts: Record<string, number>): string[] =>
  hideSmall(counted(counts), K).map((cell) => `${cell.value} ${cell.kind}`)

t.test('cells of k and more are shown with their share, the largest first', async (t) => {
  t.same(hideSmall(counted({ en: 10, vi: 30 }), K), [
    { kind: 'shown', value: 'vi', count: 30, share: 0.75 },
    { kind: 'shown', value: 'en', count: 10, share: 0.25 },
  ])
  t.same(hideSmall([], K), [])
  t.same(hideSmall(counted({ vi: 0 }), K), [])
})

t.test('one small cell takes the next smallest with it, as the total would tell it', async (t) => {
  t.same(kinds({ vi: 50, en: 20, fr: 9 }), ['vi shown', 'en withheld', 'fr under'])
  t.same(kinds({ vi: 50, fr: 9 }), ['vi withheld', 'fr under'])
  t.same(kinds({ fr: 9 }), ['fr under'])
})

t.test('small cells that are few together take it with them too', async (t) => {
  t.same(kinds({ vi: 50, en: 20, fr: 1, de: 1 }), ['vi shown', 'en withheld', 'de under', 'fr under'])
  t.same(kinds({ vi: 50, en: 20, fr: 5, de: 5 }), ['vi shown', 'en shown', 'de under', 'fr under'])
})

t.test('hidden cells stand in the order of their names, which tells nothing', async (t) => {
  t.same(kinds({ vi: 50, ru: 9, fr: 2, ja: 5 }).slice(1), ['fr under', 'ja under', 'ru under'])
})

t.test('whatever the counts, nobody can work out a small one from those shown and the total', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 12 }), (counts) => {
      const given = counts.map((count, i) => ({ value: `v${i}`, count }))
      const cells = hideSmall(given, K)
      const hidden = cells.filter((cell) => cell.kind !== 'shown')
      if (cells.some((cell) => cell.kind === 'shown' && cell.count < K)) return false
      if (hidden.length === 0 || hidden.length === cells.length) return true
      const total = counts.reduce((sum, count) => sum + count, 0)
      const shown = cells.reduce((sum, cell) => sum + (cell.kind === 'shown' ? cell.count : 0), 0)
      return hidden.length >= 2 && total - shown >= K
    }),
  )
})
