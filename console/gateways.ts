import { randomBytes } from 'node:crypto'
import { gatewayState, type DeviceState } from '../core/domain/gateway-state.ts'
import { hasDemoSecret, parseNas, type Fault } from '../core/process/city-file.ts'
import { isLoopbackBlock } from '../core/process/addresses.ts'
import { addNas, type CityDesk, type NasRefused } from '../core/city/gateway-changes.ts'
import type { Settings } from '../core/process/settings.ts'
import type { Records } from '../core/records/database.ts'
import { lastLooks } from '../core/records/gateway-looks.ts'
import type { NasRow } from '../core/records/lists.ts'
import type { Person } from '../core/records/people.ts'
import { lastHeard } from '../core/store/heard.ts'
import { keys } from '../core/store/keys.ts'
import type { Store } from '../core/store/redis.ts'
import { SessionStore } from '../core/store/sessions.ts'
import { maySee, scopeOf, sitesOf } from './access.ts'

/** What the console tells of how the platform is set up; secrets and addresses of stores are not in it. */
export type Setup = Pick<
  Settings,
  | 'configFile'
  | 'hosts'
  | 'portalPort'
  | 'consolePort'
  | 'metricsPort'
  | 'portalTls'
  | 'radiusAuthPort'
  | 'radiusAcctPort'
  | 'radiusWorkers'
>

/** A gateway's record, and how it is at this moment; times are epoch ms. */
export interface GatewayNow {
  readonly row: NasRow
  readonly state: DeviceState
  readonly heardAt: number | null
  readonly wrongClockAt: number | null
  /** How many of its access points it has named in the last days. */
  readonly accessPoints: number
  readonly online: number
  /** It has been seen to send Message-Authenticator. */
  readonly hasSigned: boolean
  /** Requests of it without Message-Authenticator are dropped. */
  readonly locked: boolean
}

/** Gateways as they are now, in the order given. */
export async function gatewaysNow(
  { store, records }: { readonly store: Store; readonly records: Records },
  rows: readonly NasRow[],
  now: number,
): Promise<GatewayNow[]> {
  const looks = await lastLooks(records)
  const sessions = new SessionStore(store)
  // All of a page's reads leave in one write (auto-pipelining).
  return Promise.all(
    rows.map(async (row) => {
      const [heard, online, signed] = await Promise.all([
        lastHeard(store, row.id),
        sessions.openCount(row.id),
        store.sismember(keys.messageAuthenticatorSeen, row.id),
      ])
      const { messageAuthenticator } = row
      const hasSigned = signed === 1
      return {
        row,
        state: gatewayState(
          row,
          { heardAt: heard.gateway, openSessions: online, before: looks.get(row.id) ?? null },
          now,
        ),
        heardAt: heard.gateway,
        wrongClockAt: heard.wrongClockAt,
        accessPoints: heard.accessPoints.size,
        online,
        hasSigned,
        locked: messageAuthenticator === 'require' || (messageAuthenticator === 'auto' && hasSigned),
      }
    }),
  )
}

/** A gateway as a form or a program asks for it; a secret left out is made here. */
export interface WantedGateway {
  readonly id: string
  readonly site: string
  readonly gateway: string
  readonly [field: string]: unknown
}

/** Secrets that were made with a gateway: told in the answer to its adding, and never again. */
export type MadeSecrets = Readonly<Partial<Record<'secret' | 'uamSecret' | 'fasKey', string>>>

export type GatewayAdded =
  | { readonly kind: 'added'; readonly id: string; readonly made: MadeSecrets }
  | { readonly kind: 'faulty'; readonly faults: readonly Fault[] }
  | { readonly kind: 'refused'; readonly reason: NasRefused['reason'] | 'forbidden' }

/** Adds a gateway to a site of the person's. */
export async function addGateway(
  desk: CityDesk,
  person: Person,
  wanted: WantedGateway,
): Promise<GatewayAdded> {
  if (wanted.site !== '' && !maySee(scopeOf(person), wanted.site))
    return { kind: 'refused', reason: 'forbidden' }
  const made: MadeSecrets = {
    ...(wanted['secret'] === undefined && { secret: randomBytes(24).toString('base64url') }),
    ...(wanted.gateway === 'coova-chilli' &&
      wanted['uamSecret'] === undefined && { uamSecret: randomBytes(24).toString('base64url') }),
    // 16 to 32 letters and digits are all that openNDS takes.
    ...(wanted.gateway === 'opennds' &&
      wanted['fasKey'] === undefined && { fasKey: randomBytes(16).toString('hex') }),
  }
  // No environment: what comes over the network names no variable of this machine.
  const parsed = parseNas({ ...wanted, ...made }, {})
  if ('faults' in parsed) return { kind: 'faulty', faults: parsed.faults }
  const { nas } = parsed
  if (hasDemoSecret(nas) && nas.addresses.some((block) => !isLoopbackBlock(block)))
    return { kind: 'faulty', faults: [{ path: '$.secret', message: 'a secret that everybody knows' }] }
  const refused = await addNas(desk, nas, { who: person.name, onlyNew: true, sites: sitesOf(person) })
  return refused ? { kind: 'refused', reason: refused.reason } : { kind: 'added', id: nas.id, made }
}
