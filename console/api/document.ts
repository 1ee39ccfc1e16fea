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

const PROBLEM = {
  description: 'A problem (RFC 9457); `code` is stable.',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'detail', 'code'],
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer' },
          detail: { type: 'string' },
          code: { type: 'string' },
        },
      },
    },
  },
}

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
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      responses: { Problem: PROBLEM },
    },
    paths,
  }
}

function operation(each: Endpoint): object {
  return {
    summary: each.summary,
    description: `Needs the scope \`${each.scope}\`.`,
    security: [{ token: [] }],
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
        content: {
          'application/json': { schema: schemaOf(each.answer, 'output') },
          ...(each.isTable && { 'text/csv': { schema: { type: 'string' } } }),
        },
      },
      ...(each.method === 'GET' &&
        !each.isTable && { 304: { description: 'As it was when its ETag was told.' } }),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

/** What needs no token. */
function openOperation({ summary, type, query, answer }: OpenFeed): object {
  return {
    summary,
    description: 'Open to everybody.',
    security: [],
    parameters: parameters(query, 'query'),
    responses: {
      200: {
        description: 'What was asked for.',
        content: {
          [type.split(';')[0]!]: { schema: answer ? schemaOf(answer, 'output') : { type: 'string' } },
        },
      },
      304: { description: 'As it was when its ETag was told.' },
      default: { $ref: '#/components/responses/Problem' },
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
