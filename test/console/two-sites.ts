import { saveNas, saveSite } from '../../core/records/city.ts'
import { draftNotice } from '../../core/records/notices.ts'
import { savePage } from '../../core/records/own-pages.ts'
import { createVouchers } from '../../core/records/vouchers.ts'
import { nas, site } from './sample-city.ts'
import type { Stage } from './stage.ts'

/** Two sites, `mine` and `other`, with one of everything at each, named after it. */
export async function fillTwoSites(stage: Stage): Promise<void> {
  const { records, keys } = stage
  for (const id of ['mine', 'other']) {
    await saveSite(records, site(id))
    await saveNas(records, nas(`gw-${id}`, id), keys)
    const plan = { site: id, count: 1, seconds: 60, octets: null, devices: 1, expiresAt: null }
    await createVouchers(records, keys, plan)
    const text = { vi: `Tin ${id}`, en: `News ${id}` }
    await draftNotice(
      records,
      {
        kind: 'info',
        places: { kind: 'sites', ids: [id] },
        from: 0,
        until: null,
        title: text,
        body: text,
        lifts: [],
      },
      { who: 'lan', now: stage.now },
    )
    await records.query("INSERT INTO campaigns (id, record, origin) VALUES ($1, $2, 'staff')", [
      `item-${id}`,
      JSON.stringify({
        id: `item-${id}`,
        site: id,
        category: 'event',
        picture: 'lotus',
        name: text,
        line: text,
        text,
        audience: {},
        perDay: 1,
        weight: 1,
        holdOut: 0.1,
      }),
    ])
    const page = { greeting: text, hours: 'recorded', near: null } as const
    await savePage(records, { site: id, page, basedOn: 0 }, { who: 'lan', now: stage.now })
    await records.query(
      `INSERT INTO incidents (cause, subject, site, began_at, opened_at, planned)
       VALUES ('site-down', $1, $1, $2, $2, false)`,
      [id, new Date(stage.now - 3_600_000)],
    )
  }
  await stage.publish([site('mine'), site('other')], [nas('gw-mine', 'mine'), nas('gw-other', 'other')])
}

export const clearTwoSites = ({ records }: Stage): Promise<unknown> =>
  records.query(
    'TRUNCATE sites, nas, vouchers, notices, campaigns, own_pages, incidents, annotations CASCADE',
  )
