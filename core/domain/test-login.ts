/**
 * How the platform's login at its own RADIUS port ended. `passed`: a wrong password was refused, and the right one let in
 * (or refused, where the site is closed). `refused`: the right one was not let in. `unsent`: no packet left.
 */
export type TestLoginResult = 'passed' | 'refused' | 'lets-anyone-in' | 'no-answer' | 'unsent'

/** What is known of the test logins in the name of one NAS; times are epoch ms. */
export interface TestLogin {
  readonly at: number
  readonly result: TestLoginResult
  readonly passedAt: number | null
}

/** A test that passed proves the platform for this long. */
const PROVES_MS = 15 * 60_000
/** A minute less, so that a platform that works is proved at every moment. */
const AGAIN_MS = PROVES_MS - 60_000
/** What failed is tried again soon: it may be over. */
const AFTER_FAILURE_MS = 60_000

/** Whether a NAS is to be tested now. `last` is null before its first test. */
export const isTestDue = (last: TestLogin | null, now: number): boolean =>
  last === null || now - last.at >= (last.result === 'passed' ? AGAIN_MS : AFTER_FAILURE_MS)

/** `untested` is no failure: the platform has not come to it yet, or leaves the record out. */
export function provenBy(last: TestLogin | null, now: number): 'passed' | 'failing' | 'untested' {
  if (last === null) return 'untested'
  return last.passedAt !== null && now - last.passedAt <= PROVES_MS ? 'passed' : 'failing'
}
