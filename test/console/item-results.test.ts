import t from 'tap'
import { shownCounts, type CampaignPart, type ItemCounts } from '../../core/domain/campaign-result.ts'
import { itemWords, resultRows } from '../../console/pages/item-results.ts'
import { loadWordings } from '../../console/wording.ts'

const { en, vi } = loadWordings()
const counts: ItemCounts = {
  served: 1000,
  held: 110,
  opened: 40,
  openedOtherwise: 12,
  visited: 60,
  visitedHeld: 12,
}
const part = (more: Partial<ItemCounts> = {}, atLeast: Partial<ItemCounts> = {}): CampaignPart[] =>
  (['all', 'site'] as const).map((by) => ({
    by,
    value: by === 'site' ? 'lake' : '',
    counts: { ...counts, ...more },
    atLeast: { ...counts, ...more, ...atLeast },
  }))
const shown = (...given: Parameters<typeof part>) => shownCounts(part(...given))[0]

t.test('from a hundred on an item has its share and its effect, each with its interval', async (t) => {
  t.same(itemWords(en, shown()), {
    served: '1,000',
    opened: '40',
    rate: '4% (95%: 3% to 5.4%)',
    held: '110',
    visited: '60',
    visitedHeld: '12',
    lift: '-4.9% (95%: -12.2% to -0.1%)',
  })
  t.match(itemWords(vi, shown({ served: 100 })), { served: '100', rate: /^40% \(95 %: .* đến .*\)$/ })
  const rows = resultRows(en, shown())
  t.same(rows?.map(({ term }) => term).slice(0, 3), ['Shown', 'Opened', 'Share that opened it'])
  t.equal(rows?.length, 7)
})

t.test('under a hundred nothing is told', async (t) => {
  t.equal(itemWords(en, shown({ served: 99 })), null)
  t.equal(itemWords(en, shown({ served: 1000 }, { served: 5 })), null, 'a thousand pages of five devices')
  t.equal(itemWords(en, undefined), null)
  t.equal(resultRows(en, undefined), null)
})

t.test('what fewer than ten did is not told, nor what follows from it', async (t) => {
  const few = itemWords(en, shown({ opened: 9, visitedHeld: 4 }))
  t.match(few, { opened: 'under 10 devices, not told', visitedHeld: 'under 10 devices, not told' })
  t.match(few, { rate: 'cannot be said yet', lift: 'cannot be said yet' })
  t.match(
    itemWords(en, shown({ opened: 0 })),
    { opened: '0', rate: '0% (95%: 0% to 0.4%)' },
    'nobody is no secret',
  )
  t.match(
    itemWords(en, shown({ held: 99 })),
    { held: '99', lift: 'cannot be said yet' },
    'too few to compare with',
  )
})
