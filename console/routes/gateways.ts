import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { dropNas, type CityDesk } from '../../core/city/gateway-changes.ts'
import { CHECKED_DAYS, reportsByRadius } from '../../core/domain/gateway-checks.ts'
import { findNas, nasPage } from '../../core/records/lists.ts'
import { gatewayChecks } from '../../core/records/session-checks.ts'
import type { Tables } from '../../core/store/tables.ts'
import { maySee, RIGHTS, scopeOf, sitesOf } from '../access.ts'
import type { Draw } from '../draw.ts'
import { addGateway, gatewaysNow, type Setup } from '../gateways.ts'
import { personOf } from '../gate.ts'
import { GATEWAY_FIELDS } from '../pages/gateway-setup.ts'
import { gatewayForm, gatewayRows, gatewayView, madeSecrets } from '../pages/gateways.ts'
import { drawMessage } from './messages.ts'
import { alertsOf, fieldsOf, type Outcome } from './own-site.ts'
import { textOf } from './sign-in.ts'

const READ = { config: { who: RIGHTS['nas:read'] } } as const
const WRITE = { config: { who: RIGHTS['nas:write'] } } as const
const A_PAGE = 100
const BLOCKS_MOST = 50
const DAY_MS = 86_400_000

export interface GatewayParts extends CityDesk {
  readonly draw: Draw
  readonly tables: () => Tables
  readonly setup: Setup
  readonly portalUrl: string
  readonly now: () => number
}

type Asked = { Params: { id: string }; Querystring: Record<string, unknown> }

/** Gateways: which there are and how they are, one added, one removed, what to write into each. */
export function gatewayRoutes(app: FastifyInstance, parts: GatewayParts): void {
  const { draw, records, store, tables, now } = parts

  async function drawList(
    request: FastifyRequest,
    reply: FastifyReply,
    outcome: (Outcome & { readonly secrets?: ReturnType<typeof madeSecrets> }) | null,
  ): Promise<FastifyReply> {
    const wording = draw.wording(request)
    const person = personOf(request)
    const after = textOf((request.query as Asked['Querystring'])['after']) || null
    const rows = await nasPage(records, { sites: sitesOf(person), after, limit: A_PAGE + 1 })
    const shown = await gatewaysNow({ store, records }, rows.slice(0, A_PAGE), now())
    const { sites } = tables()
    const his = [...sites.values()].filter(({ id }) => maySee(scopeOf(person), id))
    const typed = outcome?.failed ? typedIn(request) : {}
    return draw.page(reply, 'gateways', {
      title: wording.say('nas.title'),
      current: 'gateways',
      alerts: alertsOf(wording.say, outcome),
      page: {
        rows: gatewayRows(wording, shown, { sites, now: now() }),
        more: rows.length > A_PAGE ? `/nas?after=${encodeURIComponent(shown.at(-1)!.row.id)}` : null,
        secrets: outcome?.secrets ?? [],
        form: RIGHTS['nas:write'].includes(person.role) ? gatewayForm(wording, his, typed) : null,
      },
    })
  }

  app.get<Asked>('/nas', READ, (request, reply) => drawList(request, reply, null))

  app.post<Asked>('/nas', WRITE, async (request, reply) => {
    const wording = draw.wording(request)
    const added = await addGateway(parts, personOf(request), wantedIn(request))
    if (added.kind === 'added')
      return drawList(request, reply, {
        said: Object.keys(added.made).length > 0 ? 'nas.added.secrets' : 'nas.added',
        params: { id: added.id },
        secrets: madeSecrets(wording, added.made),
      })
    if (added.kind === 'refused') {
      if (added.reason === 'forbidden') return drawMessage(draw, reply, 'forbidden')
      return drawList(request, reply.code(409), { said: `nas.refused.${added.reason}`, failed: true })
    }
    const at = added.faults[0]?.path.replace(/^\$\.?(\w*).*$/, '$1') ?? ''
    const field = GATEWAY_FIELDS.find((each) => each === at)
    return drawList(request, reply.code(400), {
      said: field ? `nas.fault.${field}` : 'nas.fault',
      failed: true,
    })
  })

  app.get<Asked>('/nas/:id', READ, (request, reply) => drawOne(request, reply, null))

  async function drawOne(
    request: FastifyRequest<Asked>,
    reply: FastifyReply,
    outcome: Outcome | null,
  ): Promise<FastifyReply> {
    const wording = draw.wording(request)
    const person = personOf(request)
    const row = await hisNas(request)
    // One of another's sites is none, so that he does not learn which there are.
    if (!row) return drawMessage(draw, reply, 'not-found')
    const since = now() - CHECKED_DAYS * DAY_MS
    const [[gateway], checks] = await Promise.all([
      gatewaysNow({ store, records }, [row], now()),
      reportsByRadius(row.gateway) ? gatewayChecks(records, row.id, since) : null,
    ])
    return draw.page(reply, 'gateway', {
      title: `${row.id} – ${wording.say('nas.title')}`,
      current: 'gateways',
      alerts: alertsOf(wording.say, outcome),
      page: {
        ...gatewayView(wording, gateway!, { ...parts, sites: tables().sites, now: now(), checks }),
        mayWrite: RIGHTS['nas:write'].includes(person.role),
      },
    })
  }

  const hisNas = (request: FastifyRequest<Asked>) =>
    findNas(records, textOf(request.params.id), sitesOf(personOf(request)))

  app.post<Asked>('/nas/:id', WRITE, async (request, reply) => {
    const person = personOf(request)
    const row = await hisNas(request)
    if (!row) return drawMessage(draw, reply, 'not-found')
    if (fieldsOf(request)['sure'] !== 'yes')
      return drawOne(request, reply.code(400), { said: 'nas.sure', failed: true })
    const sessions = await dropNas(parts, row.id, person.name)
    return drawList(request, reply, { said: 'nas.removed', params: { id: row.id, count: sessions ?? 0 } })
  })
}

/** What was typed, save secrets: those are typed again. */
const typedIn = (request: FastifyRequest): Record<string, string> =>
  Object.fromEntries(
    [...GATEWAY_FIELDS, 'macAuth']
      .filter((name) => !['secret', 'uamSecret', 'fasKey'].includes(name))
      .map((name) => [name, textOf(fieldsOf(request)[name])]),
  )

/** The gateway that a form describes, as the city file would have it. */
function wantedIn(request: FastifyRequest) {
  const fields = fieldsOf(request)
  const text = (name: string): string => textOf(fields[name])
  const written = Object.fromEntries(
    (['secret', 'gatewayUrl', 'uamSecret', 'fasKey', 'identifier', 'messageAuthenticator'] as const)
      .map((name) => [name, text(name)])
      .filter(([, value]) => value !== ''),
  ) as Record<string, string>
  const [, address = '', port] = /^\[?(.*?)\]?(?:[\s,]+(\d{1,5}))?$/.exec(text('coa')) ?? []
  return {
    ...written,
    id: text('id'),
    site: text('site'),
    gateway: text('gateway'),
    addresses: text('addresses')
      .split(/[\s,]+/)
      .filter((each) => each !== '')
      .slice(0, BLOCKS_MOST),
    ...(address !== '' && { coa: { address, ...(port !== undefined && { port: Number(port) }) } }),
    ...(text('interimSeconds') !== '' && { interimSeconds: Number(text('interimSeconds')) }),
    macAuth: fields['macAuth'] === 'yes',
  }
}
