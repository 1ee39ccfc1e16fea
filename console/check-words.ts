import type { CheckResult } from '../core/domain/gateway-checks.ts'
import type { Wording } from './wording.ts'

/** What the sessions of a gateway kept of a check, in words; `advice` is there where one did not. */
interface ToldCheck {
  readonly name: string
  readonly kept: string
  readonly tone: 'ok' | 'bad' | 'none'
  readonly advice: string | null
}

/** Checks of a gateway as staff read them. */
export const toldChecks = ({ say, format }: Wording, results: readonly CheckResult[]): ToldCheck[] =>
  results.map(({ check, kept, of }) => ({
    name: say(`check.${check}`),
    kept: of === 0 ? '–' : say('checks.of', { kept: format.number(kept), of: format.number(of) }),
    tone: of === 0 ? 'none' : kept === of ? 'ok' : 'bad',
    advice: kept === of ? null : say(`check.${check}.advice`),
  }))

/** The same as lines for a terminal, with whether the gateway has been seen to sign. */
export function checksText(
  wording: Wording,
  told: {
    readonly nas: string
    readonly days: number
    readonly messageAuthenticator: boolean
    readonly checks: readonly CheckResult[]
  },
): string {
  const { say } = wording
  const checks = toldChecks(wording, told.checks)
  const widest = Math.max(...checks.map(({ name }) => name.length))
  const lines = checks.flatMap(({ name, kept, advice }) => [
    `  ${name.padEnd(widest)}  ${kept}`,
    ...(advice === null ? [] : [`    ${advice}`]),
  ])
  const signs = say(told.messageAuthenticator ? 'checks.signed' : 'checks.unsigned')
  return [say('checks.heading', { id: told.nas, days: told.days }), ...lines, `  ${signs}`, ''].join('\n')
}
