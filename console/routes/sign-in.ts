import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Keys } from '../../core/process/keys.ts'
import { audit } from '../../core/records/audit.ts'
import type { Records } from '../../core/records/database.ts'
import { PASSWORD_MOST } from '../../core/records/password.ts'
import { listPeople, signIn, type Person } from '../../core/records/people.ts'
import { useFactor } from '../../core/records/second-factor.ts'
import type { StaffStore } from '../../core/store/staff.ts'
import type { Draw } from '../draw.ts'
import { addressBlock } from '../security.ts'
import { giveSession, renewForms, takeSession } from '../staff.ts'
import type { InTurn } from '../turns.ts'

/** Failures within a quarter of an hour after which a name, or an address, is not listened to. */
const TRIES_A_NAME = 5
const TRIES_AN_ADDRESS = 20

export interface SignInParts {
  readonly draw: Draw
  readonly staff: StaffStore
  readonly records: Records
  readonly keys: Keys
  readonly inTurn: InTurn
  readonly now: () => number
}

const ANYONE = { config: { who: 'anyone' } } as const

/** The way in and the way out. */
export function signInRoutes(app: FastifyInstance, parts: SignInParts): void {
  const { draw, staff, records, keys, inTurn, now } = parts

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
    await Promise.all([staff.forgetTries(byName), staff.takeBackTry(byAddress)])
    return person
  }

  /** Opens a session, always under a new id: one that somebody planted before opens nothing (session fixation). */
  async function enter(
    request: FastifyRequest,
    reply: FastifyReply,
    person: Person,
    factor: 'app' | 'recovery' | null,
  ): Promise<void> {
    const waits = person.hasSecondFactor && factor === null
    if (request.staff?.session) await staff.close(request.staff.session.id)
    giveSession(request, reply, await staff.open(person.id, now(), { waits, address: request.ip }))
    renewForms(request, reply)
    if (!waits) await audit(records, person.name, 'sign-in', 'console', { address: request.ip, factor })
  }

  app.get<{ Querystring: Record<string, unknown> }>('/sign-in', ANYONE, async (request, reply) => {
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

  app.post<{ Body: Record<string, unknown> | undefined }>('/sign-in', ANYONE, async (request, reply) => {
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
    await enter(request, reply, person, null)
    return reply.redirect(person.hasSecondFactor ? codeHref(next) : wayOn(next), 303)
  })

  app.get<{ Querystring: Record<string, unknown> }>('/sign-in/code', ANYONE, async (request, reply) => {
    if (!request.staff?.waiting) return reply.redirect('/sign-in', 303)
    return drawCode(reply, request.query['next'])
  })

  app.post<{ Body: Record<string, unknown> | undefined }>('/sign-in/code', ANYONE, async (request, reply) => {
    const person = request.staff?.waiting
    if (!person) return reply.redirect('/sign-in', 303)
    const { code, next } = request.body ?? {}
    const tries = `factor:${person.id}`
    const locked = (await staff.countTry(tries)) > TRIES_A_NAME
    const typed = textOf(code)
    const factor = locked ? null : await useFactor(records, keys, { person: person.id, typed, now: now() })
    if (factor === null) {
      const reason = locked ? 'too-many-tries' : 'wrong-code'
      await audit(records, person.name, 'sign-in refused', 'console', { reason, address: request.ip })
      return drawCode(reply.code(401), next, 'code.failed')
    }
    await staff.forgetTries(tries)
    await enter(request, reply, person, factor)
    return reply.redirect(wayOn(next), 303)
  })

  function drawCode(reply: FastifyReply, next: unknown, failed?: 'code.failed'): Promise<FastifyReply> {
    const { say } = draw.wording(reply.request)
    return draw.page(reply, 'code', {
      title: say('code.title'),
      current: null,
      ...(failed && { alerts: [{ tone: 'bad', text: say('code.failed') }] }),
      page: { next: wayOn(next) },
    })
  }

  app.post('/sign-out', ANYONE, async (request, reply) => {
    const { session, person } = request.staff ?? {}
    if (session) await staff.close(session.id)
    if (person) await audit(records, person.name, 'sign-out', 'console', { address: request.ip })
    takeSession(request, reply)
    renewForms(request, reply)
    // Nothing was stored but what browsers keep for their Back key.
    reply.header('clear-site-data', '"cache"')
    return reply.redirect('/sign-in?out', 303)
  })
}

const codeHref = (next: unknown): string => `/sign-in/code?next=${encodeURIComponent(wayOn(next))}`

const ID = '[\\w.%-]{1,190}'
const OF_SITE = `(codes(/${ID}(/sheet)?)?|page|incidents|people|reports/${ID})`
const PAGE = new RegExp(
  `^/(account|audit|incidents|notices|pages|settings|visitors|reports/${ID}|(nas|people|promotion)(/${ID})?|sites(/${ID}(/${OF_SITE})?)?)?$`,
)

/** A page of ours to go on to, or the first one: never another site. */
export const wayOn = (next: unknown): string => (typeof next === 'string' && PAGE.test(next) ? next : '/')

/** A field as it was sent; nothing when it is none, too long, or has what PostgreSQL takes in no text. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' && value.length <= PASSWORD_MOST && !value.includes('\0') ? value : ''
