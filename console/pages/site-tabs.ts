import type { Site } from '../../core/domain/site.ts'
import type { Person } from '../../core/records/people.ts'
import { RIGHTS } from '../access.ts'
import type { Wording } from '../wording.ts'
import { markOf, siteHref, siteName, type Mark } from './sites.ts'

export type SiteTab = 'today' | 'codes' | 'page' | 'incidents' | 'people'

/** What stands above every page of a site. */
export interface SiteTop {
  readonly name: string
  readonly mark: Mark
  readonly tabs: readonly Tab[]
}

interface Tab {
  readonly href: string
  readonly label: string
  readonly current: boolean
}

/** The pages of a site that this person may open. */
export function siteTabs({ say }: Wording, person: Person, id: string, current: SiteTab): Tab[] {
  const tabs: readonly SiteTab[] = RIGHTS['vouchers:read'].includes(person.role)
    ? ['today', 'codes', 'page', 'incidents', 'people']
    : ['today', 'page', 'incidents', 'people']
  return tabs.map((tab) => ({
    href: tab === 'today' ? siteHref(id) : `${siteHref(id)}/${tab}`,
    label: say(`tab.${tab}`),
    current: tab === current,
  }))
}

export const siteTop = (wording: Wording, person: Person, site: Site, current: SiteTab): SiteTop => ({
  name: siteName(wording, site),
  mark: markOf(wording, site.category),
  tabs: siteTabs(wording, person, site.id, current),
})
