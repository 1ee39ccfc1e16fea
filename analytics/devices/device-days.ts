import { cityDay, dayBegins } from '../../core/domain/day.ts'
import { isRandomisedMac, type Mac } from '../../core/domain/mac.ts'
import type { Session } from '../../core/domain/session.ts'
import { entranceOf } from '../../core/domain/session-story.ts'
import type { Transaction } from '../../core/records/database.ts'
import { growDeviceCounts } from '../../core/records/device-counts.ts'
import { readDeviceDays, saveDeviceDays, type KeptDeviceDay } from '../../core/records/device-days.ts'
import { readPlaces, type SitePlace } from '../../core/records/site-places.ts'
import type { Pseudonyms } from '../privacy/pseudonyms.ts'
import { DeviceTally } from './contributions.ts'
import {
  gotOnline,
  mark,
  newDeviceDay,
  noteFamily,
  packDeviceDay,
  putStay,
  unpackDeviceDay,
  visitAt,
  type DeviceDay,
  type Stay,
} from './device-day.ts'
import type { MacDay, SeenDays } from './seen-days.ts'
import { failureOf, type Touch } from './touch.ts'

/** What no visit told. */
const UNKNOWN = 'unknown'
/** The end of a session that its gateway found idle comes that much after the device left. */
const IDLE = 'Idle-Timeout'

/** A device that turned out to have come before, on a day that was counted already. */
export interface CameBefore extends MacDay {
  readonly sites: readonly string[]
}

/** A device's day as it was read, and as it is now. */
interface Held {
  readonly mac: Mac
  readonly kept: KeptDeviceDay
  readonly before: DeviceDay | null
  readonly now: DeviceDay
}

/**
 * Puts what devices did into their days, and counts by how much that changes what their days add up to. A day whose key is
 * destroyed takes nothing more in.
 */
export async function countDevices(
  transaction: Transaction,
  touches: readonly Touch[],
  { pseudonyms, seen }: { pseudonyms: Pseudonyms; seen: SeenDays },
): Promise<readonly CameBefore[]> {
  const held = await hold(transaction, refsOf(touches, seen), pseudonyms)
  if (held.size === 0) return []
  const places = await readPlaces(transaction, [...new Set(touches.map(siteOf))])
  for (const touch of touches) {
    const day = dayOf(touch)
    const found = held.get(`${day} ${macOf(touch)}`)
    if (found) put(found.now, touch, { day, place: places.get(siteOf(touch)) })
  }
  const came: CameBefore[] = []
  const changed: KeptDeviceDay[] = []
  const tally = new DeviceTally()
  for (const { mac, kept, before, now } of held.values()) {
    const { day } = kept
    if (seen.knows(mac)) now.returning = gotOnline(now) && seen.before(mac, day)
    const facts = packDeviceDay(now)
    if (facts === kept.facts) continue
    changed.push({ ...kept, facts })
    if (before) tally.add(day, before, -1)
    tally.add(day, now, 1)
    const sites = [...now.sites].flatMap(([site, { stays }]) => (stays.length > 0 ? [site] : []))
    if (now.returning && before && gotOnline(before) && !before.returning) came.push({ mac, day, sites })
  }
  await saveDeviceDays(transaction, changed)
  await growDeviceCounts(transaction, tally.growth())
  return came
}

/** Ends a session in its device's day, when no event will. */
export async function endStay(
  transaction: Transaction,
  {
    id,
    site,
    mac,
    startedAt,
    endedAt,
  }: Pick<Session, 'id' | 'site' | 'mac' | 'startedAt'> & { endedAt: number },
  pseudonyms: Pseudonyms,
): Promise<void> {
  const day = cityDay(startedAt)
  const held = await hold(transaction, [{ mac, day }], pseudonyms)
  const tally = new DeviceTally()
  for (const { kept, before, now } of held.values()) {
    const visit = now.sites.get(site)
    const start = secondsInto(day, startedAt)
    const stay = visit?.stays.find((each) => each.id === id && each.start === start)
    if (!before || !visit || !stay) continue
    putStay(visit, { ...stay, until: Math.max(start, secondsInto(day, endedAt)), over: true, idle: 0 })
    tally.add(day, before, -1)
    tally.add(day, now, 1)
    await saveDeviceDays(transaction, [{ ...kept, facts: packDeviceDay(now) }])
  }
  await growDeviceCounts(transaction, tally.growth())
}

