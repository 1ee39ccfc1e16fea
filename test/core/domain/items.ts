import type { Campaign } from '../../../core/domain/campaign.ts'

/** An item that everybody may meet, at a place named after it. */
export const itemOf = (id: string, more: Partial<Campaign> = {}): Campaign => ({
  id,
  category: 'craft',
  site: `site-of-${id}`,
  picture: 'vase',
  name: { vi: `Món ${id}`, en: `Item ${id}` },
  line: { vi: `Dòng ${id}`, en: `Line of ${id}` },
  text: { vi: `Chuyện ${id}`, en: `Story of ${id}` },
  audience: {},
  perDay: 6,
  weight: 1,
  holdOut: 0,
  ...more,
})
