import { audit } from '../core/records/audit.ts'
import type { Records } from '../core/records/database.ts'
import { newPassword } from '../core/records/password.ts'
import {
  addPerson,
  isNameTaken,
  removePerson,
  setPassword,
  setRole,
  type NewPerson,
  type Person,
  type Role,
} from '../core/records/people.ts'
import { resetFactor } from '../core/records/second-factor.ts'
import type { StaffStore } from '../core/store/staff.ts'
import type { InTurn } from './turns.ts'

/** What a person may be called: what fits a line, and cannot be taken for a mark of ours. */
export const PERSON_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,59}$/u

/** What work on people needs, the same for pages and programs. */
export interface PeopleDesk {
  readonly staff: StaffStore
  readonly records: Records
  readonly inTurn: InTurn
}

/** Who does it, and from which address: both stand in the audit. */
interface By {
  readonly who: Person
  readonly address: string
}

export type PersonStep =
  | { readonly kind: 'role'; readonly role: Role; readonly sites: readonly string[] }
  | { readonly kind: 'password' }
  | { readonly kind: 'reset-factor' }
  | { readonly kind: 'remove' }

/** Adds a person with a password that is good for one sign-in; null when somebody has that name. */
export async function addSomebody(
  { records, inTurn }: PeopleDesk,
  person: NewPerson,
  { who, address }: By,
): Promise<{ readonly id: string; readonly password: string } | null> {
  const password = newPassword()
  try {
    const { id } = await inTurn(() => addPerson(records, person, password, { once: true }))
    const { role, sites } = person
    await audit(records, who.name, 'person.add', person.name, { role, sites, address })
    return { id, password }
  } catch (error) {
    if (!isNameTaken(error)) throw error
    return null
  }
}

/** One step on somebody; `self` when it is oneself, for nobody locks himself out. A new password is told, once. */
export async function changeSomebody(
  { staff, records, inTurn }: PeopleDesk,
  { id, name }: Person,
  step: PersonStep,
  { who, address }: By,
): Promise<'self' | { readonly password?: string }> {
  if (id === who.id) return 'self'
  const note = (what: string, detail: object = {}): Promise<void> =>
    audit(records, who.name, what, name, { ...detail, address })
  if (step.kind === 'role') {
    const { role, sites } = step
    await setRole(records, name, role, sites)
    await note('person.role', { role, sites })
    return {}
  }
  if (step.kind === 'password') {
    const password = newPassword()
    await inTurn(() => setPassword(records, name, password, { once: true }))
    await staff.endAll(id)
    await note('person.password')
    return { password }
  }
  if (step.kind === 'reset-factor') await resetFactor(records, name)
  else await removePerson(records, id)
  await staff.endAll(id)
  await note(`person.${step.kind}`)
  return {}
}
