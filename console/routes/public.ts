import type { FastifyInstance } from 'fastify'
import type { PublicReach } from '../../core/domain/public-reach.ts'
import type { Tables } from '../../core/store/tables.ts'
import type { Outline } from '../charts/outline.ts'
import type { Draw } from '../draw.ts'
import { publicMapPage } from '../pages/public-map.ts'

/** Pages for everybody. */
export function publicRoutes(
  app: FastifyInstance,
  parts: {
    readonly draw: Draw
    readonly tables: () => Tables
    readonly publicReach: () => Promise<readonly PublicReach[]>
    readonly outline: Outline
  },
): void {
  const { draw, tables, publicReach, outline } = parts
  app.get('/map', { config: { who: 'anyone' } }, async (request, reply) => {
    const page = publicMapPage(draw.wording(request), {
      sites: [...tables().sites.values()],
      reach: await publicReach(),
      outline,
    })
    return draw.page(reply, 'public-map', { title: page.title, current: null, page })
  })
}
