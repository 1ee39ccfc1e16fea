import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Alert } from '../../core/domain/alert.ts'
import type { Secret } from '../../core/domain/secret.ts'
import { keepAlerts } from '../../core/records/alerts.ts'
import type { Records } from '../../core/records/database.ts'
import type { Reach } from '../access.ts'
import { Problem, sendFault } from '../api/problem.ts'

/** A thousand sites that go down at once are one message. */
const BODY_MOST = 2 * 1024 * 1024
const ALERTS_MOST = 2000
/** Years that a clock may say and PostgreSQL keeps; a test tells the rest. */
const moment = z.iso
  .datetime({ offset: true })
  .max(40)
  .transform((text) => Date.parse(text))
  .refine((at) => at > Date.UTC(0) && at < Date.UTC(10_000, 0))

/** One line for people, whatever a rule wrote. */
const line = (most: number) =>
  z.string().transform((text) =>
    text
      .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
      .trim()
      .slice(0, most),
  )

/** What Alertmanager posts (version 4 of its webhook), of which this much is read. */
const delivery = z.object({
  version: z.literal('4'),
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        fingerprint: z.string().regex(/^[0-9a-f]{1,64}$/),
        startsAt: moment,
        endsAt: z.string().max(40),
        labels: z.object({
          alertname: line(100).refine((name) => name !== ''),
          site: z.string().max(64).optional(),
          severity: line(20).optional(),
        }),
        annotations: z.object({ summary: line(300).optional(), summary_vi: line(300).optional() }),
      }),
    )
    .max(ALERTS_MOST),
})

/** Alertmanager's webhook: alerts become incidents. Whoever knows the token may tell; on loopback everybody there, without one. */
export function alertRoutes(
  app: FastifyInstance,
  {
    records,
    token,
    reach,
    now,
  }: {
    readonly records: Records
    readonly token: Secret | null
    readonly reach: Reach
    readonly now: () => number
  },
): void {
  app.register(async (alerts) => {
    alerts.removeAllContentTypeParsers()
    alerts.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => {
      try {
        done(null, JSON.parse(body as string))
      } catch {
        done(new Problem(400, 'bad-request', 'The body is no JSON.'))
      }
    })
    alerts.setErrorHandler<FastifyError>(sendFault)
    alerts.post(
      '/alerts',
      {
        config: { who: 'api' },
        bodyLimit: BODY_MOST,
        // Before the body is read.
        onRequest: async (request) => authenticate(request, token, reach),
      },
      async (request, reply) => {
        const read = delivery.safeParse(request.body)
        if (!read.success) {
          const [issue] = read.error.issues
          throw new Problem(400, 'bad-request', `${issue?.path.join('.')}: ${issue?.message}`.slice(0, 300))
        }
        await keepAlerts(records, read.data.alerts.map(alertOf), now())
        return reply.code(204).send()
      },
    )
  })
}

/** @throws Problem 401, 403 or 404 */
function authenticate(request: FastifyRequest, token: Secret | null, reach: Reach): void {
  // Without a token a page in a browser on this machine could ask as well; none of them tells alerts.
  if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined)
    throw new Problem(403, 'forbidden', 'Browsers tell no alerts.')
  if (token === null) {
    if (reach === 'loopback') return
    throw new Problem(404, 'no-such-path', 'Set ALERTS_TOKEN for alerts to be told here.')
  }
  const shown = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
  // Of equal length, whatever was shown.
  const [given, own] = [shown, token.reveal()].map((text) => createHash('sha256').update(text).digest())
  if (timingSafeEqual(given!, own!)) return
  throw new Problem(401, 'bad-token', 'The token is not the one of ALERTS_TOKEN.')
}

function alertOf(told: z.infer<typeof delivery>['alerts'][number]): Alert {
  const { labels, annotations, status, fingerprint, startsAt } = told
  const endsAt = Date.parse(told.endsAt)
  const summary = annotations.summary ?? labels.alertname
  return {
    fingerprint,
    startsAt,
    endsAt: status === 'firing' ? null : Number.isNaN(endsAt) ? startsAt : endsAt,
    name: labels.alertname,
    site: labels.site ?? null,
    detail: {
      summary,
      summaryVi: annotations.summary_vi ?? summary,
      severity: labels.severity ?? '',
    },
  }
}
