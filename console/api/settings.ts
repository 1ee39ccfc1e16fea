import { z } from 'zod'
import { LANGUAGES } from '../../core/domain/language.ts'
import { CATEGORIES } from '../../core/domain/site.ts'
import { KEPT, settingsNow } from '../settings.ts'
import { endpoint, type Endpoint } from './endpoint.ts'
import type { ApiParts } from './parts.ts'

/** What holds, for programs. */
export function settings({ tables, setup, portalUrl }: ApiParts): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/settings',
      summary: 'What holds in the city; what can be changed is changed in the city file and the environment',
      scope: 'settings:read',
      answer: z.object({
        rules: z.array(
          z.object({
            category: z.enum(CATEGORIES),
            sites: z.number().int(),
            limits: z.record(z.string(), z.number().optional()),
            hours: z
              .array(z.object({ days: z.array(z.string()), from: z.string(), to: z.string() }))
              .optional(),
          }),
        ),
        languages: z.array(z.enum(LANGUAGES)),
        retention: z.record(z.enum(KEPT), z.number()).describe('In days'),
        holdOuts: z.array(z.number()),
        ports: z.record(z.string(), z.number().int().nullable()),
        radiusWorkers: z.number().int(),
        hosts: z.array(z.string()),
        cityFile: z.string(),
        portalUrl: z.string(),
        node: z.string(),
      }),
      async handle() {
        const now = settingsNow(tables(), setup, portalUrl)
        return {
          ...now,
          languages: [...now.languages],
          holdOuts: [...now.holdOuts],
          hosts: [...now.hosts],
          rules: now.rules.map(({ hours, limits, ...rule }) => ({
            ...rule,
            limits: { ...limits },
            hours: hours?.map((span) => ({ ...span, days: [...span.days] })),
          })),
        }
      },
    }),
  ]
}
