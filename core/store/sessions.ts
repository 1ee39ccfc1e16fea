import { randomBytes } from 'node:crypto'
import {
  applyAccounting,
  endSession,
  LOST,
  usedToday,
  type AccountingRecord,
  type Applied,
  type SessionOrigin,
  type Step,
} from '../domain/accounting.ts'
import { idText } from '../domain/id.ts'
import type { Usage } from '../domain/limits.ts'
import type { Mac } from '../domain/mac.ts'
import { SILENT_INTERVALS } from '../domain/nas.ts'
import { shardOf } from '../domain/nas.ts'
import { parseGrantUserName } from '../domain/grant.ts'
import type { Session } from '../domain/session.ts'
import { StoreError } from '../process/errors.ts'
import { encodeEvent } from './events.ts'
import { keys, LIFETIME } from './keys.ts'
import { script, type Store } from './redis.ts'
import { packSession, unpackSession } from './session-record.ts'
import { UsageStore } from './usage.ts'
import { VisitStore } from './visits.ts'

/** Where a session's record is: what a NAS calls it. */
export interface SessionRef {
  readonly nas: string
  readonly acctSessionId: string
  readonly mac: Mac
}

/** What became of an accounting report. `used` is the subject's usage after it, null when nothing is counted. */
export interface Recorded {
  readonly applied: Applied
  readonly session: Session
  readonly used: Usage | null
}

/** A conflicting writer changed the record between read and save this many times in a row: something is broken. */
const TRIES = 8

export const newSessionId = (): string => idText(randomBytes(12))

/** Live sessions: one atomic step each, with the event that tells analytics. */
export class SessionStore {
  readonly #store: Store
  readonly #step: ReturnType<typeof script>
  readonly #visits: VisitStore
  readonly #usage: UsageStore

  constructor(store: Store) {
    this.#store = store
    this.#step = script(store, 'session-step', 3)
    this.#visits = new VisitStore(store)
    this.#usage = new UsageStore(store)
  }

  /**
   * Applies a report and returns once it is recorded.
   * @throws StoreError when the live store does not take it: then the NAS must not be answered (RFC 2866 §4.1).
   */
  async record(record: AccountingRecord): Promise<Recorded> {
    const key = keys.session(record.nas, record.acctSessionId, record.mac)
    let line = (await this.#store.get(key)) ?? ''
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const current = line === '' ? null : unpackSession(line)
      const applied = applyAccounting(current, record, await this.#origin(current, record))
      if (applied.kind === 'nothing') return { applied, session: current!, used: await this.#count(current!) }
      const actual = await this.#save(key, line, applied.steps, record.at)
      if (actual === null) return this.#recorded(applied)
      line = actual
    }
    throw new StoreError(`cannot save a session of ${record.nas}: its record changed ${TRIES} times under us`)
  }

  /** Ends an open session that no Stop will end. Null when it is not open any more, or began after that moment. */
  async end(ref: SessionRef, cause: string, at: number): Promise<Session | null> {
    return this.#endIf(ref, (session) => (session.startedAt > at ? null : { cause, at }))
  }

  /** Ends a session that has been silent for three intervals, at the moment we last heard of it. */
  async endIfSilent(ref: SessionRef, now: number): Promise<Session | null> {
    return this.#endIf(ref, (session) =>
      deadline(session) <= now ? { cause: LOST, at: session.heardAt } : null,
    )
  }

  async find(ref: SessionRef): Promise<Session | null> {
    const line = await this.#store.get(keys.session(ref.nas, ref.acctSessionId, ref.mac))
    return line === null ? null : unpackSession(line)
  }

  /** Open sessions of a NAS; with `silentAt`, only those whose deadline has passed by then (epoch ms). */
  async open(nas: string, silentAt?: number): Promise<SessionRef[]> {
    const members = await this.#store.zrangebyscore(keys.open(nas), '-inf', silentAt ?? '+inf')
    return members.map((member) => {
      const [mac = '', ...id] = member.split('|')
      return { nas, mac: mac as Mac, acctSessionId: id.join('|') }
    })
  }

  async openCount(nas: string): Promise<number> {
    return this.#store.zcard(keys.open(nas))
  }

  async #endIf(
    ref: SessionRef,
    decide: (session: Session) => { cause: string; at: number } | null,
  ): Promise<Session | null> {
    const key = keys.session(ref.nas, ref.acctSessionId, ref.mac)
    let line = (await this.#store.get(key)) ?? ''
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (line === '') {
        await this.#store.zrem(keys.open(ref.nas), member(ref))
        return null
      }
      const session = unpackSession(line)
      if (session.endedAt !== null) return null
      const ending = decide(session)
      if (!ending) return null
      const step = endSession(session, ending.cause, ending.at)
      const actual = await this.#save(key, line, [step], ending.at)
      if (actual === null) return step.session
      line = actual
    }
    throw new StoreError(`cannot end a session of ${ref.nas}: its record changed ${TRIES} times under us`)
  }

  /** Null when saved, else the record that another writer left there. */
  async #save(key: string, expected: string, steps: readonly Step[], at: number): Promise<string | null> {
    const last = steps.at(-1)!.session
    const events = steps.map((step) => encodeEvent({ kind: 'session', at, ...step }))
    const open = last.endedAt === null
    const actual = await this.#step(
      key,
      keys.open(last.nas),
      keys.events(shardOf(last.nas)),
      expected,
      packSession(last),
      open ? LIFETIME.openSession : LIFETIME.closedSession,
      member(last),
      open ? deadline(last) : '',
      ...events,
    )
    return actual as string | null
  }

  async #recorded(applied: Applied & { kind: 'steps' }): Promise<Recorded> {
    const session = applied.steps.at(-1)!.session
    const first = applied.steps.some((step) => step.change === 'started')
    const [used] = await Promise.all([
      this.#count(session),
      first && session.visit ? this.#visits.attachSession(session.visit, session) : null,
    ])
    return { applied, session, used }
  }

  async #count(session: Session): Promise<Usage | null> {
    if (session.subject === null) return null
    const perDay = session.subject.startsWith('m.')
    const soFar = perDay
      ? usedToday(session)
      : { seconds: session.seconds, octets: Number(session.fromVisitorOctets + session.toVisitorOctets) }
    return this.#usage.count(session.subject, perDay ? session.day : null, session.id, soFar)
  }

  async #origin(current: Session | null, record: AccountingRecord): Promise<SessionOrigin> {
    const id = record.classSession ?? newSessionId()
    const unknown = { id, visit: null, subject: null, method: null, lang: null, os: null }
    if (current !== null && record.status !== 'start') return unknown
    const named = (record.userName && parseGrantUserName(record.userName)?.visit) || record.visit
    // A NAS that echoes no Class and logs in by MAC or by code names no visit: the one it last proved is meant.
    const found = named
      ? await this.#visits.find(named)
      : await this.#visits.provedByMac(record.nas, record.mac)
    if (!found || found.visit.mac !== record.mac) return unknown
    const { visit, grant } = found
    return {
      id,
      visit: visit.id,
      subject: grant?.subject ?? null,
      method: grant?.method ?? null,
      lang: visit.spoken,
      os: visit.device.os,
    }
  }
}

const deadline = (session: Session): number =>
  session.heardAt + SILENT_INTERVALS * session.interimSeconds * 1000
const member = (ref: SessionRef): string => `${ref.mac}|${ref.acctSessionId}`