/** The days that are touched, and later ones of devices that are now known to have come before them. */
function refsOf(touches: readonly Touch[], seen: SeenDays): MacDay[] {
  return touches.flatMap((touch) => {
    const [mac, day] = [macOf(touch), dayOf(touch)]
    return [{ mac, day }, ...seen.laterThan(mac, day).map((later) => ({ mac, day: later }))]
  })
}

async function hold(
  transaction: Transaction,
  refs: readonly MacDay[],
  pseudonyms: Pseudonyms,
): Promise<ReadonlyMap<string, Held>> {
  const wanted = new Map<string, { mac: Mac; day: string; device: bigint }>()
  for (const { mac, day } of refs) {
    if (wanted.has(`${day} ${mac}`)) continue
    const device = await pseudonyms.of(transaction, { period: 'day', startsOn: day }, mac)
    if (device !== null) wanted.set(`${day} ${mac}`, { mac, day, device })
  }
  const read = await readDeviceDays(transaction, [...wanted.values()])
  const known = new Map(read.map(({ day, device, facts }) => [`${day} ${device}`, facts]))
  return new Map(
    [...wanted].map(([name, { mac, day, device }]) => {
      const facts = known.get(`${day} ${device}`)
      const kept = { day, device, facts: facts ?? '' }
      const now = facts === undefined ? newDeviceDay(isRandomisedMac(mac)) : unpackDeviceDay(facts)
      return [name, { mac, kept, now, before: facts === undefined ? null : unpackDeviceDay(facts) }]
    }),
  )
}

function put(
  of: DeviceDay,
  touch: Touch,
  { day, place }: { day: string; place: SitePlace | undefined },
): void {
  const visit = visitAt(of, siteOf(touch), place)
  if (touch.kind === 'session') return putStay(visit, stayOf(touch.session, day, place))
  const at = secondsInto(day, touch.at)
  if (touch.kind === 'refusal') {
    const failure = failureOf(touch.reason)
    if (failure) mark(visit, failure, at)
    return
  }
  mark(visit, touch.step, at)
  // A probe of the phone itself comes before the page and says nothing of the device.
  if (touch.step !== 'arrival') noteFamily(visit, touch.family, at)
}

function stayOf(session: Session, day: string, place: SitePlace | undefined): Stay {
  const { id, startedAt, endedAt, seconds, cause } = session
  const start = secondsInto(day, startedAt)
  const idle = cause === IDLE ? (entranceOf(session).limits?.idleSeconds ?? place?.idleSeconds ?? 0) : 0
  const hour = Math.floor((start + seconds) / 3600)
  const until = endedAt === null ? hour * 3600 + 1 : secondsInto(day, endedAt)
  return {
    id,
    start,
    until: Math.max(start, until),
    over: endedAt !== null,
    idle,
    octets: endedAt === null ? 0 : Number(session.fromVisitorOctets + session.toVisitorOctets),
    language: session.lang ?? UNKNOWN,
    system: session.os ?? UNKNOWN,
  }
}

const secondsInto = (day: string, at: number): number => Math.floor((at - dayBegins(day)) / 1000)
const siteOf = (touch: Touch): string => (touch.kind === 'session' ? touch.session.site : touch.site)
const macOf = (touch: Touch): Mac => (touch.kind === 'session' ? touch.session.mac : touch.mac)
/** A session belongs to the day on which it began. */
const dayOf = (touch: Touch): string => cityDay(touch.kind === 'session' ? touch.session.startedAt : touch.at)
