import { grantPassword, parseGrantUserName } from '../../core/domain/grant.ts'
import type { SessionLimits } from '../../core/domain/limits.ts'
import { parseMac, type Mac } from '../../core/domain/mac.ts'
import type { Site } from '../../core/domain/site.ts'
import type { Visit } from '../../core/domain/visit.ts'
import { parseCode } from '../../core/domain/voucher.ts'
import type { Packet } from '../packet/packet.ts'
import { AttributeType } from '../packet/attributes.ts'
import type { KnownNas } from '../nas-table.ts'
import type { CredentialKind } from './credential.ts'
import { byGrant } from './grant.ts'
import { byMac } from './mac.ts'
import type { Rights } from './rights.ts'
import { byVoucher } from './voucher.ts'
import { proves } from './credential.ts'

/** What an Access-Request earns: limits and the visit they belong to, or why not. */
export type Decision =
  | { readonly kind: 'accept'; readonly visit: Visit; readonly limits: SessionLimits }
  | { readonly kind: 'reject'; readonly reason: string }

export interface AccessQuestion {
  readonly packet: Packet
  readonly nas: KnownNas
  readonly site: Site
  readonly credential: CredentialKind
  readonly userName: string
  readonly mac: Mac
  readonly now: number
  /** The id of a visit, if one has to be made. */
  readonly freshId: string
}

const MOST_USER_NAME = 253

/** Decides on an Access-Request: a grant of the portal, a device that may come back by MAC, or an access code. */
export async function authenticate(
  rights: Rights,
  question: Omit<AccessQuestion, 'mac' | 'userName'>,
): Promise<Decision> {
  const { packet, nas } = question
  const userName = packet.text(AttributeType.UserName)
  if (!userName || userName.length > MOST_USER_NAME) return { kind: 'reject', reason: 'no-user-name' }
  const station = packet.text(AttributeType.CallingStationId)
  const nameAsMac = parseMac(userName)
  const mac = parseMac(station ?? '') ?? (station === undefined ? nameAsMac : null)
  if (!mac) return { kind: 'reject', reason: 'no-calling-station' }
  const asked: AccessQuestion = { ...question, userName, mac }
  const grant = parseGrantUserName(userName)
  if (grant) return byGrant(rights, asked, grant)
  if (nameAsMac) return byMac(rights, asked, nameAsMac)
  const code = parseCode(userName)
  if (code) return byVoucher(rights, asked, code)
  // An unknown name costs what a wrong password costs.
  proves(packet, nas.shared, question.credential, grantPassword(rights.grantKey, userName, mac, nas.id))
  return { kind: 'reject', reason: 'unknown-user' }
}
