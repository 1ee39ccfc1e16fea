import type { LoginMethodName } from '../domain/site.ts'
import type { VisitGrant } from '../domain/visit.ts'
import { Fields } from './fields.ts'
import { escaped, unescaped } from './session-record.ts'

/** A visit's right as one line of tab-separated fields: every Access-Request reads it. New fields go to the end. */
export function packGrant(grant: VisitGrant): string {
  const { limits, allowance } = grant
  return [
    grant.method,
    // A code as somebody typed it may have a tab in it.
    escaped(grant.userName),
    grant.subject,
    ...[grant.grantedAt, grant.validUntil, allowance.seconds, allowance.octets].map(figure),
    ...[
      limits.seconds,
      limits.idleSeconds,
      limits.octets,
      limits.downBitsPerSecond,
      limits.upBitsPerSecond,
    ].map(figure),
  ].join('\t')
}

/** The right of a line that `packGrant` wrote. */
export function unpackGrant(line: string): VisitGrant {
  const fields = new Fields(line)
  const method = fields.text() as LoginMethodName
  const userName = unescaped(fields.text())
  const subject = fields.text()
  const grantedAt = fields.number()
  const validUntil = fields.number()
  const allowance = { seconds: fields.limit(), octets: fields.limit() }
  const limits = {
    seconds: fields.limit(),
    idleSeconds: fields.limit(),
    octets: fields.limit(),
    downBitsPerSecond: fields.limit(),
    upBitsPerSecond: fields.limit(),
  }
  return { method, userName, subject, grantedAt, validUntil, allowance, limits }
}

/** Whole numbers in base 36; nothing for what is unlimited. */
const figure = (value: number | undefined): string =>
  value === undefined ? '' : Math.round(value).toString(36)
