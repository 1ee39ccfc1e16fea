import t from 'tap'
import { addDays, dayBegins } from '../../../core/domain/day.ts'
import { SLOT_MS } from '../../../core/domain/availability.ts'
import { readAvailability, readSlots } from '../../../core/records/availability.ts'
import { testPostgres, testRecords } from '../../support/stores.ts'

const records = await testRecords(t, await testPostgres(t))
const FIRST = '2026-02-27'
const DAYS = 5
const SITES = ['lake', 'temple', 'mill']
const LETTERS = '-quwd'

// The lake has every day, the temple none of the third, nobody ever looked at the mill.
for (const [i, site] of SITES.entries())
  for (let d = 0; d < DAYS; d++) {
    if (site === 'mill' || (site === 'temple' && d === 2)) continue
    const letters = Array.from(
      { length: 288 },
      (_, slot) => LETTERS[(slot * (i + 2) + d * 7 + (slot >> 5)) % 5],
    )
    await records.query('INSERT INTO site_availability VALUES ($1, $2, $3)', [
      site,
      addDays(FIRST, d),
      letters.join(''),
    ])
  }

t.test('slots that were counted with their days are those that a look at each slot finds', async (t) => {
  const from = dayBegins(FIRST)
  const morning = 97 * SLOT_MS
  for (const [name, first, to] of [
    ['whole days', from, dayBegins(addDays(FIRST, DAYS))],
    ['one day', dayBegins(addDays(FIRST, 2)), dayBegins(addDays(FIRST, 3))],
    ['days and a morning', from, dayBegins(addDays(FIRST, 3)) + morning],
    ['a morning', from, from + morning],
    ['days of which there is nothing', dayBegins('2026-03-10'), dayBegins('2026-03-12')],
    ['no time', from, from],
  ] as const)
    for (const sites of [SITES, ['temple'], ['mill'], []]) {
      const { all, down, plannedDown, quiet, unseen, share } = await readAvailability(records, {
        sites,
        from: first,
        to,
        visitors: new Map(),
      })
      const expected = { all, down, plannedDown, quiet, unseen, share }
      t.same(await readSlots(records, { sites, from: first, to }), expected, `${name}: ${sites.join(' ')}`)
    }
})
