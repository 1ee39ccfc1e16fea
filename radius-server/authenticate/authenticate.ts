import { grantPassword, parseGrantUserName } from '../../core/domain/grant.ts'
import type { SessionLimits } from '../../core/domain/limits.ts'
import { parseMac, type Mac } from '../../core/domain/mac.ts'
import { nameInRealms } from '../../core/domain/realm.ts'
import type { Site } from '../../core/domain/site.ts'
import type { Visit } from '../../core/domain/visit.ts'
import { parseCode } from '../../core/domain/voucher.ts'
import { Later } from '../../core/store/later.ts'
import { AttributeType, ServiceType } from '../packet/attributes.ts'
import type { Proof } from '../packet/authenticators.ts'
import type { Packet } from '../packet/packet.ts'
import type { Attribute } from '../packet/values.ts'
import type { KnownNas } from '../nas-table.ts'
import { proved, type CredentialKind } from './credential.ts'
import { byGrant } from './grant.ts'
import { byMac } from './mac.ts'
import type { Rights } from './rights.ts'
import { byVoucher } from './voucher.ts'

/** Which visit at which NAS a right belongs to, and on which device. */
export type RightHolder = Pick<Visit, 'id' | 'nas' | 'mac'>

/** What an Access-Request earns: limits and the visit they belong to, or why not. */
export type Decision =
  | {
      readonly kind: 'accept'
      readonly visit: RightHolder
      readonly limits: SessionLimits
      /** Those by which the credential answers. */
      readonly attributes: readonly Attribute[]
      /** True when a NAS has redeemed this right before. */
      readonly again: boolean
    }
  | { readonly kind: 'reject'; readonly reason: string }

export interface AccessQuestion {
  readonly packet: Packet
  readonly nas: KnownNas
  /** What the packet's Message-Authenticator showed. */
  readonly proof: Proof
  readonly site: Site
  readonly credential: CredentialKind
  /** Without its realm. */
  readonly userName: string
  readonly mac: Mac
  readonly now: number
  /** The id of a visit, if one has to be made. */
  readonly freshId: () => string
}

type Asked = Omit<AccessQuestion, 'mac' | 'userName'> & { readonly realms: ReadonlySet<string> }

const MOST_USER_NAME = 253

/** Decides on an Access-Request: a grant of the portal, a device that may come back by MAC, or an access code. */
export function authenticate(rights: Rights, asked: Asked): Later<Decision> {
  const { packet, nas, credential } = asked
  // RFC 5080 §2.1.1: a new authentication carries no State, and what was authenticated before would carry ours. We give none.
  if (packet.has(AttributeType.State)) return rejected('unknown-state')
  if (packet.integer(AttributeType.ServiceType) === ServiceType.AuthorizeOnly)
    return rejected('authorize-only')
  const told = packet.text(AttributeType.UserName)
  if (!told || told.length > MOST_USER_NAME) return rejected('no-user-name')
  const userName = nameInRealms(told, asked.realms)
  if (typeof userName !== 'string') return rejected(userName.refused)
  const grant = parseGrantUserName(userName)
  const nameAsMac = grant ? null : parseMac(userName)
  const station = packet.text(AttributeType.CallingStationId)
  const mac = station === undefined ? nameAsMac : parseMac(station)
  if (!mac) return rejected('no-calling-station')
  const { proof, site, now, freshId } = asked
  const question: AccessQuestion = { packet, nas, proof, site, credential, now, freshId, userName, mac }
  if (grant) return byGrant(rights, question, grant)
  if (nameAsMac) return Later.from(byMac(rights, question, nameAsMac))
  const code = parseCode(userName)
  if (code) return Later.from(byVoucher(rights, question, code))
  // An unknown name costs what a wrong password costs.
  proved(packet, nas.shared, credential, grantPassword(rights.grantKey, userName, mac, nas.id))
  return rejected('unknown-user')
}

export const rejected = (reason: string): Later<Decision> => Later.of({ kind: 'reject', reason })
