import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { audit } from '../../core/records/audit.ts'
import { findPerson, listPeople, ROLES, type Person } from '../../core/records/people.ts'
import type { Tables } from '../../core/store/tables.ts'
import type { Draw } from '../draw.ts'
import { personOf } from '../gate.ts'
import { siteName } from '../pages/sites.ts'
import { addSomebody, changeSomebody, PERSON_NAME, type PeopleDesk, type PersonStep } from '../people.ts'
import { drawMessage } from './messages.ts'
import { textOf } from './sign-in.ts'

const CITY = { config: { who: ['city'] } } as const

export interface PeopleParts extends PeopleDesk {
  readonly draw: Draw
  readonly tables: () => Tables
}

interface Outcome {
  readonly said: string
  readonly failed?: boolean
  readonly secrets?: readonly string[]
}

type Form = { Params: { id: string }; Body: Record<string, unknown> | undefined }

/** The people of the console, for the city alone: who there is, and one person's role, sites, password, second factor. */
export function peopleRoutes(app: FastifyInstance, parts: PeopleParts): void {
  const { draw, records, tables } = parts

  const noteLook = (request: FastifyRequest, target: string): Promise<void> =>
    audit(records, personOf(request).name, 'person.look', target, { address: request.ip })

  const sitesIn = (fields: Record<string, unknown>): string[] => {
    const asked = [fields['sites']].flat()
    return [...tables().sites.keys()].filter((id) => asked.includes(id))
  }

  async function add(request: FastifyRequest): Promise<Outcome> {
    const fields = (request.body ?? {}) as Record<string, unknown>
    const name = textOf(fields['name']).trim().normalize('NFC')
    const role = ROLES.find((each) => each === fields['role'])
    if (!PERSON_NAME.test(name) || !role) return { said: 'people.bad', failed: true }
    const added = await addSomebody(parts, { name, role, sites: sitesIn(fields) }, byOf(request))
    if (!added) return { said: 'people.taken', failed: true }
    return { said: 'people.added', secrets: [added.password] }
  }

  async function change(request: FastifyRequest, person: Person): Promise<Outcome | 'gone'> {
    const step = stepIn((request.body ?? {}) as Record<string, unknown>)
    const changed = step && (await changeSomebody(parts, person, step, byOf(request)))
    if (!step || !changed) return { said: 'people.bad', failed: true }
    // His own password and factor have their page.
    if (changed === 'self') return { said: 'person.self', failed: true }
    if (step.kind === 'remove') return 'gone'
    if (step.kind === 'role') return { said: 'person.role.done' }
    if (step.kind === 'reset-factor') return { said: 'person.factor.done' }
    return { said: 'people.added', secrets: changed.password ? [changed.password] : [] }
  }

  const byOf = (request: FastifyRequest) => ({ who: personOf(request), address: request.ip })

  function stepIn(fields: Record<string, unknown>): PersonStep | null {
    const asked = fields['do']
    if (asked === 'password' || asked === 'remove') return { kind: asked }
    if (asked === 'factor') return { kind: 'reset-factor' }
    const role = ROLES.find((each) => each === fields['role'])
    return asked === 'role' && role ? { kind: 'role', role, sites: sitesIn(fields) } : null
  }

  async function drawPeople(reply: FastifyReply, outcome: Outcome | null): Promise<FastifyReply> {
    const wording = draw.wording(reply.request)
    const { say } = wording
    const people = await listPeople(records)
    await noteLook(reply.request, 'all')
    const named = (id: string): string => {
      const site = tables().sites.get(id)
      return site ? siteName(wording, site) : id
    }
    return draw.page(reply, 'people', {
      title: say('people.title'),
      current: 'people',
      alerts: alertsOf(say, outcome),
      page: {
        secrets: outcome?.secrets ?? [],
        rows: people.map(({ id, name, role, sites, hasSecondFactor }) => ({
          href: `/people/${encodeURIComponent(id)}`,
          name,
          role: say(`role.${role}`),
          sites:
            role === 'city' || role === 'auditor' ? say('people.all-sites') : sites.map(named).join(', '),
          factor: say(hasSecondFactor ? 'people.factor.on' : 'people.factor.off'),
        })),
        ...choices(wording, null),
      },
    })
  }

  async function drawPerson(reply: FastifyReply, person: Person, outcome: Outcome | null) {
    const wording = draw.wording(reply.request)
    await noteLook(reply.request, person.name)
    return draw.page(reply, 'person', {
      title: person.name,
      current: 'people',
      alerts: alertsOf(wording.say, outcome),
      page: {
        secrets: outcome?.secrets ?? [],
        name: person.name,
        id: person.id,
        ...choices(wording, person),
      },
    })
  }

  /** Roles and sites as a form offers them, with those that a person has. */
  const choices = (wording: ReturnType<Draw['wording']>, person: Person | null) => ({
    roles: ROLES.map((role) => ({
      role,
      label: wording.say(`role.${role}`),
      chosen: role === (person?.role ?? 'site-manager'),
    })),
    sites: [...tables().sites.values()].map((site) => ({
      id: site.id,
      label: siteName(wording, site),
      chosen: person?.sites.includes(site.id) ?? false,
    })),
  })

  app.get('/people', CITY, async (_, reply) => drawPeople(reply, null))
  app.post('/people', CITY, async (request, reply) => {
    const outcome = await add(request)
    if (outcome.failed) reply.code(400)
    return drawPeople(reply, outcome)
  })
  app.get<Form>('/people/:id', CITY, async (request, reply) => {
    const person = await findPerson(records, textOf(request.params.id))
    return person ? drawPerson(reply, person, null) : drawMessage(draw, reply, 'not-found')
  })
  app.post<Form>('/people/:id', CITY, async (request, reply) => {
    const person = await findPerson(records, textOf(request.params.id))
    if (!person) return drawMessage(draw, reply, 'not-found')
    const outcome = await change(request, person)
    if (outcome === 'gone') return reply.redirect('/people', 303)
    if (outcome.failed) reply.code(400)
    return drawPerson(reply, (await findPerson(records, person.id)) ?? person, outcome)
  })
}

const alertsOf = (say: (key: string) => string, outcome: Outcome | null) =>
  outcome ? [{ tone: outcome.failed ? 'bad' : 'info', text: say(outcome.said) } as const] : []
