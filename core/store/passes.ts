import { randomBytes } from 'node:crypto'
import { deviceSubject } from '../domain/grants.ts'
import { idText } from '../domain/id.ts'
import { Lately } from '../domain/lately.ts'
import type { Mac } from '../domain/mac.ts'
import {
  PASS_DAYS,
  passCode,
  passCodeDigest,
  passEnd,
  passState,
  passUntil,
  type Pass,
  type PassDevice,
} from '../domain/pass.ts'
import type { Keys } from '../process/keys.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Later } from './later.ts'
import { asked, script, type Commands } from './redis.ts'

/** A device that comes in, by which visit, and when (epoch ms). */
export interface Seat {
  readonly mac: Mac
  readonly visit: string
  readonly now: number
}

/** What came of a device's wish to use a pass. Over is one that was revoked, has expired, or never was (null). */
export type Joined =
  | { readonly kind: 'joined' | 'full'; readonly pass: Pass }
  | { readonly kind: 'over'; readonly pass: Pass | null }

/** What a visit that no gateway has proved yet is to do with passes once one has. */
export interface PassWish {
  /** The pass to join; null is the device's own. */
  readonly pass: string | null
  /** The code that the pass is to carry. */
  readonly code: { readonly digest: string; readonly devices: number } | null
}

const PASS_MS = PASS_DAYS * 86_400_000
/** Devices whose digest is remembered. */
const MOST_DEVICES = 8192
const ID = /^[A-Za-z0-9_-]{16}$/

/** Visitor passes. A device is known here by its keyed digest alone. */
export class PassStore {
  readonly #store: Commands
  readonly #keys: Pick<Keys, 'subject' | 'pass'>
  readonly #make: ReturnType<typeof script>
  readonly #join: ReturnType<typeof script>
  readonly #set: ReturnType<typeof script>
  readonly #devices = new Lately<string>(MOST_DEVICES)

  constructor(store: Commands, secrets: Pick<Keys, 'subject' | 'pass'>) {
    this.#store = store
    this.#keys = secrets
    this.#make = script(store, 'pass-make', 1)
    this.#join = script(store, 'pass-join', 1)
    this.#set = script(store, 'pass-set', 1)
  }

