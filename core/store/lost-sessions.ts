import type { AccountingRecord } from '../domain/accounting.ts'
import { NO_IPV6 } from '../domain/session-ipv6.ts'
import type { Session } from '../domain/session.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Later } from './later.ts'
import { asked, type Commands } from './redis.ts'
import { packSession, unpackSession } from './session-record.ts'
import type { SessionRef } from './session-usage.ts'

/**
 * Sessions that ended without a word of their gateway, for as long as it may still bring one: their own records are gone
 * after a day, with the addresses in them, and what a gateway kept through an outage comes for seven (Acct-Delay-Time).
 */
export class LostSessions {
  readonly #store: Commands

  constructor(store: Commands) {
    this.#store = store
  }

  /** Keeps a session that has ended, without what tells whose it was; forgets one that goes on. */
  keep(session: Session): Later<unknown> {
    const key = keys.lostSession(session.nas, session.acctSessionId, session.mac)
    if (session.endedAt === null) return asked(this.#store, 'DEL', [key], () => undefined)
    const line = packSession({ ...session, ...STRIPPED })
    return asked(this.#store, 'SET', [key, line, 'EX', LIFETIME.lostSession], () => undefined)
  }

  /** The lost session that a report is of, or null. */
  find({ nas, acctSessionId, mac }: SessionRef): Later<Session | null> {
    return asked(this.#store, 'GET', [keys.lostSession(nas, acctSessionId, mac)], (line) =>
      line === null ? null : { ...unpackSession(line as string, nas), mac },
    )
  }
}

const STRIPPED = {
  mac: '' as Session['mac'],
  ip: null,
  ipv6: NO_IPV6,
  ap: null,
  userName: null,
  // Some gateways make it of the MAC.
  multiSessionId: null,
}

/** True for a report of a session so old that its record may be gone. */
export const mayBeLost = ({ at, receivedAt, seconds }: AccountingRecord): boolean =>
  receivedAt - at + (seconds ?? 0) * 1000 > LIFETIME.closedSession * 1000
