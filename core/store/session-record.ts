import type { Session } from '../domain/session.ts'

/** The order of the fields in a packed session. New ones go to the end, so that lines of before still read. */
const FIELDS = [
  'version',
  'id',
  'nas',
  'site',
  'mac',
  'acctSessionId',
  'visit',
  'userName',
  'subject',
  'method',
  'lang',
  'os',
  'ip',
  'ap',
  'startedAt',
  'heardAt',
  'endedAt',
  'cause',
  'seconds',
  'fromVisitorOctets',
  'toVisitorOctets',
  'interimSeconds',
  'day',
  'dayBaseSeconds',
  'dayBaseOctets',
] as const satisfies readonly (keyof Session)[]

/** 64-bit figures, which JSON has no number for. */
const BIG: ReadonlySet<string> = new Set(['fromVisitorOctets', 'toVisitorOctets', 'dayBaseOctets'])

/** A session as one packed line: a JSON list in a fixed order, a third of the size of named fields. */
export const packSession = (session: Session): string =>
  JSON.stringify(FIELDS.map((field) => (BIG.has(field) ? String(session[field]) : session[field])))

/** The session of a packed line that `packSession` wrote. */
export function unpackSession(line: string): Session {
  const values = JSON.parse(line) as unknown[]
  const named = FIELDS.map((field, i) => [field, BIG.has(field) ? BigInt(values[i] as string) : values[i]])
  return Object.fromEntries(named) as Session
}
