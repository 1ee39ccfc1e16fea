import { campaignTotals, type CampaignTotals } from '../../core/records/campaign-counts.ts'
import { listCampaigns } from '../../core/records/campaigns.ts'
import { printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected } from '../connected.ts'

/** `./hotspot campaign`: the catalogue of items and what they counted. */
export const campaign: Command = {
  verb: 'campaign',
  does: 'list the items of the catalogue and what became of them',
  usage: `
usage: ./hotspot campaign list [--json]

Device-days since the beginning: served and held back, and of each how many opened
the item's page and were online at its place later that day (docs/campaigns.md).`,
  async run(argv) {
    const [action, ...rest] = argv
    if (action !== 'list') throw new UsageError('say list')
    const { values } = readArguments(rest, { json: { type: 'boolean', default: false } })
    return connected(async ({ records }) => {
      const totals = await campaignTotals(records)
      const rows = (await listCampaigns(records)).map(({ id, record, state }) => {
        const of = (arm: CampaignTotals['arm']) =>
          totals.find((each) => each.campaign === id && each.arm === arm)
        const [served, held, other] = [of('served'), of('held'), of('other')]
        return {
          id,
          category: record.category,
          site: record.site,
          state,
          dates: record.dates ? `${record.dates.from} to ${record.dates.to}` : null,
          holdOut: record.holdOut,
          served: served?.devices ?? 0,
          opened: served?.opened ?? 0,
          visited: served?.visited ?? 0,
          held: held?.devices ?? 0,
          heldOpened: held?.opened ?? 0,
          heldVisited: held?.visited ?? 0,
          otherOpened: other?.opened ?? 0,
        }
      })
      printRows(rows, values.json)
      return 0
    })
  },
}
