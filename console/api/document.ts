import { z } from 'zod'
import { CALLS_A_MINUTE } from './caller.ts'
import type { Endpoint } from './endpoint.ts'
import type { OpenFeed } from './open.ts'

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
  })
  return rest
}

const problem = (description: string, headers: object = {}): object => ({
  description,
  headers,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})
const header = (description: string, type: 'string' | 'integer'): object => ({
  description,
  schema: { type },
})
const refer = (kind: string, names: readonly string[]): Record<string, object> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/${kind}/${name}` }]))

const LIMITS = refer('headers', ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'])
const ETAG = refer('headers', ['ETag'])

const COMPONENTS = {
  securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
  schemas: {
    Problem: {
      type: 'object',
      required: ['type', 'title', 'status', 'detail', 'code'],
      additionalProperties: false,
      properties: {
        type: { type: 'string' },
        title: { type: 'string' },
        status: { type: 'integer' },
        detail: { type: 'string', description: 'For people; it may change' },
        code: { type: 'string', description: 'For programs; it stays' },
      },
    },
  },
  headers: {
    ETag: header('Of this very answer: `If-None-Match` with it asks only for another one', 'string'),
    'RateLimit-Limit': header('Calls that the token has in a minute', 'integer'),
    'RateLimit-Remaining': header('Those that are left of them', 'integer'),
    'RateLimit-Reset': header('Seconds until it has all of them again', 'integer'),
    'Retry-After': header('Seconds to wait', 'integer'),
  },
  responses: {
    400: problem('What was sent cannot be read, or makes no sense.', LIMITS),
    401: problem('No token, or none that is known.', {
      'WWW-Authenticate': header('Which token is asked for', 'string'),
    }),
    403: problem('Role, scope or sites of the token do not allow it.', LIMITS),
    404: problem('There is none, for whoever sees every site; others are told 403.', LIMITS),
    409: problem('It is not in the state for this.', LIMITS),
    429: problem('Too many calls.', { ...LIMITS, ...refer('headers', ['Retry-After']) }),
    Problem: problem('A problem (RFC 9457); `code` is stable.'),
  },
} as const

/** Problems with these numbers, and any other one. */
const problems = (numbers: readonly number[]): Record<string, object> => ({
  ...Object.fromEntries(numbers.map((each) => [each, { $ref: `#/components/responses/${each}` }])),
  default: { $ref: '#/components/responses/Problem' },
})

/** A name for the functions of generated clients: `GET /sites/:id/people` is `getSitesIdPeople`. */
const operationId = (method: string, path: string): string =>
  method.toLowerCase() +
  path
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

/** The OpenAPI document of the endpoints that are served. */
export function openApi(endpoints: readonly Endpoint[], feeds: readonly OpenFeed[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const each of endpoints) {
    const path = each.path.replace(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][each.method.toLowerCase()] = operation(each)
  }
  for (const feed of feeds) paths[feed.path] = { get: openOperation(feed) }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hà Nội Wi-Fi',
      version: '1',
      description: `Tokens are made on the console's page "My account". A token has ${CALLS_A_MINUTE} calls a minute. Times are UTC.`,
    },
    servers: [{ url: '/api/v1' }],
    components: COMPONENTS,
    paths,
  }
}

function operation(each: Endpoint): object {
  const isRead = each.method === 'GET' && !each.isTable
  const { properties = {} } = schemaOf(each.params, 'input') as { properties?: object }
  const asks = [400, 401, 403, ...(Object.keys(properties).length > 0 ? [404] : []), ...(isRead ? [] : [409])]
  return {
    operationId: operationId(each.method, each.path),
    summary: each.summary,
    description: `Needs the scope \`${each.scope}\`.`,
    security: [{ token: [each.scope] }],
    parameters: [...parameters(each.params, 'path'), ...parameters(each.query, 'query')],
    ...(each.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(each.body, 'input') } },
      },
    }),
    responses: {
      [each.status]: {
        description: 'What was asked for.',
        headers: { ...LIMITS, ...(isRead && ETAG) },
        content: {
          'application/json': { schema: schemaOf(each.answer, 'output') },
          ...(each.isTable && { 'text/csv': { schema: { type: 'string' } } }),
        },
      },
      ...(isRead && { 304: { description: 'As it was when its ETag was told.', headers: ETAG } }),
      ...problems([...asks, 429]),
    },
  }
}

/** What needs no token. */
function openOperation({ path, summary, type, query, answer }: OpenFeed): object {
  return {
    operationId: operationId('get', path),
    summary,
    description: 'Open to everybody.',
    security: [],
    parameters: parameters(query, 'query'),
    responses: {
      200: {
        description: 'What was asked for.',
        headers: ETAG,
        content: {
          [type.split(';')[0]!]: { schema: answer ? schemaOf(answer, 'output') : { type: 'string' } },
        },
      },
      304: { description: 'As it was when its ETag was told.', headers: ETAG },
      ...problems([400, 429]),
    },
  }
}

function parameters(schema: z.ZodType, where: 'path' | 'query'): object[] {
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, object>
    required?: string[]
  }
  return Object.entries(properties).map(([name, each]) => ({
    name,
    in: where,
    required: required.includes(name),
    schema: each,
  }))
}
