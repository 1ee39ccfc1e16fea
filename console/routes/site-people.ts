import type { FastifyInstance } from 'fastify'
import { audit } from '../../core/records/audit.ts'
import type { Records } from '../../core/records/database.ts'
import { peopleOfSite } from '../../core/records/people.ts'
import type { Tables } from '../../core/store/tables.ts'
import type { Draw } from '../draw.ts'
import { siteTop } from '../pages/site-tabs.ts'
import { ofSite } from './own-site.ts'

/** Who may see a site, for all who may: whose words and codes these may be is no secret among them. */
export function sitePeopleRoutes(
  app: FastifyInstance,
  parts: { readonly draw: Draw; readonly records: Records; readonly tables: () => Tables },
): void {
  const { draw, records } = parts
  app.get<{ Params: { id: string } }>(
    '/sites/:id/people',
    { config: { who: 'staff' } },
    ofSite(parts, async ({ site, person, request, reply }) => {
      const wording = draw.wording(request)
      const { say } = wording
      const people = await peopleOfSite(records, site.id)
      await audit(records, person.name, 'person.look', site.id, { address: request.ip })
      const top = siteTop(wording, person, site, 'people')
      return draw.page(reply, 'site-people', {
        title: `${say('tab.people')} – ${top.name}`,
        current: 'sites',
        page: {
          top,
          mayChange: person.role === 'city',
          rows: people.map(({ id, name, role, hasSecondFactor }) => ({
            name,
            href: person.role === 'city' ? `/people/${encodeURIComponent(id)}` : null,
            role: say(`role.${role}`),
            may: say(`may.${role}`),
            factor: say(hasSecondFactor ? 'people.factor.on' : 'people.factor.off'),
          })),
        },
      })
    }),
  )
}
