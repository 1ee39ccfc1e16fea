import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { enrolmentUrl, base32 } from '../../core/domain/totp.ts'
import type { Keys } from '../../core/process/keys.ts'
import { audit } from '../../core/records/audit.ts'
import type { Records } from '../../core/records/database.ts'
import { PASSWORD_LEAST, PASSWORD_MOST } from '../../core/records/password.ts'
import { setPassword, signIn, type Person } from '../../core/records/people.ts'
import { enrol, newFactorSecret, recoveryLeft } from '../../core/records/second-factor.ts'
import { createToken, listTokens, revokeToken, TOKEN_DAYS_MOST } from '../../core/records/tokens.ts'
import { digestOfSession, type StaffStore } from '../../core/store/staff.ts'
import { toDataURL } from 'qrcode'
import { dutyOf, needsFactor, scopesOf, type Reach } from '../access.ts'
import type { Alert, Draw } from '../draw.ts'
import { personOf } from '../gate.ts'
import { isGuessable } from '../guessable.ts'
import { giveSession, renewForms } from '../staff.ts'
import type { InTurn } from '../turns.ts'
import { textOf } from './sign-in.ts'

const DAY_MS = 86_400_000
const TRIES = 5
const NAME_MOST = 60
/** Nobody needs more tokens than this at a time. */
const TOKENS_MOST = 50
const ACCOUNT = { config: { who: 'account' } } as const

export interface AccountParts {
  readonly draw: Draw
  readonly staff: StaffStore
  readonly records: Records
  readonly keys: Keys
  readonly inTurn: InTurn
  readonly reach: Reach
  readonly now: () => number
}

/** What came of a form: a sentence, and what is shown this once. */
interface Outcome {
  readonly said: string
  readonly failed?: boolean
  readonly secrets?: readonly string[]
}

type Form = { Body: Record<string, unknown> | undefined }

