import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import type { Records } from './database.ts'

export const ROLES = ['city', 'operator', 'site-manager', 'editor', 'auditor'] as const
export type Role = (typeof ROLES)[number]

/** Somebody who signs in to the console. `sites` limits every role but the city's. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly sites: readonly string[]
}

/** Standards E7: at least fourteen characters without a second factor. */
export const PASSWORD_LEAST = 14

/** OWASP's scrypt setting: 2¹⁷, 8, 1, which takes 128 MiB and a tenth of a second. */
const COST: ScryptOptions = { N: 2 ** 17, r: 8, p: 1, maxmem: 192 * 2 ** 20 }
const HASH_BYTES = 32

/** Adds a person. @throws when the name is taken. */
export async function addPerson(
  records: Records,
  person: Omit<Person, 'id'>,
  password: string,
): Promise<Person> {
  const id = randomBytes(9).toString('base64url')
  await records.query(
    'INSERT INTO people (id, name, role, sites, password_hash) VALUES ($1, $2, $3, $4, $5)',
    [id, person.name, person.role, person.sites, await hashPassword(password)],
  )
  return { id, ...person }
}

export async function setPassword(records: Records, name: string, password: string): Promise<boolean> {
  const { rowCount } = await records.query('UPDATE people SET password_hash = $2 WHERE name = $1', [
    name,
    await hashPassword(password),
  ])
  return rowCount === 1
}

export async function setRole(records: Records, name: string, role: Role): Promise<boolean> {
  const { rowCount } = await records.query('UPDATE people SET role = $2 WHERE name = $1', [name, role])
  return rowCount === 1
}

export async function listPeople(records: Records): Promise<Person[]> {
  return (await records.query<Person>('SELECT id, name, role, sites FROM people ORDER BY name')).rows
}

export async function findPerson(records: Records, id: string): Promise<Person | null> {
  return (
    (await records.query<Person>('SELECT id, name, role, sites FROM people WHERE id = $1', [id])).rows[0] ??
    null
  )
}

/** The person whose name and password these are, or null. An unknown name costs the same time as a wrong password. */
export async function signIn(records: Records, name: string, password: string): Promise<Person | null> {
  const { rows } = await records.query<Person & { password_hash: string }>(
    'SELECT id, name, role, sites, password_hash FROM people WHERE name = $1',
    [name],
  )
  const found = rows[0]
  const matches = await checkPassword(password, found?.password_hash ?? nobody)
  if (!found || !matches) return null
  const { password_hash: _, ...person } = found
  return person
}

const nobody = `scrypt$${Buffer.alloc(16).toString('base64')}$${Buffer.alloc(HASH_BYTES).toString('base64')}`

async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `scrypt$${salt.toString('base64')}$${(await derive(password, salt)).toString('base64')}`
}

async function checkPassword(password: string, stored: string): Promise<boolean> {
  const [, salt = '', hash = ''] = stored.split('$')
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64')), Buffer.from(hash, 'base64'))
}

const derive = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
