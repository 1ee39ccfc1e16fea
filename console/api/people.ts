import { z } from 'zod'
import { audit } from '../../core/records/audit.ts'
import { findPerson, peoplePage, ROLES, type Person } from '../../core/records/people.ts'
import { addSomebody, changeSomebody, PERSON_NAME, type PersonStep } from '../people.ts'
import type { Caller } from './caller.ts'
import { endpoint, pageOf, pageQuery, toPage, type Endpoint } from './endpoint.ts'
import { asked, idParams, notHis, type ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

const person = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  sites: z.array(z.string()),
  hasSecondFactor: z.boolean(),
})
const told = (each: Person) => ({ ...each, sites: [...each.sites] })
const right = z.strictObject({
  role: z.enum(ROLES),
  sites: z.array(idParams.shape.id).max(5000).default([]).describe('City and auditors see every site'),
})
const id = z.object({ id: z.string() })

const STEPS = [
  ['POST', 'password', 'Gives somebody a password for one sign-in, and ends his sessions'],
  ['POST', 'reset-factor', 'Takes away the second factor of who has lost it, and ends his sessions'],
  ['DELETE', 'remove', 'Removes somebody with his tokens and sessions; what he did stays in the audit'],
] as const

/** People of the console for programs: what the city can do on their pages. */
export function people(parts: ApiParts): Endpoint[] {
  const { records, tables } = parts

  const known = (sites: readonly string[]): readonly string[] => {
    const stranger = sites.find((site) => !tables().sites.has(site))
    if (stranger !== undefined) throw new Problem(400, 'no-site', `There is no site ${stranger}.`)
    return [...new Set(sites)]
  }

  async function change(
    caller: Caller,
    wanted: string,
    step: PersonStep,
    address: string,
  ): Promise<{ id: string; password?: string }> {
    const found = await findPerson(records, wanted)
    if (!found) throw notHis(caller)
    const changed = await changeSomebody(parts, found, step, { who: caller.person, address })
    if (changed === 'self') throw new Problem(409, 'self', 'Nobody does this to himself.')
    return { id: found.id, ...changed }
  }

  return [
    endpoint({
      method: 'GET',
      path: '/people',
      summary: 'People of the console; every look is audited',
      scope: 'people:read',
      query: pageQuery,
      answer: pageOf(person),
      async handle({ caller, query, request }) {
        await audit(records, caller.person.name, 'person.look', 'all', { address: request.ip })
        const { after, limit } = asked(caller, query)
        return toPage(await peoplePage(records, { after, limit }), query.limit, (row) => row.id, told)
      },
    }),
    endpoint({
      method: 'GET',
      path: '/people/:id',
      summary: 'A person of the console; every look is audited',
      scope: 'people:read',
      params: idParams,
      answer: person,
      async handle({ caller, params, request }) {
        const found = await findPerson(records, params.id)
        if (!found) throw notHis(caller)
        await audit(records, caller.person.name, 'person.look', found.name, { address: request.ip })
        return told(found)
      },
    }),
    endpoint({
      method: 'POST',
      path: '/people',
      summary: 'Adds somebody, with a password for one sign-in that is in this answer alone',
      scope: 'people:write',
      status: 201,
      body: right.extend({
        name: z
          .string()
          .transform((name) => name.trim().normalize('NFC'))
          .pipe(z.string().regex(PERSON_NAME)),
      }),
      answer: id.extend({ password: z.string() }),
      async handle({ caller, body: { name, role, sites }, request }) {
        const by = { who: caller.person, address: request.ip }
        const added = await addSomebody(parts, { name, role, sites: known(sites) }, by)
        if (!added) throw new Problem(409, 'name-taken', 'Somebody has this name.')
        return added
      },
    }),
    endpoint({
      method: 'POST',
      path: '/people/:id/role',
      summary: 'Gives somebody another role and other sites',
      scope: 'people:write',
      params: idParams,
      body: right,
      answer: id,
      handle: ({ caller, params, body: { role, sites }, request }) =>
        change(caller, params.id, { kind: 'role', role, sites: known(sites) }, request.ip),
    }),
    ...STEPS.map(([method, kind, summary]) =>
      endpoint({
        method,
        path: kind === 'remove' ? '/people/:id' : `/people/:id/${kind}`,
        summary,
        scope: 'people:write',
        params: idParams,
        answer: id.extend({ password: z.string().optional().describe('A new one, in this answer alone') }),
        handle: ({ caller, params, request }) => change(caller, params.id, { kind }, request.ip),
      }),
    ),
  ]
}