/** One's own account: password, second factor, sessions, tokens. */
export function accountRoutes(app: FastifyInstance, parts: AccountParts): void {
  const { draw, staff, records, keys, inTurn, reach, now } = parts

  /** True when the password is the person's; wrong ones count as failures to sign in do. */
  async function proves(person: Person, password: string): Promise<boolean> {
    const tries = `account:${person.id}`
    if ((await staff.countTry(tries)) > TRIES) return false
    const found = password === '' ? null : await inTurn(() => signIn(records, person.name, password))
    if (found?.id !== person.id) return false
    await staff.forgetTries(tries)
    return true
  }

  /** Ends every session of the person and opens a new one here: what opened the others has changed. */
  async function renewSessions(request: FastifyRequest, reply: FastifyReply, person: Person): Promise<void> {
    await staff.endAll(person.id)
    const session = await staff.open(person.id, now(), { address: request.ip })
    giveSession(request, reply, session)
    renewForms(request, reply)
    // The page that is drawn now carries a form, which must be one of the new session.
    if (request.staff) request.staff = { ...request.staff, session }
  }

  const note = (request: FastifyRequest, person: Person, what: string, detail: object = {}): Promise<void> =>
    audit(records, person.name, what, person.name, { ...detail, address: request.ip })

  async function changePassword(
    request: FastifyRequest,
    reply: FastifyReply,
    person: Person,
  ): Promise<Outcome> {
    const fields = (request.body ?? {}) as Record<string, unknown>
    const wanted = textOf(fields['wanted'])
    const isLong = wanted.length >= PASSWORD_LEAST && wanted.length <= PASSWORD_MOST
    if (!isLong || wanted === textOf(fields['password']))
      return { said: 'account.password.bad', failed: true }
    if (isGuessable(wanted, [person.name])) return { said: 'account.password.guessable', failed: true }
    if (!(await proves(person, textOf(fields['password']))))
      return { said: 'account.wrong-password', failed: true }
    await inTurn(() => setPassword(records, person.name, wanted))
    await note(request, person, 'person.own-password')
    request.staff = { ...request.staff!, person: { ...person, passwordOnce: false } }
    await renewSessions(request, reply, person)
    return { said: 'account.password.done' }
  }

  async function addToken(request: FastifyRequest, person: Person): Promise<Outcome> {
    const fields = (request.body ?? {}) as Record<string, unknown>
    const name = textOf(fields['name']).trim()
    const days = Number(textOf(fields['days']))
    const asked = [fields['scopes']].flat()
    const scopes = scopesOf(person.role).filter((scope) => asked.includes(scope))
    const isGood = Number.isInteger(days) && days >= 1 && days <= TOKEN_DAYS_MOST
    if (name === '' || name.length > NAME_MOST || !isGood || scopes.length === 0)
      return { said: 'account.token.bad', failed: true }
    if (dutyOf(person, reach)) return { said: 'account.duty.second-factor', failed: true }
    if ((await listTokens(records, person.id, { now: now() })).length >= TOKENS_MOST)
      return { said: 'account.token.many', failed: true }
    const expiresAt = now() + days * DAY_MS
    const made = await createToken(records, person.id, { name, scopes, expiresAt }, now())
    await audit(records, person.name, 'token.create', made.id, { scopes, days, address: request.ip })
    return { said: 'account.token.done', secrets: [made.token] }
  }

  async function change(request: FastifyRequest, reply: FastifyReply): Promise<Outcome | null> {
    const person = personOf(request)
    const fields = (request.body ?? {}) as Record<string, unknown>
    if (fields['do'] === 'password') return changePassword(request, reply, person)
    if (fields['do'] === 'token') return addToken(request, person)
    if (fields['do'] === 'revoke') {
      const id = textOf(fields['id'])
      if (await revokeToken(records, person.id, id)) await audit(records, person.name, 'token.revoke', id)
      return { said: 'account.token.revoked' }
    }
    if (fields['do'] === 'end') {
      await staff.end(person.id, textOf(fields['id']))
      await note(request, person, 'session.end-own')
      return { said: 'account.session.done' }
    }
    return null
  }

  async function drawAccount(reply: FastifyReply, outcome: Outcome | null): Promise<FastifyReply> {
    const { request } = reply
    const person = personOf(request)
    const { say, format } = draw.wording(request)
    const own = digestOfSession(request.staff?.session?.id ?? '')
    const [sessions, tokens, left] = await Promise.all([
      staff.listOf(person.id),
      listTokens(records, person.id, { now: now() }),
      recoveryLeft(records, person.id),
    ])
    const duty = dutyOf(person, 'network')
    return draw.page(reply, 'account', {
      title: say('account.title'),
      current: 'account',
      alerts: alertsOf(say, [outcome, duty && { said: `account.duty.${duty}`, failed: true }]),
      page: {
        secrets: outcome?.secrets ?? [],
        least: PASSWORD_LEAST,
        most: PASSWORD_MOST,
        factor: person.hasSecondFactor
          ? say('account.factor.on', { left: format.number(left) })
          : say(needsFactor(person.role) ? 'account.factor.needed' : 'account.factor.off'),
        sessions: sessions.map(({ digest, openedAt, address }) => ({
          digest,
          since: format.moment(openedAt, now()),
          address,
          own: digest === own,
        })),
        tokens: tokens.map(({ id, name, scopes, expiresAt }) => ({
          id,
          name,
          scopes: scopes.join(', '),
          until: format.moment(expiresAt, now()),
        })),
        scopes: scopesOf(person.role),
        days: TOKEN_DAYS_MOST,
      },
    })
  }

  app.get('/account', ACCOUNT, async (_, reply) => drawAccount(reply, null))
  app.post<Form>('/account', ACCOUNT, async (request, reply) => {
    const outcome = await change(request, reply)
    // Only what is shown this once is the answer itself; all else can be loaded again.
    if (outcome?.failed) reply.code(400)
    return drawAccount(reply, outcome)
  })

  /** The page with a secret for an app; the secret travels in the form, sealed for this very session. */
  async function drawFactor(
    reply: FastifyReply,
    secret: Buffer,
    failed: string | null,
  ): Promise<FastifyReply> {
    const { request } = reply
    const { say } = draw.wording(request)
    const url = enrolmentUrl(secret, { issuer: say('brand'), account: personOf(request).name })
    return draw.page(reply, 'factor', {
      title: say('factor.title'),
      current: 'account',
      alerts: failed ? alertsOf(say, [{ said: failed, failed: true }]) : [],
      page: {
        codes: [],
        picture: await toDataURL(url, { errorCorrectionLevel: 'M', margin: 4, scale: 5 }),
        typed: base32(secret).replace(/(.{4})(?=.)/g, '$1 '),
        sealed: keys.seal(secret.toString('base64'), sealedFor(request)),
      },
    })
  }

  app.get('/account/second-factor', ACCOUNT, async (_, reply) => drawFactor(reply, newFactorSecret(), null))
  app.post<Form>('/account/second-factor', ACCOUNT, async (request, reply) => {
    const person = personOf(request)
    const { sealed, password, code } = request.body ?? {}
    const secret = openSealed(keys, sealed, sealedFor(request))
    if (!secret) return drawFactor(reply.code(400), newFactorSecret(), 'factor.old')
    if (!(await proves(person, textOf(password))))
      return drawFactor(reply.code(400), secret, 'account.wrong-password')
    const enrolment = { person: person.id, secret, typed: textOf(code), now: now() }
    const codes = await enrol(records, keys, enrolment)
    if (!codes) return drawFactor(reply.code(400), secret, 'code.failed')
    await note(request, person, 'person.second-factor')
    request.staff = { ...request.staff!, person: { ...person, hasSecondFactor: true } }
    await renewSessions(request, reply, person)
    const { say } = draw.wording(request)
    return draw.page(reply, 'factor', {
      title: say('factor.title'),
      current: 'account',
      alerts: [{ tone: 'info', text: say('factor.done') }],
      page: { codes: codes.map((each) => `${each.slice(0, 5)} ${each.slice(5)}`) },
    })
  })
}

const sealedFor = (request: FastifyRequest): string => `enrolment ${request.staff?.session?.id}`

function openSealed(keys: Keys, sealed: unknown, purpose: string): Buffer | null {
  if (typeof sealed !== 'string') return null
  try {
    return Buffer.from(keys.unseal(sealed, purpose), 'base64')
  } catch {
    return null // of another session, or nothing of ours
  }
}

const alertsOf = (say: (key: string) => string, said: readonly (Outcome | null | '')[]): Alert[] =>
  said.flatMap((each) =>
    each ? [{ tone: each.failed ? 'bad' : 'info', text: say(each.said) } as const] : [],
  )
