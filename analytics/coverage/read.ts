import { lastHeard } from '../../core/store/heard.ts'
import type { Store } from '../../core/store/redis.ts'
import { SessionStore } from '../../core/store/sessions.ts'
import type { Tables } from '../../core/store/tables.ts'
import { lastTestLogin } from '../../core/store/test-logins.ts'
import type { Heard } from './coverage.ts'

/** What the live store knows of each gateway, by NAS id; nothing of the look before. */
export async function readHeard(store: Store, tables: Tables): Promise<Map<string, Heard>> {
  const sessions = new SessionStore(store)
  // All reads leave in one write (auto-pipelining).
  const all = [...tables.nas.keys()].map(async (nas): Promise<[string, Heard]> => {
    const [heard, openSessions, test] = await Promise.all([
      lastHeard(store, nas),
      sessions.openCount(nas),
      lastTestLogin(store, nas),
    ])
    return [nas, { ...heard, openSessions, test, before: null }]
  })
  return new Map(await Promise.all(all))
}
