import { parsePassCode, readPassToken } from '../../core/domain/pass.ts'
import type { PassStore } from '../../core/store/passes.ts'
import type { Store } from '../../core/store/redis.ts'
import { countTry, tooManyTries } from '../../core/store/tries.ts'
import { NO_WISH, type PassDesk } from '../passes.ts'
import type { LoginAttempt, LoginMethod, Outcome } from './method.ts'

interface PassParts {
  readonly desk: PassDesk
  readonly passes: PassStore
  readonly store: Store
  readonly passKey: Buffer
}

/** A pass: brought from another phone by its link or its code, or the visitor's own where a tap alone opens nothing. */
export const pass = (parts: PassParts): LoginMethod => ({
  name: 'pass',
  async complete(attempt) {
    const { fields, remembered } = attempt
    if (fields.code !== undefined) return byPassCode(parts, attempt, parsePassCode(fields.code))
    if (fields.pass === undefined) return parts.desk.enter(attempt, { ...NO_WISH, pass: remembered })
    const ticket = readPassToken(parts.passKey, fields.pass)
    return ticket ? bring(parts, attempt, ticket.id) : refused('pass-wrong')
  },
})

/** Lets a phone in on the pass of a typed code. Wrong ones are counted as those of access codes are. */
export async function byPassCode(
  parts: Omit<PassParts, 'passKey'>,
  attempt: LoginAttempt,
  code: string | null,
): Promise<Outcome> {
  const { nas, mac } = attempt.visit
  if (await tooManyTries(parts.store, nas, mac)) return refused('too-many-tries')
  const id = code === null ? null : await parts.passes.idOfCode(code)
  if (id !== null) return bring(parts, attempt, id)
  await countTry(parts.store, nas, mac)
  return refused('code-wrong')
}

async function bring({ desk }: Pick<PassParts, 'desk'>, attempt: LoginAttempt, id: string): Promise<Outcome> {
  const outcome = await desk.enter(attempt, { ...NO_WISH, pass: id })
  return outcome.kind === 'granted' ? { ...outcome, brought: id } : outcome
}

const refused = (reason: 'pass-wrong' | 'too-many-tries' | 'code-wrong'): Outcome => ({
  kind: 'refused',
  refusal: { reason },
})
