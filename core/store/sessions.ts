import { randomBytes } from 'node:crypto'
import {
  applyAccounting,
  endSession,
  isBeginning,
  isGuessed,
  LOST,
  mayHaveEndedAt,
  type AccountingRecord,
  type Applied,
  type SessionOrigin,
  type Step,
} from '../domain/accounting.ts'
import { DEGRADED_METHOD, grantInReport } from '../domain/grant.ts'
import { idText } from '../domain/id.ts'
import type { Mac } from '../domain/mac.ts'
import { shardOf, SILENT_INTERVALS } from '../domain/nas.ts'
import type { Session } from '../domain/session.ts'
import { StoreError } from '../process/errors.ts'
import { encodeSession } from './events.ts'
import { keys, LIFETIME } from './keys.ts'
import { LastRecords } from './last-records.ts'
import type { Later } from './later.ts'
import { LostSessions, mayBeLost } from './lost-sessions.ts'
import { asked, script, type Argument, type Commands } from './redis.ts'
import { packSession, stateOf, unpackSession } from './session-record.ts'
import { placeOf, SessionUsage, type SessionRef } from './session-usage.ts'
import { UsageStore } from './usage.ts'
import { VisitStore } from './visits.ts'

/** A report and what only the live store asks of it. */
export interface SessionReport extends AccountingRecord {
  /** True where its Class says that it was let in while no limit could be checked. */
  readonly degraded?: boolean | undefined
}

/** What became of an accounting report. */
export interface Recorded {
  readonly applied: Applied
  readonly session: Session
}

/** A conflicting writer changed the record between read and save this many times in a row: something is broken. */
const TRIES = 8
/** Open sessions that are looked at in one round trip. */
const SCANNED = 1000

export const newSessionId = (): string => idText(randomBytes(12).toString('base64url'))

/** Live sessions: one atomic step each, with the event that tells analytics. */
export class SessionStore {
  readonly #store: Commands
  readonly #step: ReturnType<typeof script>
  readonly #turn: ReturnType<typeof script>
  readonly #visits: VisitStore
  readonly #usage: UsageStore
  readonly #counts: SessionUsage
  readonly #lost: LostSessions
  readonly #last = new LastRecords()
  readonly #uncounted: ((error: unknown) => void) | null

  /**
   * With `uncounted`, an Interim-Update is recorded once its session is saved; what its visitor used is told behind it,
   * since the next report tells it again, and `uncounted` hears where that fails. Without, and at a Start or a Stop, both
   * are done before.
   */
  constructor(store: Commands, uncounted: ((error: unknown) => void) | null = null) {
    this.#store = store
    this.#uncounted = uncounted
    this.#step = script(store, 'session-step', 2)
    this.#turn = script(store, 'session-step', 3)
    this.#visits = new VisitStore(store)
    this.#usage = new UsageStore(store)
    this.#counts = new SessionUsage(this.#visits, this.#usage)
    this.#lost = new LostSessions(store)
  }

  /**
   * Applies a report and returns once it is recorded.
   * @throws StoreError when the live store does not take it: then the NAS must not be answered (RFC 2866 §4.1).
   */
  record(record: SessionReport): Later<Recorded> {
    const key = keys.session(record.nas, record.acctSessionId, record.mac)
    // A Start is nearly always the first that is heard of a session; where it is not, the step says what is there.
    const guess = record.status === 'start' && !mayBeLost(record) ? '' : this.#last.find(key)
    return guess === null
      ? this.#readFor({ record, key, tries: 1 })
      : this.#apply({ record, key, line: guess, isRead: false, tries: 1 })
  }

  /** Ends an open session that no Stop will end. Null when it is not open any more, or was alive after that moment. */
  async end(ref: SessionRef, cause: string, at: number): Promise<Session | null> {
    return this.#endIf(ref, (session) => (mayHaveEndedAt(session, at) ? { cause, at } : null))
  }

