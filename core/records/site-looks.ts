import type { Records, Transaction } from './database.ts'

/** How a site in service was at the last look; `lookedAt` is epoch ms. See docs/coverage.md for the words. */
export interface SiteNow {
  readonly site: string
  readonly lookedAt: number
  readonly live: boolean
  readonly state: 'up' | 'down' | 'unknown'
  /** Why it is down. */
  readonly reason: 'logins' | 'gateways' | 'access-points' | null
  /** The platform's test login: a proof of the platform, not of the site. */
  readonly login: 'passed' | 'failing' | 'untested'
  readonly accessPoints: Readonly<Record<'live' | 'silent' | 'unknown', number>>
}

/** Replaces the last looks with these. */
export async function keepSitesNow(transaction: Transaction, looks: readonly SiteNow[]): Promise<void> {
  await transaction.query('DELETE FROM site_looks WHERE site <> ALL ($1)', [looks.map(({ site }) => site)])
  await transaction.query(
    `INSERT INTO site_looks
     SELECT site, to_timestamp("lookedAt" / 1000), live, state, reason, login,
            ("accessPoints"->>'live')::int, ("accessPoints"->>'silent')::int, ("accessPoints"->>'unknown')::int
     FROM jsonb_to_recordset($1::jsonb) AS look (site text, "lookedAt" double precision, live boolean, state text,
       reason text, login text, "accessPoints" jsonb)
     ON CONFLICT (site) DO UPDATE SET looked_at = excluded.looked_at, live = excluded.live, state = excluded.state,
       reason = excluded.reason, login = excluded.login, access_points_live = excluded.access_points_live,
       access_points_silent = excluded.access_points_silent, access_points_unknown = excluded.access_points_unknown`,
    [JSON.stringify(looks)],
  )
}

/** How each site in service was at the last look, by its id; old where analytics does not run. */
export async function sitesNow(records: Records): Promise<Map<string, SiteNow>> {
  const { rows } = await records.query<
    Pick<SiteNow, 'site' | 'live' | 'state' | 'reason' | 'login'> & {
      looked_at: Date
      access_points_live: number
      access_points_silent: number
      access_points_unknown: number
    }
  >('SELECT * FROM site_looks')
  return new Map(
    rows.map(({ site, live, state, reason, login, ...row }) => [
      site,
      {
        site,
        lookedAt: row.looked_at.getTime(),
        live,
        state,
        reason,
        login,
        accessPoints: {
          live: row.access_points_live,
          silent: row.access_points_silent,
          unknown: row.access_points_unknown,
        },
      },
    ]),
  )
}
