import { z } from 'zod'
import { VENDORS } from '../../core/domain/nas.ts'
import { dropNas } from '../../core/city/gateway-changes.ts'
import { findNas, nasPage } from '../../core/records/lists.ts'
import { sitesOf } from '../access.ts'
import { addGateway, gatewaysNow, type GatewayAdded, type GatewayNow } from '../gateways.ts'
import { gatewaySetup } from '../pages/gateway-setup.ts'
import { endpoint, pageOf, pageQuery, toPage, type Endpoint } from './endpoint.ts'
import { asked, idParams, notHis, time, utcOrNull, type ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

const coa = z.object({ address: z.string(), port: z.number().int() })
const gateway = z.object({
  id: z.string(),
  site: z.string(),
  gateway: z.enum(VENDORS),
  identifier: z.string(),
  addresses: z.array(z.string()),
  gatewayUrl: z.string().nullable(),
  coa: coa.nullable(),
  messageAuthenticator: z.enum(['auto', 'require', 'off']),
  macAuth: z.boolean(),
  interimSeconds: z.number().int(),
  origin: z.enum(['file', 'staff']),
  state: z.enum(['live', 'silent', 'unknown']),
  heardAt: time.nullable(),
  wrongClockAt: time.nullable(),
  accessPoints: z.number().int(),
  online: z.number().int(),
  hasSigned: z.boolean().describe('It has been seen to send Message-Authenticator'),
  locked: z.boolean().describe('Requests without Message-Authenticator are dropped'),
})
const told = ({ row, heardAt, wrongClockAt, ...rest }: GatewayNow) => ({
  ...row,
  ...rest,
  addresses: [...row.addresses],
  heardAt: utcOrNull(heardAt),
  wrongClockAt: utcOrNull(wrongClockAt),
})

const secret = z.string().min(1).max(256).optional()
const wanted = z.strictObject({
  id: z.string().max(64),
  site: z.string().min(1).max(64),
  gateway: z.enum(VENDORS),
  addresses: z.array(z.string().max(64)).min(1).max(50),
  secret: secret.describe('Left out, one is made and told in this answer alone'),
  gatewayUrl: z.string().max(400).optional(),
  uamSecret: secret,
  fasKey: secret,
  identifier: z.string().min(1).max(253).optional(),
  coa: z.strictObject({ address: z.string().max(64), port: z.number().int().optional() }).optional(),
  messageAuthenticator: z.enum(['auto', 'require', 'off']).optional(),
  limitProxyState: z.boolean().optional(),
  statusServer: z.boolean().optional(),
  acctSwapOctets: z.boolean().optional(),
  macAuth: z.boolean().optional(),
  interimSeconds: z.number().int().optional(),
})

const WHY: Readonly<Record<Extract<GatewayAdded, { kind: 'refused' }>['reason'], string>> = {
  forbidden: 'It is not of your sites.',
  'no-site': 'There is no such site.',
  known: 'There is a gateway with this id: remove it first.',
  'address-taken': 'An address of it belongs to another gateway.',
  'name-taken': 'Another gateway goes by this identifier.',
}
const STATUS: Partial<Record<keyof typeof WHY, number>> = { forbidden: 403, 'no-site': 404 }

/** Gateways for programs; their secrets are told never, save those that were made with one, once. */
export function gateways({ records, store, keys, setup, portalUrl }: ApiParts): Endpoint[] {
  const desk = { records, store, keys }
  return [
    endpoint({
      method: 'GET',
      path: '/nas',
      summary: 'Gateways and how they are at this moment, without their secrets',
      scope: 'nas:read',
      query: pageQuery,
      answer: pageOf(gateway),
      async handle({ caller, query, now }) {
        const rows = await nasPage(records, asked(caller, query))
        const page = toPage(
          rows,
          query.limit,
          ({ id }) => id,
          (row) => row,
        )
        return { ...page, items: (await gatewaysNow({ store, records }, page.items, now)).map(told) }
      },
    }),
    endpoint({
      method: 'GET',
      path: '/nas/:id',
      summary: 'A gateway, and what to write into it so that it works with us',
      scope: 'nas:read',
      params: idParams,
      answer: gateway.extend({ setup: z.string().describe('Secrets stand as placeholders') }),
      async handle({ caller, params, now }) {
        const row = await findNas(records, params.id, sitesOf(caller.person))
        if (!row) throw notHis(caller)
        const [found] = await gatewaysNow({ store, records }, [row], now)
        return { ...told(found!), setup: gatewaySetup(row, setup, portalUrl) }
      },
    }),
    endpoint({
      method: 'POST',
      path: '/nas',
      summary: 'Adds a gateway to a site of yours; secrets that are made with it are in this answer alone',
      scope: 'nas:write',
      status: 201,
      body: wanted,
      answer: z.object({
        id: z.string(),
        secret: z.string().optional(),
        uamSecret: z.string().optional(),
        fasKey: z.string().optional(),
      }),
      async handle({ caller, body }) {
        const added = await addGateway(desk, caller.person, body)
        if (added.kind === 'added') return { id: added.id, ...added.made }
        if (added.kind === 'refused')
          throw new Problem(STATUS[added.reason] ?? 409, added.reason, WHY[added.reason])
        const faults = added.faults.map(({ path, message }) => `${path}: ${message}`)
        throw new Problem(400, 'bad-nas', `This is no gateway: ${faults.join('; ')}.`)
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/nas/:id',
      summary: 'Removes a gateway and ends its sessions; one of the city file comes back with the next start',
      scope: 'nas:write',
      params: idParams,
      answer: z.object({ id: z.string(), sessions: z.number().int() }),
      async handle({ caller, params }) {
        const row = await findNas(records, params.id, sitesOf(caller.person))
        const sessions = row && (await dropNas(desk, row.id, caller.person.name))
        if (sessions === null) throw notHis(caller)
        return { id: params.id, sessions }
      },
    }),
  ]
}
