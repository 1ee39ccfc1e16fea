import { setTimeout as sleep } from 'node:timers/promises'
import { isTestDue } from '../../core/domain/test-login.ts'
import type { Nas } from '../../core/domain/nas.ts'
import { repeat, type Running } from '../../core/process/lifecycle.ts'
import type { Logger } from '../../core/process/log.ts'
import type { Counter } from '../../core/process/metrics.ts'
import { keys } from '../../core/store/keys.ts'
import type { Store } from '../../core/store/redis.ts'
import type { LiveTables } from '../../core/store/tables.ts'
import { lastTestLogin, noteTestLogin } from '../../core/store/test-logins.ts'
import { RateLimitedLog } from '../rate-limited-log.ts'
import { testLogin, waitsFor, type TestLoginParts } from './test-login.ts'

const EVERY_MS = 5000
/** Test logins in one turn, all at once: a turn lasts as long as one reject, and ten seconds or more where none is answered. */
const MOST = 64
/** A worker that dies in its turn leaves it to the others so long after the turn may have lasted. */
const SPARE_MS = 5000
/** A server that stops waits no longer for the answers of its own tests. */
const STOP_MS = 1500

interface Parts extends TestLoginParts {
  readonly store: Store
  readonly tables: LiveTables
  readonly counted: Counter<'result'>
  readonly log: Logger
}

/** Tests every NAS record when it is due; of several workers one does it at a time. */
export function scheduleTestLogins(parts: Parts): Running {
  const { store, log, now } = parts
  const turn = keys.job('test-logins')
  const loginMs = waitsFor(parts.rejectMs).reduce((sum, wait) => sum + wait, 0)
  const turnMs = 2 * loginMs + SPARE_MS
  const notes = new RateLimitedLog(log, now)
  const work = async (): Promise<void> => {
    if ((await store.set(turn, '1', 'PX', turnMs, 'NX')) !== 'OK') return
    try {
      await testDue(parts, notes)
    } finally {
      await store.pexpire(turn, EVERY_MS - 100)
    }
  }
  let isStopping = false
  const failed = (error: unknown): void => {
    if (!isStopping) notes.warn('test-logins', { err: error }, 'cannot make the test logins')
  }
  const running = repeat(EVERY_MS, work, failed)
  return {
    async stop() {
      isStopping = true
      await Promise.race([running.stop(), sleep(STOP_MS, undefined, { ref: false })])
    },
  }
}

async function testDue(parts: Parts, notes: RateLimitedLog): Promise<void> {
  const { store, tables, now } = parts
  const due: Nas[] = []
  const all = [...tables.current.nas.values()]
  const tests = await Promise.all(all.map((nas) => lastTestLogin(store, nas.id)))
  for (const [i, nas] of all.entries()) if (isTestDue(tests[i]!, now())) due.push(nas)
  await Promise.all(due.slice(0, MOST).map((nas) => testOne(parts, nas, notes)))
}

async function testOne(parts: Parts, nas: Nas, notes: RateLimitedLog): Promise<void> {
  const { store, tables, counted, now } = parts
  const site = tables.current.sites.get(nas.site)
  if (!site) return
  const result = await testLogin(parts, nas, site)
  counted.inc({ result })
  if (result !== 'passed') notes.warn(result, { nas: nas.id, result }, 'the platform failed its test login')
  await noteTestLogin(store, nas.id, { at: now(), result })
}
