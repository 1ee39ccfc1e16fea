import type { FunnelEvent, PlatformEvent, SessionEvent } from '../../core/domain/event.ts'
import { decodeEvent } from '../../core/store/events.ts'

/** What a stream's entry says, or why it says nothing. The reason never holds what stood there. */
export type ReadEvent = { kind: 'event'; event: PlatformEvent } | { kind: 'reject'; reason: string }

/** Reads an entry. Whatever passes fits the records: no later step may fail over what a writer wrote. */
export function readEvent(text: string | null): ReadEvent {
  if (text === null) return reject('no event in the entry')
  let event: PlatformEvent
  try {
    event = decodeEvent(text)
  } catch {
    return reject('undecodable')
  }
  if (!isObject(event)) return reject('not an event')
  const fault = faultOf(event)
  return fault === null ? { kind: 'event', event } : reject(fault)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const reject = (reason: string): ReadEvent => ({ kind: 'reject', reason })

type Check = (value: unknown) => boolean

const EARLIEST = Date.UTC(2000, 0)
const LATEST = Date.UTC(2100, 0)
const MOST_OCTETS = (1n << 63n) - 1n
const MOST_VERSION = 2 ** 31 - 1
/** A page has three slots; those that were held back stand beside them. */
const MOST_ITEMS = 1000

/** PostgreSQL's text takes every character but this one. */
const NUL = /\u0000/
const text =
  (most: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= most && !NUL.test(value)
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const time: Check = (value) =>
  Number.isSafeInteger(value) && (value as number) >= EARLIEST && (value as number) < LATEST
const octets: Check = (value) => typeof value === 'bigint' && value >= 0n && value <= MOST_OCTETS
const moved: Check = (value) => typeof value === 'bigint' && value >= -MOST_OCTETS && value <= MOST_OCTETS
const mac: Check = (value) => typeof value === 'string' && /^[0-9A-F]{12}$/.test(value)

/** No white space: ids are joined by it. */
const id: Check = (value) => typeof value === 'string' && /^\S{1,64}$/.test(value) && !NUL.test(value)
const word = text(128)
const ids: Check = (value) => Array.isArray(value) && value.length <= MOST_ITEMS && value.every(id)

const SESSION: Readonly<Record<string, Check>> = {
  id,
  nas: id,
  site: id,
  mac,
  method: orNull(word),
  lang: orNull(word),
  os: orNull(word),
  cause: orNull(word),
  startedAt: time,
  heardAt: time,
  endedAt: orNull(time),
  seconds: count,
  fromVisitorOctets: octets,
  toVisitorOctets: octets,
  version: (value) => count(value) && (value as number) <= MOST_VERSION,
}
/** Less than nothing where a late report gives a day what another one was counted for. */
const DELTA: Readonly<Record<string, Check>> = {
  seconds: Number.isSafeInteger,
  fromVisitorOctets: moved,
  toVisitorOctets: moved,
}

const ON_PAGE: Readonly<Record<string, Check>> = { site: id, mac, lang: text(16) }

function faultOf(event: PlatformEvent): string | null {
  if (!time(event.at)) return 'bad at'
  switch (event.kind) {
    case 'session':
      return sessionFault(event)
    case 'funnel':
      return firstFault(event, { site: id, step: word, mac, lang: word }) ?? deviceFault(event)
    case 'refusal':
      return firstFault(event, { site: id, reason: word, mac: orAbsent(mac) })
    case 'coa':
      return firstFault(event, { site: id, nas: id, session: word, reason: word, result: word })
    case 'items-met':
      return firstFault(event, { ...ON_PAGE, served: ids, held: ids })
    case 'item-opened':
      return firstFault(event, { ...ON_PAGE, item: id })
    default:
      return 'unknown kind'
  }
}

function deviceFault({ device }: FunnelEvent): string | null {
  return isObject(device) ? firstFault(device, { family: word, os: word }, 'device.') : 'no device'
}

function sessionFault(event: SessionEvent): string | null {
  if (!['started', 'counted', 'ended', 'reopened'].includes(event.change)) return 'bad change'
  if (!isObject(event.session) || !isObject(event.delta)) return 'no session'
  return firstFault(event.session, SESSION, 'session.') ?? firstFault(event.delta, DELTA, 'delta.')
}

function firstFault(of: object, checks: Readonly<Record<string, Check>>, prefix = ''): string | null {
  const values = of as Readonly<Record<string, unknown>>
  const wrong = Object.keys(checks).find((name) => !checks[name]!(values[name]))
  return wrong === undefined ? null : `bad ${prefix}${wrong}`
}
