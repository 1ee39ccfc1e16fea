import type { Test } from 'tap'
import { openRecords } from '../../../core/records/database.ts'
import { SITE } from './city.ts'
import type { Lab } from './lab.ts'
import { within } from './run.ts'

/** What the platform and the gateway have written down of the phone's sessions, each in its own books. */

export interface Octets {
  readonly up: number
  readonly down: number
}

/** A line of `./hotspot session list --json`. */
export interface OpenSession {
  readonly id: string
  readonly fromVisitorOctets: string
  readonly toVisitorOctets: string
}

/** Counters every few seconds, a second for each turn of the reporter, and what a busy machine adds. */
const REPORT_SECONDS = 25

export const openSessions = async (lab: Lab): Promise<OpenSession[]> =>
  JSON.parse(await lab.hotspot('session', 'list', '--json')) as OpenSession[]

/** The one session that is open. */
export async function openSession(t: Test, lab: Lab): Promise<OpenSession> {
  const [session, ...more] = await within(REPORT_SECONDS, 'a session', async () => {
    const open = await openSessions(lab)
    return open.length > 0 && open
  })
  t.same(more, [], 'one session, not two')
  return session!
}

/** What the metrics say the site's sessions have moved, once that is at least `least`. */
export const countedOctets = (lab: Lab, least: Octets): Promise<Octets> =>
  within(REPORT_SECONDS, `${least.down} octets down and ${least.up} up in the metrics`, async () => {
    const now = await octetsInMetrics(lab)
    return now.down >= least.down && now.up >= least.up && now
  })

/** The newest session of the records, once it has ended; its cause must be `cause`. */
export async function endedSession(t: Test, lab: Lab, cause: string): Promise<Octets> {
  const ended = await within(REPORT_SECONDS, 'the end of the session', async () => {
    const [last] = await loggedSessions(lab)
    return last?.ended && last
  })
  t.equal(ended.cause, cause)
  t.same(await openSessions(lab), [], 'none is open')
  return { up: Number(ended.up), down: Number(ended.down) }
}

/** With every session over, the metrics are the sum of the records. */
export async function booksAgree(t: Test, lab: Lab): Promise<void> {
  const all = await loggedSessions(lab)
  const sum = (way: 'up' | 'down'): number => all.reduce((total, each) => total + Number(each[way]), 0)
  t.same(await octetsInMetrics(lab), { up: sum('up'), down: sum('down') })
  t.equal(await metric(lab, `hotspot_sessions_started_total{site="${SITE}"}`), all.length)
}

/**
 * What the firewall rules from which openNDS 9.10 takes its client's usage have counted: all that reached the phone, and
 * what the phone sent into the internet, which is neither the gateway nor the portal.
 */
export async function firewallOctets(lab: Lab): Promise<Octets> {
  const count = async (table: string, chain: string, target: string): Promise<number> => {
    const { stdout } = await lab.gateway('iptables-nft', '-t', table, '-nvxL', chain)
    const rule = stdout
      .split('\n')
      .find((line) => line.includes(` ${target} `) && line.includes(' 10.77.0.1'))
    return Number(rule?.trim().split(/ +/)[1] ?? Number.NaN)
  }
  return { up: await count('filter', 'ndsULR', 'RETURN'), down: await count('mangle', 'ndsINC', 'ACCEPT') }
}

async function octetsInMetrics(lab: Lab): Promise<Octets> {
  const of = (direction: string): Promise<number> =>
    metric(lab, `hotspot_session_octets_total{site="${SITE}",direction="${direction}"}`)
  return { up: await of('from_visitor'), down: await of('to_visitor') }
}

async function metric(lab: Lab, sample: string): Promise<number> {
  const { stdout } = await lab.upstream('curl', '-s', 'http://127.0.0.1:9464/metrics')
  const line = stdout.split('\n').find((each) => each.startsWith(`${sample} `))
  return Number(line?.slice(sample.length + 1))
}

interface LoggedSession {
  readonly ended: boolean
  readonly cause: string | null
  readonly up: string
  readonly down: string
}

async function loggedSessions(lab: Lab): Promise<LoggedSession[]> {
  const records = await openRecords(lab.databaseUrl(), 1)
  try {
    const { rows } = await records.query<LoggedSession>(
      `SELECT ended_at IS NOT NULL AS ended, cause, from_visitor_octets AS up, to_visitor_octets AS down
       FROM session_log ORDER BY started_at DESC`,
    )
    return rows
  } finally {
    await records.end()
  }
}
