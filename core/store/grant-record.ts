import type { LoginMethodName } from '../domain/site.ts'
import type { VisitGrant } from '../domain/visit.ts'
import { escaped, number, unescaped } from './session-record.ts'

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
  const fields = line.split('\t')
  const limit = (index: number): number | undefined => (fields[index] ? number(fields[index]) : undefined)
  return {
    method: fields[0] as LoginMethodName,
    userName: unescaped(fields[1] ?? ''),
    subject: fields[2] ?? '',
    grantedAt: number(fields[3] ?? ''),
    validUntil: number(fields[4] ?? ''),
    allowance: { seconds: limit(5), octets: limit(6) },
    limits: {
      seconds: limit(7),
      idleSeconds: limit(8),
      octets: limit(9),
      downBitsPerSecond: limit(10),
      upBitsPerSecond: limit(11),
    },
  }
}

/** Whole numbers in base 36; nothing for what is unlimited. */
const figure = (value: number | undefined): string =>
  value === undefined ? '' : Math.round(value).toString(36)
