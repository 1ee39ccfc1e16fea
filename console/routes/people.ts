import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { audit } from '../../core/records/audit.ts'
import type { Records } from '../../core/records/database.ts'
import { newPassword } from '../../core/records/password.ts'
import {
  addPerson,
  findPerson,
  isNameTaken,
  listPeople,
  removePerson,
  ROLES,
  setPassword,
  setRole,
  type Person,
} from '../../core/records/people.ts'
import { resetFactor } from '../../core/records/second-factor.ts'
import type { StaffStore } from '../../core/store/staff.ts'
import type { Tables } from '../../core/store/tables.ts'
import type { Draw } from '../draw.ts'
import { personOf } from '../gate.ts'
import { siteName } from '../pages/sites.ts'
import type { InTurn } from '../turns.ts'
import { drawMessage } from './messages.ts'
import { textOf } from './sign-in.ts'

const CITY = { config: { who: ['city'] } } as const
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,59}$/u

export interface PeopleParts {
  readonly draw: Draw
  readonly staff: StaffStore
  readonly records: Records
  readonly tables: () => Tables
  readonly inTurn: InTurn
}

interface Outcome {
  readonly said: string
  readonly failed?: boolean
  readonly secrets?: readonly string[]
}

type Form = { Params: { id: string }; Body: Record<string, unknown> | undefined }

/** The people of the console, for the city alone: who there is, and one person's role, sites, password, second factor. */
export function peopleRoutes(app: FastifyInstance, parts: PeopleParts): void {
  const { draw, staff, records, tables, inTurn } = parts

  const note = (request: FastifyRequest, what: string, target: string, detail: object = {}): Promise<void> =>
    audit(records, personOf(request).name, what, target, { ...detail, address: request.ip })

  const sitesIn = (fields: Record<string, unknown>): string[] => {
    const asked = [fields['sites']].flat()
    return [...tables().sites.keys()].filter((id) => asked.includes(id))
  }

  async function add(request: FastifyRequest): Promise<Outcome> {
    const fields = (request.body ?? {}) as Record<string, unknown>
    const name = textOf(fields['name']).trim().normalize('NFC')
    const role = ROLES.find((each) => each === fields['role'])
    if (!NAME.test(name) || !role) return { said: 'people.bad', failed: true }
    const password = newPassword()
    const sites = sitesIn(fields)
    try {
      await inTurn(() => addPerson(records, { name, role, sites }, password, { once: true }))
    } catch (error) {
      if (!isNameTaken(error)) throw error
      return { said: 'people.taken', failed: true }
    }
    await note(request, 'person.add', name, { role, sites })
    return { said: 'people.added', secrets: [password] }
  }

  async function change(request: FastifyRequest, person: Person): Promise<Outcome | 'gone'> {
    const fields = (request.body ?? {}) as Record<string, unknown>
    // Nobody locks himself out; his own password and factor have their page.
    if (person.id === personOf(request).id) return { said: 'person.self', failed: true }
    const { name } = person
    if (fields['do'] === 'role') {
      const role = ROLES.find((each) => each === fields['role'])
      if (!role) return { said: 'people.bad', failed: true }
      const sites = sitesIn(fields)
      await setRole(records, name, role, sites)
      await note(request, 'person.role', name, { role, sites })
      return { said: 'person.role.done' }
    }
    if (fields['do'] === 'password') {
      const password = newPassword()
      await inTurn(() => setPassword(records, name, password, { once: true }))
      await staff.endAll(person.id)
      await note(request, 'person.password', name)
      return { said: 'people.added', secrets: [password] }
    }
    if (fields['do'] === 'factor') {
      await resetFactor(records, name)
      await staff.endAll(person.id)
      await note(request, 'person.reset-factor', name)
      return { said: 'person.factor.done' }
    }
    if (fields['do'] !== 'remove') return { said: 'people.bad', failed: true }
    await removePerson(records, person.id)
    await staff.endAll(person.id)
    await note(request, 'person.remove', name)
    return 'gone'
  }

  async function drawPeople(reply: FastifyReply, outcome: Outcome | null): Promise<FastifyReply> {
    const wording = draw.wording(reply.request)
    const { say } = wording
    const people = await listPeople(records)
    await note(reply.request, 'person.look', 'all')
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
          sites: role === 'city' || role === 'auditor' ? say('people.all-sites') : sites.join(', '),
          factor: say(hasSecondFactor ? 'people.factor.on' : 'people.factor.off'),
        })),
        ...choices(wording, null),
      },
    })
  }

  async function drawPerson(reply: FastifyReply, person: Person, outcome: Outcome | null) {
    const wording = draw.wording(reply.request)
    await note(reply.request, 'person.look', person.name)
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
