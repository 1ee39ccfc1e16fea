import type { Mac } from '../../../core/domain/mac.ts'
import type { Quota } from '../phones/traffic.ts'
import { RadiusClient } from '../radius/client.ts'
import {
  DynamicAuthorizationListener,
  type DynamicAnswer,
  type DynamicAuthorization,
} from '../radius/disconnect.ts'
import { numberOf, textOf, type Attribute, type Decoded } from '../radius/package.ts'
import type { GatewaySetup, Guest } from './gateway.ts'
import { RadiusAccounting } from './radius-accounting.ts'
import { OnlineSession, type EndCause, type Limits, type Reading } from './session.ts'
import { taken } from './web-server.ts'

/** How one vendor speaks RADIUS. */
export interface RadiusManners {
  /** In every packet about a guest, beside what `RadiusSide` adds: NAS, User-Name, Acct-Session-Id, address. */
  station(guest: Guest): Attribute[]
  /** In every Accounting-Request. */
  accounting(): Attribute[]
  /** Totals the way round that this vendor counts them. */
  counters(reading: Reading): Attribute[]
  /** The quota that an Access-Accept sets, or undefined. */
  quota(accept: Decoded): Quota | undefined
  /** Without these a Disconnect-Request finds nothing here. */
  readonly disconnectNeeds: readonly string[]
  /** Whether a gateway that starts says Accounting-On. */
  readonly announces: boolean
}

export type LoginResult =
  | { readonly kind: 'accepted'; readonly limits: Limits }
  | { readonly kind: 'rejected'; readonly message: string }
  | { readonly kind: 'timeout' }

interface Entry {
  readonly guest: Guest
  readonly userName: string
  readonly acctSessionId: string
  readonly session: OnlineSession
}

const NAMES_A_NAS = ['NAS-IP-Address', 'NAS-Identifier']
const MISSING_ATTRIBUTE = 402
const NAS_MISMATCH = 403
const SESSION_NOT_FOUND = 503

/** What a gateway and the platform have to say to each other in RADIUS, and the sessions that come of it. */
export class RadiusSide {
  readonly #setup: GatewaySetup
  readonly #manners: RadiusManners
  readonly #sessions = new Map<Mac, Entry>()
  #client: RadiusClient | null = null
  #listener: DynamicAuthorizationListener | null = null

  constructor(setup: GatewaySetup, manners: RadiusManners) {
    this.#setup = setup
    this.#manners = manners
  }