  /** Ends a session that has been silent for three intervals, at the moment we last heard of it. */
  async endIfSilent(ref: SessionRef, now: number): Promise<Session | null> {
    return this.#endIf(ref, (session) =>
      deadline(session) <= now ? { cause: LOST, at: session.heardAt } : null,
    )
  }

  /** Applies a report to what is there of its session now. */
  #readFor(attempt: Pick<Attempt, 'record' | 'key' | 'tries'>): Later<Recorded> {
    const { record, key } = attempt
    return this.#read(key).map((line) => {
      const read = { ...attempt, line, isRead: true }
      if (line !== '' || !mayBeLost(record)) return this.#apply(read)
      return this.#lost.find(record).map((lost) => this.#apply({ ...read, lost }))
    })
  }

  /** Applies a report to what is known of its session, `line`, and saves what comes of it. */
  #apply(attempt: Attempt): Later<Recorded> {
    const { record, line, lost = null } = attempt
    const current = line === '' ? lost : unpackSession(line, record.nas)
    if (!isBeginning(current, record)) return this.#saved(attempt, current, NOBODY)
    return this.#origin(current, record).map((origin) => this.#saved(attempt, current, origin))
  }

  #saved(attempt: Attempt, current: Session | null, origin: SessionOrigin): Later<Recorded> {
    const { record, key, line, isRead, tries } = attempt
    const applied = applyAccounting(current, record, origin)
    if (applied.kind === 'nothing') {
      // No step shows whether what we remember still is so.
      if (!isRead) return this.#readFor(attempt)
      return this.#counts.count(current!).map(() => ({ applied, session: current! }))
    }
    const session = applied.steps.at(-1)!.session
    const saving = this.#save(key, line, applied.steps, record.at)
    const recorded = (): Recorded | Later<Recorded> =>
      current !== null && isGuessed(current)
        ? this.#lost.keep(session).map(() => ({ applied, session }))
        : { applied, session }
    const again = (actual: string): Later<Recorded> => {
      if (tries === TRIES)
        throw new StoreError(
          `cannot save a session of ${record.nas}: its record changed ${TRIES} times under us`,
        )
      return this.#apply({ record, key, line: actual, isRead: true, tries: tries + 1 })
    }
    // A new one may turn out to have another id, so it has to be saved first.
    if (applied.steps.some((step) => step.change === 'started'))
      return saving.map((actual) =>
        actual === null ? this.#counts.began(session).map(recorded) : again(actual),
      )
    // What we remember may be of a session that has given its place to another one since.
    if (!isRead)
      return saving.map((actual) => {
        if (actual !== null) return again(actual)
        if (this.#uncounted === null || record.status !== 'interim')
          return this.#counts.count(session).map(recorded)
        this.#counts.count(session, false).hear({ heard: ignored, failed: this.#uncounted })
        return recorded()
      })
    // A known session's usage rides along: should the save lose to another writer, the next try puts it right.
    return saving.with(this.#counts.count(session), (actual) =>
      actual === null ? recorded() : again(actual),
    )
  }

  find(ref: SessionRef): Promise<Session | null> {
    return this.findAt(placeOf(ref))
  }

  /** A session by where its record is. */
  async findAt(place: string): Promise<Session | null> {
    const [nas = '', key = ''] = place.split(' ')
    const line = await this.#read(key)
    return line === '' ? null : unpackSession(line, nas)
  }

  /** A subject's open sessions, at whichever NAS; of very many the latest. */
  async openOf(subject: string): Promise<Session[]> {
    const places = await this.#usage.places(subject)
    const found = await Promise.all(places.map((place) => this.findAt(place)))
    const isOpen = (session: Session | null | undefined): session is Session =>
      session?.endedAt === null && session.subject === subject
    // Those that have ended stay while their records do: one that fell silent may come back.
    const gone = places.filter((_, i) => found[i] === null)
    if (gone.length > 0) await this.#usage.forgetPlaces(subject, gone)
    return found.filter(isOpen)
  }

  /** Open sessions of a NAS; with `due`, only those that were to be heard of by then (epoch ms), when last looked at. */
  async open(nas: string, due?: number): Promise<SessionRef[]> {
    const members = await this.#store.call('ZRANGEBYSCORE', keys.open(nas), '-inf', due ?? '+inf')
    return (members as string[]).map((each) => refOf(nas, each))
  }

  /** The open session of a device at a NAS, or null. */
  async openOfDevice(nas: string, mac: Mac): Promise<Session | null> {
    let cursor = '0'
    do {
      const [next, found] = (await this.#store.call(
        'ZSCAN',
        keys.open(nas),
        cursor,
        'MATCH',
        `${mac}|*`,
        'COUNT',
        SCANNED,
      )) as [string, string[]]
      // Members and scores by turns.
      for (let i = 0; i < found.length; i += 2) {
        const session = await this.find(refOf(nas, found[i]!))
        if (session?.endedAt === null) return session
      }
      cursor = next
    } while (cursor !== '0')
    return null
  }

  async openCount(nas: string): Promise<number> {
    return (await this.#store.call('ZCARD', keys.open(nas))) as number
  }

  async #endIf(
    ref: SessionRef,
    decide: (session: Session) => { cause: string; at: number } | null,
  ): Promise<Session | null> {
    const key = keys.session(ref.nas, ref.acctSessionId, ref.mac)
    let line = await this.#read(key)
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (line === '') {
        await this.#store.call('ZREM', keys.open(ref.nas), member(ref))
        return null
      }
      const session = unpackSession(line, ref.nas)
      if (session.endedAt !== null) return null
      const ending = decide(session)
      if (!ending) {
        // Reports do not move the index, which would cost each of them a write: who looks for silence does.
        await this.#store.call('ZADD', keys.open(ref.nas), 'XX', deadline(session), member(ref))
        return null
      }
      const step = endSession(session, ending.cause, ending.at)
      const actual = await this.#save(key, line, [step], ending.at)
      if (actual === null) return this.#lost.keep(step.session).map(() => step.session)
      line = actual
    }
    throw new StoreError(`cannot end a session of ${ref.nas}: its record changed ${TRIES} times under us`)
  }

  #read(key: string): Later<string> {
    return asked(this.#store, 'GET', [key], (reply) => (reply as string | null) ?? '')
  }

  /** Null when saved, else the record that another writer left there. */
  #save(key: string, expected: string, steps: readonly Step[], at: number): Later<string | null> {
    const last = steps.at(-1)!.session
    const packed = packSession(last)
    const open = last.endedAt === null
    const known = open && steps.every((step) => step.change === 'counted')
    const args: Argument[] = [key, keys.events(shardOf(last.nas))]
    if (!known) args.push(keys.open(last.nas))
    args.push(stateOf(expected), packed)
    if (!known) args.push(member(last), open ? deadline(last) : '', open ? '' : LIFETIME.closedSession)
    for (const step of steps)
      args.push(encodeSession(step, step.at ?? at, step.session === last ? '' : packSession(step.session)))
    return (known ? this.#step : this.#turn)(...args).map(
      (actual) => {
        if (actual === null && open) this.#last.remember(key, packed)
        else this.#last.forget(key)
        return actual as string | null
      },
      (error) => {
        // A store that was away may come back with less than it had.
        this.#last.forgetAll()
        throw error
      },
    )
  }

  /** What a new session takes from its visit; what goes on has it already. */
  #origin(current: Session | null, record: SessionReport): Later<SessionOrigin> {
    const { classSession } = record
    // A gateway may use one Class for two sessions, but their usage is counted by id.
    const id = classSession !== null && classSession !== current?.id ? classSession : newSessionId()
    const named = (record.userName && grantInReport(record.userName)?.visit) || record.visit
    const degraded = record.degraded ? DEGRADED_METHOD : null
    // A NAS that echoes no Class and logs in by MAC or by code names no visit: the one it last proved is meant.
    const finding = named ? this.#visits.find(named) : this.#visits.provedByMac(record.nas, record.mac)
    return finding.map((found) => {
      if (!found || found.visit.mac !== record.mac) return { ...NOBODY, id, method: degraded }
      const { visit, grant } = found
      return {
        id,
        visit: visit.id,
        subject: grant?.subject ?? null,
        method: degraded ?? grant?.method ?? null,
        lang: visit.spoken,
        os: visit.device.os,
      }
    })
  }
}

/** One try to record a report. */
interface Attempt {
  readonly record: SessionReport
  readonly key: string
  /** The session as it is known, '' where there is none. */
  readonly line: string
  /** False where that is a guess, or what we saved last. */
  readonly isRead: boolean
  /** The session where there is no record of it any more. */
  readonly lost?: Session | null
  readonly tries: number
}

const ignored = (): void => undefined

const NOBODY: SessionOrigin = { id: '', visit: null, subject: null, method: null, lang: null, os: null }

const deadline = (session: Session): number =>
  session.heardAt + SILENT_INTERVALS * session.interimSeconds * 1000
const member = (ref: SessionRef): string => `${ref.mac}|${ref.acctSessionId}`

function refOf(nas: string, member: string): SessionRef {
  const [mac = '', ...id] = member.split('|')
  return { nas, mac: mac as Mac, acctSessionId: id.join('|') }
}
