import { randomBytes } from 'node:crypto'
import type { Records, Transaction } from './database.ts'
import { checkPassword, hashPassword, NOBODYS_HASH } from './password.ts'

export const ROLES = ['city', 'operator', 'site-manager', 'editor', 'auditor'] as const
export type Role = (typeof ROLES)[number]

/** Somebody who signs in to the console. `sites` limits every role but the city's and the auditor's. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly sites: readonly string[]
  /** Somebody else made the password: it opens nothing but the way to a new one. */
  readonly passwordOnce: boolean
  readonly hasSecondFactor: boolean
}

export type NewPerson = Pick<Person, 'name' | 'role' | 'sites'>

const PERSON = `id, name, role, sites, password_once AS "passwordOnce", totp_sealed IS NOT NULL AS "hasSecondFactor"`

/** PostgreSQL's code for a name that is taken. */
const UNIQUE_VIOLATION = '23505'

/** Adds a person; `once` when the password is not of his own making. @throws when the name is taken. */
export async function addPerson(
  records: Records,
  { name, role, sites }: NewPerson,
  password: string,
  { once = false }: { readonly once?: boolean } = {},
): Promise<Person> {
  const id = randomBytes(9).toString('base64url')
  await records.query(
    'INSERT INTO people (id, name, role, sites, password_hash, password_once) VALUES ($1, $2, $3, $4, $5, $6)',
    [id, name, role, sites, await hashPassword(password), once],
  )
  return { id, name, role, sites, passwordOnce: once, hasSecondFactor: false }
}

/** True for the error of `addPerson` when somebody has that name. */
export const isNameTaken = (error: unknown): boolean =>
  (error as { readonly code?: unknown } | null)?.code === UNIQUE_VIOLATION

/** Sets the password of the person with a name; his id, or null when there is none. */
export async function setPassword(
  records: Records,
  name: string,
  password: string,
  { once = false }: { readonly once?: boolean } = {},
): Promise<string | null> {
  const { rows } = await records.query<{ id: string }>(
    'UPDATE people SET password_hash = $2, password_once = $3 WHERE name = $1 RETURNING id',
    [name, await hashPassword(password), once],
  )
  return rows[0]?.id ?? null
}

/** Sets the role, and the sites if given, of the person with a name; false when there is none. */
export async function setRole(
  records: Records,
  name: string,
  role: Role,
  sites: readonly string[] | null = null,
): Promise<boolean> {
  const { rowCount } = await records.query(
    'UPDATE people SET role = $2, sites = coalesce($3, sites) WHERE name = $1',
    [name, role, sites],
  )
  return rowCount === 1
}

/** Removes a person with all his tokens; what he did stays in the audit. */
export async function removePerson(records: Records, id: string): Promise<void> {
  await records.query('DELETE FROM people WHERE id = $1', [id])
}

export async function listPeople(records: Records): Promise<Person[]> {
  return (await records.query<Person>(`SELECT ${PERSON} FROM people ORDER BY name`)).rows
}

/** People who may see a site because it is on their list, by name; city and auditors see every site. */
export async function peopleOfSite(records: Records, site: string): Promise<Person[]> {
  const { rows } = await records.query<Person>(
    `SELECT ${PERSON} FROM people WHERE role NOT IN ('city', 'auditor') AND $1 = ANY(sites) ORDER BY name`,
    [site],
  )
  return rows
}

/** People by id, at most `limit` of those after `after`. */
export async function peoplePage(
  records: Records,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<Person[]> {
  const { rows } = await records.query<Person>(
    `SELECT ${PERSON} FROM people WHERE $1::text IS NULL OR id > $1 ORDER BY id LIMIT $2`,
    [after, limit],
  )
  return rows
}

export async function findPerson(records: Records | Transaction, id: string): Promise<Person | null> {
  return (await records.query<Person>(`SELECT ${PERSON} FROM people WHERE id = $1`, [id])).rows[0] ?? null
}

/** The person whose name and password these are, or null. An unknown name costs the same time as a wrong password. */
export async function signIn(records: Records, name: string, password: string): Promise<Person | null> {
  const { rows } = await records.query<Person & { password_hash: string }>(
    `SELECT ${PERSON}, password_hash FROM people WHERE name = $1`,
    [name],
  )
  const found = rows[0]
  const matches = await checkPassword(password, found?.password_hash ?? NOBODYS_HASH)
  if (!found || !matches) return null
  const { password_hash: _, ...person } = found
  return person
}
