import type { FastifyInstance, FastifyRequest } from 'fastify'
import { audit } from '../../core/records/audit.ts'
import type { Records } from '../../core/records/database.ts'
import { listPeople, signIn, type Person } from '../../core/records/people.ts'
import type { StaffStore } from '../../core/store/staff.ts'
import type { Draw } from '../draw.ts'
import { addressBlock } from '../security.ts'
import { giveSession, renewForms, takeSession } from '../staff.ts'

/** Failures within a quarter of an hour after which a name, or an address, is not listened to. */
const TRIES_A_NAME = 5
const TRIES_AN_ADDRESS = 20
/** Nobody's name or password is longer; scrypt shall not chew on more. */
const LONGEST = 200
/** A password costs 128 MiB while it is checked: this many at a time, the others wait. */
const CHECKS_AT_ONCE = 2

export interface SignInParts {
  readonly draw: Draw
  readonly staff: StaffStore
  readonly records: Records
  readonly now: () => number
}

/** The way in and the way out. */
export function signInRoutes(app: FastifyInstance, { draw, staff, records, now }: SignInParts): void {
  const inTurn = limited(CHECKS_AT_ONCE)

  /** The person, or null whatever was wrong: name, password, or too many tries. */
  async function admitted(name: string, password: string, request: FastifyRequest): Promise<Person | null> {
    const address = addressBlock(request.ip)
    const byName = `name:${name.normalize('NFKC').toLowerCase()}`
    const byAddress = `address:${address}`
    const [nameTries, addressTries] = await Promise.all([staff.countTry(byName), staff.countTry(byAddress)])
    const locked = nameTries > TRIES_A_NAME || addressTries > TRIES_AN_ADDRESS
    const person = locked ? null : await inTurn(() => signIn(records, name, password))
    if (person === null) {
      // A name that nobody has is not noted: people type their password there.
      const known = (await listPeople(records)).some((each) => each.name === name)
      await audit(records, known ? name : 'unknown', 'sign-in refused', 'console', {
        reason: locked ? 'too-many-tries' : 'wrong',
        address: request.ip,
      })
      return null
    }
    await Promise.all([
      staff.forgetTries(byName),
      staff.takeBackTry(byAddress),
      audit(records, person.name, 'sign-in', 'console', { address: request.ip }),
    ])
    return person
  }

  app.get<{ Querystring: Record<string, unknown> }>('/sign-in', async (request, reply) => {
    if (request.staff?.person) return reply.redirect('/', 303)
    // Told once: the cookie of a session that is over has done its work.
    if (request.staff?.ended) takeSession(request, reply)
    const { next, out } = request.query
    const { say } = draw.wording(request)
    const note = request.staff?.ended ? 'sign-in.ended' : out === undefined ? null : 'sign-in.out'
    return draw.page(reply, 'sign-in', {
      title: say('sign-in.title'),
      current: null,
      ...(note && { alerts: [{ tone: 'info', text: say(note) }] }),
      page: { next: wayOn(next), name: '' },
    })
  })

  app.post<{ Body: Record<string, unknown> | undefined }>('/sign-in', async (request, reply) => {
    const { name, password, next } = request.body ?? {}
    const given = { name: textOf(name).trim(), password: textOf(password) }
    const person =
      given.name === '' || given.password === '' ? null : await admitted(given.name, given.password, request)
    const { say } = draw.wording(request)
    if (person === null) {
      reply.code(401)
      return draw.page(reply, 'sign-in', {
        title: say('sign-in.title'),
        current: null,
        alerts: [{ tone: 'bad', text: say('sign-in.failed') }],
        // What was typed is kept, save the password (WCAG 2.2 §3.3.7).
        page: { next: wayOn(next), name: given.name },
      })
    }
    // Always a new id: one that somebody planted before opens nothing (session fixation).
    if (request.staff?.session) await staff.close(request.staff.session.id)
    giveSession(request, reply, await staff.open(person.id, now()))
    renewForms(request, reply)
    return reply.redirect(wayOn(next), 303)
  })

  app.post('/sign-out', async (request, reply) => {
    const { session, person } = request.staff ?? {}
    if (session) await staff.close(session.id)
    if (person) await audit(records, person.name, 'sign-out', 'console', { address: request.ip })
    takeSession(request, reply)
    renewForms(request, reply)
    return reply.redirect('/sign-in?out', 303)
  })
}

/** A page of ours to go on to, or the first one: never another site. */
export const wayOn = (next: unknown): string =>
  typeof next === 'string' && /^\/(sites(\/[\w.%-]{1,190})?)?$/.test(next) ? next : '/'

/** A field as it was sent; nothing when it is none, too long, or has what PostgreSQL takes in no text. */
const textOf = (value: unknown): string =>
  typeof value === 'string' && value.length <= LONGEST && !value.includes('\0') ? value : ''

/** Runs what it is given, so many at a time, in order. */
function limited(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