  /** A pass in whatever state it is; null when nobody knows it any more. */
  async find(id: string): Promise<Pass | null> {
    if (!ID.test(id)) return null
    return passOf(id, (await this.#store.call('HGETALL', keys.pass(id))) as Fields)
  }

  /** The pass that a device has a place in, in whatever state it is. */
  async ofDevice(mac: Mac): Promise<Pass | null> {
    const device = this.deviceOf(mac)
    const id = (await this.#store.call('GET', keys.passOfDevice(device))) as string | null
    const pass = id === null ? null : await this.find(id)
    return pass?.devices.has(device) ? pass : null
  }

  /** The same while it is valid. */
  async validOf(mac: Mac, now: number): Promise<Pass | null> {
    const pass = await this.ofDevice(mac)
    return pass && passState(pass, now) === 'valid' ? pass : null
  }

  /** Whether a device may have a pass, which is seldom. */
  mayHave(mac: Mac): Later<boolean> {
    return asked(this.#store, 'GET', [keys.passOfDevice(this.deviceOf(mac))], (id) => id !== null)
  }

  /** What a device's usage of a day counts against: that of its pass, as long as it has one. */
  async subjectOf(mac: Mac, now: number): Promise<string> {
    return (await this.validOf(mac, now))?.subject ?? this.deviceOf(mac)
  }

  /** How passes and usage know a device. */
  deviceOf(mac: Mac): string {
    const known = this.#devices.get(mac)
    if (known !== undefined) return known
    const device = deviceSubject(this.#keys.subject, mac)
    this.#devices.set(mac, device)
    return device
  }

  /** The pass of a device that comes in: the one that it has, while that is valid, or a new one for `most` devices. */
  async own(seat: Seat, most: number): Promise<Pass> {
    const known = await this.validOf(seat.mac, seat.now)
    const joined = known && (await this.join(known.id, seat))
    return joined?.kind === 'joined' ? joined.pass : this.make(seat, most)
  }

  /** A new pass with its first device, which it is from now on the pass of. */
  async make({ mac, visit, now }: Seat, most: number): Promise<Pass> {
    const device = this.deviceOf(mac)
    const endsAt = passEnd(now)
    const pass: Pass = {
      id: idText(randomBytes(12).toString('base64url')),
      subject: device,
      most,
      endsAt,
      validUntil: passUntil(endsAt, now),
      isRevoked: false,
      code: null,
      devices: new Map([[device, { seenAt: now, visit }]]),
    }
    const fields = ['subject', device, 'most', most, 'until', pass.validUntil, 'end', endsAt]
    await this.#make(keys.pass(pass.id), LIFETIME.pass, ...fields, device, noteOf({ seenAt: now, visit }))
    await this.#point(device, pass.id)
    return pass
  }

  /**
   * Lets a device use a pass, which keeps it for 30 days more; a new one needs a free place. `away` is one of its devices
   * that gives up its place if it has not come in since.
   */
  async join(id: string, seat: Seat, away?: readonly [device: string, noted: PassDevice]): Promise<Joined> {
    const device = this.deviceOf(seat.mac)
    const [word, ...fields] = (await this.#join(
      keys.pass(id),
      device,
      noteOf({ seenAt: seat.now, visit: seat.visit }),
      seat.now,
      PASS_MS,
      LIFETIME.pass,
      away?.[0] ?? '',
      away ? noteOf(away[1]) : '',
    )) as string[]
    const pass = passOf(id, fields)
    if (pass === null || (word !== 'joined' && word !== 'full')) return { kind: 'over', pass }
    if (word === 'joined') await this.#point(device, id)
    return { kind: word, pass }
  }

  /** Notes that a visitor disconnected: his device keeps its place, but comes back only by his own hand. */
  async leave(id: string, mac: Mac): Promise<void> {
    const device = this.deviceOf(mac)
    const known = (await this.find(id))?.devices.get(device)
    if (known) await this.#set(keys.pass(id), device, device, noteOf({ ...known, seenAt: 0 }))
  }

  /** From now on a pass carries a code, by its digest, and serves as many devices as that does. */
  async carry(id: string, { digest, devices }: NonNullable<PassWish['code']>): Promise<void> {
    await this.#set(keys.pass(id), 'subject', 'code', digest, 'most', devices)
  }

  /** From now on nobody comes back by it. False when nobody knows it. */
  async revoke(id: string): Promise<boolean> {
    return (await this.#set(keys.pass(id), 'subject', 'revoked', '1')) === 1
  }

  /** The code of a pass, by which it is found from now on; null in the rare case that another pass has the same. */
  async codeOf({ id }: Pick<Pass, 'id'>): Promise<string | null> {
    const code = passCode(this.#keys.pass, id)
    const key = keys.passOfCode(passCodeDigest(this.#keys.pass, code))
    await this.#store.call('SET', key, id, 'EX', LIFETIME.passCode, 'NX')
    return (await this.#store.call('GET', key)) === id ? code : null
  }

  /** The id of the pass whose code this is. */
  async idOfCode(code: string): Promise<string | null> {
    const key = keys.passOfCode(passCodeDigest(this.#keys.pass, code))
    return (await this.#store.call('GET', key)) as string | null
  }

  /** Remembers what a visit wishes until its gateway has proved it. */
  async wish(visit: string, wish: PassWish): Promise<void> {
    const text = JSON.stringify(wish)
    await this.#store.call('SET', keys.passOfVisit(visit), text, 'EX', LIFETIME.grantedVisit)
  }

  /** What a visit wished; once. */
  async takeWish(visit: string): Promise<PassWish | null> {
    const text = (await this.#store.call('GETDEL', keys.passOfVisit(visit))) as string | null
    return text === null ? null : (JSON.parse(text) as PassWish)
  }

  async #point(device: string, id: string): Promise<void> {
    await this.#store.call('SET', keys.passOfDevice(device), id, 'EX', LIFETIME.pass)
  }
}

/** A hash as Redis tells it, fields and values by turns; RESP 3 has them in pairs. */
type Fields = readonly (string | readonly string[])[]

function passOf(id: string, reply: Fields): Pass | null {
  const told = reply.flat()
  const fields = new Map<string, string>()
  for (let i = 0; i < told.length; i += 2) fields.set(told[i]!, told[i + 1]!)
  const subject = fields.get('subject')
  if (subject === undefined) return null
  return {
    id,
    subject,
    most: Number(fields.get('most')),
    validUntil: Number(fields.get('until')),
    endsAt: Number(fields.get('end')),
    isRevoked: fields.has('revoked'),
    code: fields.get('code') ?? null,
    devices: new Map(
      [...fields]
        .filter(([field]) => field.startsWith('m.'))
        .map(([device, note]) => [device, deviceOf(note)]),
    ),
  }
}

const noteOf = ({ seenAt, visit }: PassDevice): string => `${seenAt.toString(36)}.${visit}`

function deviceOf(note: string): PassDevice {
  const [seen = '', visit = ''] = note.split('.')
  return { seenAt: parseInt(seen, 36), visit }
}
