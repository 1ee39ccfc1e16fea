import type { FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify'
import type { Site } from '../../core/domain/site.ts'
import type { Person } from '../../core/records/people.ts'
import type { Tables } from '../../core/store/tables.ts'
import { maySee, scopeOf } from '../access.ts'
import type { Alert, Draw } from '../draw.ts'
import { personOf } from '../gate.ts'
import { drawMessage } from './messages.ts'

/** What came of a form: a sentence, and how to say it. */
export interface Outcome {
  readonly said: string
  readonly params?: Readonly<Record<string, string | number>>
  readonly failed?: boolean
}

/** The outcome as a page tells it. */
export const alertsOf = (
  say: (key: string, params?: Outcome['params']) => string,
  outcome: Outcome | null,
): Alert[] =>
  outcome ? [{ tone: outcome.failed ? 'bad' : 'info', text: say(outcome.said, outcome.params) }] : []

/** The fields of a form. */
export const fieldsOf = (request: FastifyRequest): Readonly<Record<string, unknown>> =>
  (request.body ?? {}) as Readonly<Record<string, unknown>>

/** A field as one line of text; nothing when it is none. */
export const wordsIn = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, 2000).replaceAll(/\s+/g, ' ').trim().normalize('NFC') : ''

interface OfSite extends RouteGenericInterface {
  Params: { id: string }
}

/** Answers for a site that the person may see; who may not does not learn whether there is one. */
export const ofSite =
  <Route extends OfSite>(
    { draw, tables }: { readonly draw: Draw; readonly tables: () => Tables },
    answer: (asked: {
      readonly site: Site
      readonly person: Person
      readonly request: FastifyRequest<Route>
      readonly reply: FastifyReply
    }) => Promise<FastifyReply>,
  ) =>
  async (request: FastifyRequest<Route>, reply: FastifyReply): Promise<FastifyReply> => {
    const person = personOf(request)
    const { id } = request.params as OfSite['Params']
    if (!maySee(scopeOf(person), id)) return drawMessage(draw, reply, 'forbidden')
    const site = tables().sites.get(id)
    return site ? answer({ site, person, request, reply }) : drawMessage(draw, reply, 'not-found')
  }
