import type { FastifyInstance } from 'fastify'
import type { Tables } from '../../core/store/tables.ts'
import { RIGHTS } from '../access.ts'
import type { Draw } from '../draw.ts'
import type { Setup } from '../gateways.ts'
import { settingsView } from '../pages/settings.ts'
import { settingsNow } from '../settings.ts'

/** What holds in the city, to read; where each is changed stands beside it. */
export function settingsRoutes(
  app: FastifyInstance,
  parts: {
    readonly draw: Draw
    readonly tables: () => Tables
    readonly setup: Setup
    readonly portalUrl: string
  },
): void {
  app.get('/settings', { config: { who: RIGHTS['settings:read'] } }, async (request, reply) => {
    const wording = parts.draw.wording(request)
    return parts.draw.page(reply, 'settings', {
      title: wording.say('settings.title'),
      current: 'settings',
      page: settingsView(wording, settingsNow(parts.tables(), parts.setup, parts.portalUrl)),
    })
  })
}
