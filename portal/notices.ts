import { maintenanceAt, noticesAt, type Notice, type NoticeKind } from '../core/domain/notice.ts'
import type { Site } from '../core/domain/site.ts'
import type { NoticeView } from './pages.ts'
import type { PortalParts } from './parts.ts'
import { closedNow } from './opening.ts'

/** As many as leave the rest of a page in reach, and within its budget. */
const SHOWN = 3

/** What stands above every page of a site, the gravest first; of no site (null) what is told to the whole city. */
export function emergenciesAt(notices: readonly Notice[], site: Site | null, now: number): Emergency[] {
  return noticesAt(notices, site, now).filter(isEmergency).slice(0, SHOWN)
}

/** True where the gravest notice of a site is one that every visitor reads before he connects. */
export const mustLeave = ({ tables, now }: Told, site: Site): boolean =>
  emergenciesAt(tables.current.notices, site, now())[0]?.kind === 'evacuate'

/** What the page of a site says that lets nobody in now, for maintenance or its hours; null where it does. */
export function shutNow({ tables, now }: Told, site: Site) {
  const at = now()
  const maintenance = maintenanceAt(tables.current.notices, site, at)
  if (!maintenance) return closedNow(site, at)
  const { until, title, body } = maintenance
  return { kind: 'maintenance', until, at, title, body, near: true } as const
}

type Told = Pick<PortalParts, 'tables' | 'now'>
export type Emergency = Notice & { readonly kind: Exclude<NoticeKind, 'maintenance'> }

const isEmergency = (notice: Notice): notice is Emergency => notice.kind !== 'maintenance'

/** A notice as a page shows it. */
export const noticeView = ({ kind, title, body, lifts, approvedAt }: Emergency): NoticeView => ({
  level: kind,
  title,
  body,
  limitsLifted: lifts.includes('time'),
  updatedAt: approvedAt,
})
