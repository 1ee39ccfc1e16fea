import { hash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiScope } from '../../core/records/tokens.ts'
import { callerOf, type Caller } from './caller.ts'
import type { ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

/**
 * One path and method of the API. What is served, checked and described all comes from here, so that the document
 * cannot tell anything else than the routes do.
 */
export interface Endpoint<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below `/api/v1`, as Fastify writes it: `/sites/:id`. */
  readonly path: string
  readonly summary: string
  readonly scope: ApiScope
  readonly params: Params
  readonly query: Query
  readonly body: Body | null
  readonly status: 200 | 201
  /** What leaves: fields that are not in it are left out. */
  readonly answer: Answer
  /** True where the answer may be a `Download`, and is CSV for whoever asks for that. */
  readonly isTable: boolean
  /** @throws Problem for a refusal. */
  handle(call: {
    readonly caller: Caller
    readonly params: z.output<Params>
    readonly query: z.output<Query>
    readonly body: z.output<Body>
    readonly request: FastifyRequest
    readonly now: number
  }): Promise<Told<z.input<Answer>> | Download>
}

/** What is only told may be what nobody may change. */
type Told<T> = T extends (infer Item)[]
  ? readonly Told<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Told<T[Key]> }
    : T

/** A file that is sent as it is made. */
export class Download {
  readonly name: string
  readonly type: string
  readonly text: AsyncIterable<string>
  constructor(name: string, type: string, text: AsyncIterable<string>) {
    this.name = name
    this.type = type
    this.text = text
  }
}

const NOTHING = z.strictObject({})

/** An endpoint; what it does not say is nothing: no parameters, no query, no body. */
export const endpoint = <
  Answer extends z.ZodType,
  Params extends z.ZodType = typeof NOTHING,
  Query extends z.ZodType = typeof NOTHING,
  Body extends z.ZodType = typeof NOTHING,
>(
  given: Pick<
    Endpoint<Params, Query, Body, Answer>,
    'method' | 'path' | 'summary' | 'scope' | 'answer' | 'handle'
  > &
    Partial<Pick<Endpoint<Params, Query, Body, Answer>, 'params' | 'query' | 'body' | 'status' | 'isTable'>>,
): Endpoint =>
  ({
    params: NOTHING,
    query: NOTHING,
    body: null,
    status: 200,
    isTable: false,
    ...given,
  }) as unknown as Endpoint

/** Serves an endpoint. */
export function serve(
  api: FastifyInstance,
  each: Endpoint,
  parts: Pick<ApiParts, 'staff' | 'records' | 'reach' | 'now'>,
): void {
  api.route({
    method: each.method,
    url: each.path,
    config: { who: 'api' },
    exposeHeadRoute: false,
    async handler(request, reply) {
      const now = parts.now()
      const caller = await callerOf(request, reply, { ...parts, now }, each.scope)
      const answer = await each.handle({
        caller,
        params: read(each.params, request.params, 'path'),
        query: read(each.query, request.query, 'query'),
        body: each.body && read(each.body, request.body, 'body'),
        request,
        now,
      })
      if (answer instanceof Download) return sendDownload(reply, answer)
      return send(request, reply.code(each.status), each.answer.parse(answer))
    },
  })
}

function read(schema: z.ZodType, given: unknown, where: string): unknown {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const at = [where, ...(issue?.path ?? [])].join('.')
  throw new Problem(400, 'bad-request', `${at}: ${issue?.message ?? 'cannot be read'}.`)
}

/** Sends JSON with an entity tag, or 304 to whoever has it already (RFC 9110 §13.1.2). */
export function send(request: FastifyRequest, reply: FastifyReply, answer: unknown): FastifyReply {
  const body = JSON.stringify(answer)
  if (request.method !== 'GET') return reply.type('application/json; charset=utf-8').send(body)
  const tag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`
  reply.header('etag', tag)
  const known = (request.headers['if-none-match'] ?? '')
    .split(',')
    .map((each) => each.trim().replace(/^W\//, ''))
  if (known.includes(tag) || known.includes('*')) return reply.code(304).send()
  return reply.type('application/json; charset=utf-8').send(body)
}

/** Only as much is made as the reader takes, and none once he has gone. */
const sendDownload = (reply: FastifyReply, { name, type, text }: Download): FastifyReply =>
  reply
    .type(type)
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(Readable.from(text, { highWaterMark: 1 }))

const LIMIT_MOST = 200

/** What every list is asked with. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(LIMIT_MOST).default(50).describe('How many items at most'),
  cursor: z
    .string()
    .max(200)
    .transform((text) => Buffer.from(text, 'base64url').toString('utf8'))
    .refine((key) => key !== '' && !/\p{Cc}/u.test(key), 'is none of ours')
    .optional()
    .describe('`next` of the page before'),
})

/** A page of items; `next` is the cursor of the one after it, null at the end. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() })

/** A page from rows, of which one more was asked for than it shows. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string,
  told: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    items: shown.map(told),
    next: last === undefined ? null : Buffer.from(keyOf(last)).toString('base64url'),
  }
}
