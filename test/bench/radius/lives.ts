import { GATEWAYS, VISITORS_IN_A_ROW, type Visitor } from './city.ts'
import { accountingAttributes, type Report, type RequestFile } from './requests.ts'

/** Interim-Updates between a session's Start and its Stop. */
export const INTERIMS = 4
const REPORTS = INTERIMS + 2
/**
 * Sessions that begin between two reports of one: the reports of a session stay in order, far more apart than the load's
 * window, and sessions of a moment are those of one gateway.
 */
export const SESSIONS_APART = 2 * GATEWAYS * VISITORS_IN_A_ROW

/** Requests at the start of `writeLives` until as many sessions end as begin. */
export const RAMP = (SESSIONS_APART * REPORTS * (REPORTS - 1)) / 2

/** Sessions whose lives give so many requests behind the ramp. */
export const sessionsFor = (requests: number): number =>
  Math.ceil(requests / REPORTS) + SESSIONS_APART * (REPORTS - 1)

/** Writes whole lives of sessions as a city sends them: some begin, many go on, some end. */
export function writeLives(file: RequestFile, visitors: readonly Visitor[]): void {
  for (let now = 0; now < visitors.length; now += VISITORS_IN_A_ROW)
    for (let stage = 0; stage < REPORTS; stage++) {
      const first = now - stage * SESSIONS_APART
      for (let i = first; i >= 0 && i < first + VISITORS_IN_A_ROW && i < visitors.length; i++)
        file.add('accounting', visitors[i]!, accountingAttributes(visitors[i]!, reportOf(stage)))
    }
}

const reportOf = (stage: number): Report =>
  stage === 0
    ? { kind: 'start' }
    : stage <= INTERIMS
      ? { kind: 'interim', number: stage }
      : { kind: 'stop', after: INTERIMS }
