import { hash, randomBytes } from 'node:crypto'
import { idText } from '../domain/id.ts'
import type { Records } from './database.ts'
import { findPerson, type Person } from './people.ts'

/** What a token may be good for; its owner's role bounds it further with each call. */
export const SCOPES = [
  'sites:read',
  'sessions:read',
  'vouchers:read',
  'vouchers:write',
  'nas:read',
  'nas:write',
  'notices:read',
  'notices:write',
  'campaigns:read',
  'campaigns:write',
  'pages:read',
  'pages:write',
  'pages:decide',
  'incidents:read',
  'incidents:write',
  'figures:read',
  'people:read',
  'people:write',
  'annotations:write',
  'audit:read',
  'settings:read',
  'tokens:read',
  'tokens:write',
] as const
export type ApiScope = (typeof SCOPES)[number]

/** A token as its owner sees it; the token itself is shown once, when it is made. Times are epoch ms. */
export interface Token {
  readonly id: string
  readonly name: string
  readonly scopes: readonly ApiScope[]
  readonly createdAt: number
  readonly expiresAt: number
}

/** How long a token may last. */
export const TOKEN_DAYS_MOST = 365

/** A prefix lets whoever looks for secrets that leaked find ours. */
const SHAPE = /^hnwifi_[A-Za-z0-9_-]{43}$/

interface TokenRow {
  id: string
  name: string
  scopes: ApiScope[]
  created_at: Date
  expires_at: Date
}

const COLUMNS = 'id, name, scopes, created_at, expires_at'

/** Makes a token of 256 random bits for a person; only its digest is kept. */
export async function createToken(
  records: Records,
  person: string,
  wanted: { readonly name: string; readonly scopes: readonly ApiScope[]; readonly expiresAt: number },
  now: number,
): Promise<Token & { readonly token: string }> {
  const token = `hnwifi_${randomBytes(32).toString('base64url')}`
  const id = idText(randomBytes(9).toString('base64url'))
  await records.query(
    'INSERT INTO tokens (id, person, name, digest, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    [id, person, wanted.name, digestOf(token), wanted.scopes, new Date(now), new Date(wanted.expiresAt)],
  )
  return { ...wanted, id, createdAt: now, token }
}

/** A person's tokens that still hold, by id; at most `limit` of those after `after`. */
export async function listTokens(
  records: Records,
  person: string,
  { now, after = null, limit = null }: { now: number; after?: string | null; limit?: number | null },
): Promise<Token[]> {
  const { rows } = await records.query<TokenRow>(
    `SELECT ${COLUMNS} FROM tokens
     WHERE person = $1 AND expires_at > $2 AND ($3::text IS NULL OR id > $3) ORDER BY id LIMIT $4`,
    [person, new Date(now), after, limit],
  )
  return rows.map(ofRow)
}

/** Takes a person's own token back; false when he has none with that id. */
export async function revokeToken(records: Records, person: string, id: string): Promise<boolean> {
  const { rowCount } = await records.query('DELETE FROM tokens WHERE id = $1 AND person = $2', [id, person])
  return rowCount === 1
}

/** The token that was shown, with its owner as he is now; null when there is none or it ran out. */
export async function findToken(
  records: Records,
  shown: string,
  now: number,
): Promise<{ readonly token: Token; readonly person: Person } | null> {
  if (!SHAPE.test(shown)) return null
  const { rows } = await records.query<TokenRow & { person: string }>(
    `SELECT ${COLUMNS}, person FROM tokens WHERE digest = $1 AND expires_at > $2`,
    [digestOf(shown), new Date(now)],
  )
  const row = rows[0]
  const person = row && (await findPerson(records, row.person))
  return person ? { token: ofRow(row), person } : null
}

const ofRow = (row: TokenRow): Token => ({
  id: row.id,
  name: row.name,
  scopes: row.scopes,
  createdAt: row.created_at.getTime(),
  expiresAt: row.expires_at.getTime(),
})

const digestOf = (token: string): string => hash('sha256', token, 'base64url')