  /** @throws SetupError when an address is taken. */
  async open(): Promise<void> {
    const { lab, platform, clock, random, mischief, observer } = this.#setup
    const fault = (reason: string): void => observer.fault(lab, reason)
    const secret = lab.nas.secret.reveal()
    this.#client = await RadiusClient.open({
      address: lab.address,
      auth: platform.radiusAuth,
      acct: platform.radiusAcct,
      secret,
      clock: this.#setup.wire ?? clock,
      random: random.fork('mischief'),
      mischief,
      observer: {
        answered: (milliseconds) => observer.radiusAnswered(milliseconds),
        retransmitted: () => observer.retransmitted(),
        duplicated: () => observer.duplicated(),
        fault,
      },
    }).catch((cause: unknown) => {
      throw taken({ host: lab.address, port: 0 }, cause)
    })
    const { coa } = lab.nas
    if (coa) {
      const at = { host: coa.address, port: coa.port }
      const answer = (request: DynamicAuthorization): DynamicAnswer => this.#dynamic(request)
      this.#listener = await DynamicAuthorizationListener.open({ at, secret, answer, fault }).catch(
        (cause: unknown) => {
          throw taken(at, cause)
        },
      )
    }
    if (!this.#manners.announces) return
    const answer = await this.#client.accounting([['Acct-Status-Type', 'Accounting-On'], ...this.#nas()])
    if (answer.kind === 'silence') fault('Accounting-On: no answer')
  }

  /** Asks whether a guest may go online, and starts the session if so. */
  async login(
    guest: Guest,
    acctSessionId: string,
    userName: string,
    credentials: readonly Attribute[],
  ): Promise<LoginResult> {
    const { observer, lab } = this.#setup
    const identity = this.#identity(guest, acctSessionId)
    const answer = await this.#client!.access([['User-Name', userName], ...credentials, ...identity])
    if (answer.kind === 'silence') {
      observer.fault(lab, 'Access-Request: no answer')
      return { kind: 'timeout' }
    }
    const { packet } = answer
    if (packet.code !== 'Access-Accept') {
      const message = textOf(packet, 'Reply-Message') ?? ''
      observer.rejected(message || packet.code)
      return { kind: 'rejected', message }
    }
    observer.accepted()
    const limits = { interimSeconds: this.#setup.lab.nas.interimSeconds, ...given(this.#said(packet)) }
    this.#begin(guest, { userName, acctSessionId, identity, accept: packet, limits })
    return { kind: 'accepted', limits }
  }

  session(guest: Guest): OnlineSession | null {
    const session = this.#sessions.get(guest.phone.mac)?.session
    return session?.isOpen ? session : null
  }

  async endAll(cause: EndCause): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(({ session }) => session.end(cause)))
  }

  async fail(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(({ session }) => session.lose()))
  }

  async close(): Promise<void> {
    await this.#client?.close()
    await this.#listener?.close()
  }

  #begin(
    guest: Guest,
    login: {
      readonly userName: string
      readonly acctSessionId: string
      readonly identity: readonly Attribute[]
      readonly accept: Decoded
      readonly limits: Limits
    },
  ): void {
    const { clock, observer, lab, mischief } = this.#setup
    const { userName, acctSessionId, identity, accept, limits } = login
    const { mac } = guest.phone
    const reporter = new RadiusAccounting({
      client: this.#client!,
      manners: this.#manners,
      // Class goes back as it came, every one of them (RFC 2865 §5.25).
      identity: [['User-Name', userName], ...identity, ...classesOf(accept)],
      clock,
      random: guest.random.fork('accounting'),
      reorder: mischief.reorder,
      observer: {
        interim: () => observer.interim(),
        reordered: () => observer.reordered(),
        fault: (reason) => observer.fault(lab, reason),
      },
    })
    const session = new OnlineSession({ stay: guest.stay, limits, clock, reporter })
    const entry = { guest, userName, acctSessionId, session }
    this.#sessions.set(mac, entry)
    observer.sessionStarted(lab, mac)
    void session.over.then((end) => {
      if (this.#sessions.get(mac) === entry) this.#sessions.delete(mac)
      observer.sessionEnded(lab, end)
    })
  }

  #said(packet: Decoded): Limits {
    return {
      sessionSeconds: numberOf(packet, 'Session-Timeout'),
      idleSeconds: numberOf(packet, 'Idle-Timeout'),
      interimSeconds: numberOf(packet, 'Acct-Interim-Interval'),
      quota: this.#manners.quota(packet),
    }
  }

  #nas(): Attribute[] {
    const { lab } = this.#setup
    return [
      ['NAS-IP-Address', lab.address],
      ['NAS-Identifier', lab.nas.identifier],
    ]
  }

  #identity(guest: Guest, acctSessionId: string): Attribute[] {
    return [
      ...this.#nas(),
      ['Acct-Session-Id', acctSessionId],
      ['Framed-IP-Address', guest.phone.ip],
      ['NAS-Port-Type', 'Wireless-802.11'],
      ['Service-Type', 'Login-User'],
      ...this.#manners.station(guest),
    ]
  }

  #dynamic(request: DynamicAuthorization): DynamicAnswer {
    const answer = this.#decide(request)
    if (request.kind === 'disconnect') this.#setup.observer.disconnect(answer === 'ack' ? 'ack' : 'nak')
    return answer
  }

  /** RFC 5176 §3: all that names the NAS and the session has to match. */
  #decide({ kind, packet }: DynamicAuthorization): DynamicAnswer {
    const { lab } = this.#setup
    const ours: Readonly<Record<string, string>> = {
      'NAS-IP-Address': lab.address,
      'NAS-Identifier': lab.nas.identifier,
    }
    if (NAMES_A_NAS.some((name) => (textOf(packet, name) ?? ours[name]) !== ours[name]))
      return { errorCause: NAS_MISMATCH }
    if (this.#manners.disconnectNeeds.some((name) => textOf(packet, name) === undefined))
      return { errorCause: MISSING_ATTRIBUTE }
    const entry = [...this.#sessions.values()].find(
      (each) => each.session.isOpen && matches(each, packet, this.#manners),
    )
    if (!entry) return { errorCause: SESSION_NOT_FOUND }
    if (kind === 'disconnect') void entry.session.end('Admin-Reset')
    else entry.session.change(given(this.#said(packet)))
    return 'ack'
  }
}

function matches(entry: Entry, packet: Decoded, manners: RadiusManners): boolean {
  const station = manners.station(entry.guest)
  const known: Readonly<Record<string, string>> = {
    'User-Name': entry.userName,
    'Acct-Session-Id': entry.acctSessionId,
    'Framed-IP-Address': entry.guest.phone.ip,
    'Calling-Station-Id': String(station.find(([name]) => name === 'Calling-Station-Id')?.[1] ?? ''),
  }
  return Object.entries(known).every(([name, value]) => (textOf(packet, name) ?? value) === value)
}

const CLASS = 25

const classesOf = (accept: Decoded): Attribute[] =>
  accept.raw_attributes.filter(([type]) => type === CLASS).map(([, value]) => ['Class', Buffer.from(value)])

/** Without what the packet did not say, so that it overwrites nothing. */
const given = (limits: Limits): Limits =>
  Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
