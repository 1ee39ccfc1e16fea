import { hash, randomBytes, randomInt } from 'node:crypto'
import { deviceSubject } from '../../core/domain/grants.ts'
import { grantPassword, grantUserName, REDEEM_MS } from '../../core/domain/grant.ts'
import { openingAt } from '../../core/domain/hours.ts'
import { idText } from '../../core/domain/id.ts'
import { dashedMac, type Mac } from '../../core/domain/mac.ts'
import type { Nas } from '../../core/domain/nas.ts'
import type { Site } from '../../core/domain/site.ts'
import type { TestLoginResult } from '../../core/domain/test-login.ts'
import type { Keys } from '../../core/process/keys.ts'
import type { VisitStore } from '../../core/store/visits.ts'
import { AttributeType, Code } from '../packet/attributes.ts'
import { encodeRequest } from '../packet/encode.ts'
import { SharedSecret } from '../packet/secret.ts'
import { text } from '../packet/values.ts'
import { ask } from '../transport/ask.ts'
import { TEST_LOGIN, testLoginProof } from './proof.ts'

/** A device that does not exist: its first octet says that nobody assigned it. */
const DEVICE = '020000000000' as Mac
/** What a right of ours is good for, should anybody else ever hold it. */
const SECONDS = 60
export interface TestLoginParts {
  readonly visits: VisitStore
  readonly keys: Pick<Keys, 'grant' | 'subject' | 'testLogin'>
  readonly now: () => number
  /** How long a reject is held back. */
  readonly rejectMs: number
  /** Our own authentication port. */
  readonly port: { readonly address: string; readonly port: number }
}

/**
 * Logs in at our own RADIUS port in the name of a NAS, with a right as the portal makes it: first with a wrong password,
 * which must be refused, then with the right one, which must be let in while the site is open. The right is taken back.
 * It proves the platform and the record, not the gateway.
 */
export async function testLogin(parts: TestLoginParts, nas: Nas, site: Site): Promise<TestLoginResult> {
  const { visits, keys, now } = parts
  const visit = visitOf(nas)
  const limits = { seconds: SECONDS }
  const userName = grantUserName({ visit, expiresAt: now() + REDEEM_MS, limits })
  await visits.grant(
    { id: visit, nas: nas.id, mac: DEVICE },
    {
      method: 'click-through',
      userName,
      limits,
      subject: deviceSubject(keys.subject, DEVICE),
      allowance: {},
      grantedAt: now(),
      validUntil: now() + SECONDS * 1000,
    },
  )
  try {
    const isOpen = openingAt(site.hours, now()).open
    const password = grantPassword(keys.grant, userName, DEVICE, nas.id)
    const wrong = await login(parts, nas, { userName, password: `${password.slice(1)}!` })
    if (wrong === undefined) return 'no-answer'
    if (wrong === Code.AccessAccept) return 'lets-anyone-in'
    const right = await login(parts, nas, { userName, password })
    if (right === undefined) return 'no-answer'
    return (right === Code.AccessAccept) === isOpen ? 'passed' : 'refused'
  } catch {
    return 'unsent'
  } finally {
    await visits.revoke(visit)
  }
}

/** How long each of two tries waits for an answer that may be held back so long, in ms. */
export const waitsFor = (rejectMs: number): readonly number[] => [2000, 2000 + rejectMs]

/** One for each NAS, so that tests leave no trail of visits. */
const visitOf = ({ id }: Nas): string => idText(hash('sha256', `test login\n${id}`, 'base64url').slice(0, 16))

/** The code of the proved answer, or undefined. */
async function login(
  { keys, now, port, rejectMs }: TestLoginParts,
  nas: Nas,
  { userName, password }: { userName: string; password: string },
): Promise<number | undefined> {
  const secret = new SharedSecret(Buffer.from(nas.secret.reveal()))
  const authenticator = randomBytes(16)
  const request = encodeRequest({
    code: Code.AccessRequest,
    identifier: randomInt(256),
    secret,
    messageAuthenticator: true,
    authenticator,
    credential: { kind: 'pap', password: Buffer.from(password) },
    attributes: [
      text(AttributeType.UserName, userName),
      text(AttributeType.CallingStationId, dashedMac(DEVICE)),
      text(AttributeType.NasIdentifier, nas.identifier),
      { type: TEST_LOGIN, value: testLoginProof(keys.testLogin, nas.id, authenticator, now()) },
    ],
  })
  const answer = await ask({ ...port, from: port.address }, { request, secret, waits: waitsFor(rejectMs) })
  // Ours starts with a Message-Authenticator, always: without one it is not our answer (CVE-2024-3596).
  return answer?.messageAuthenticators === 1 ? answer.code : undefined
}
