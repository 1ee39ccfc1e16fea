import { dashedMac, parseMac } from '../../../core/domain/mac.ts'
import { keys } from '../../../core/store/keys.ts'
import { tapped } from '../authenticate/visitor.ts'
import { stageFor, type Stage } from '../stage.ts'
import { until, type Test } from '../../support/stores.ts'
import { caseOf } from './cases.ts'
import { Gateway, type Fault, type Shot } from './gateway.ts'
import { judge } from './judge.ts'
import { held, type Held } from './memory.ts'
import { randomOf, type Random } from './random.ts'
import { droppedIn, startTarget, type Fate, type Target } from './target.ts'
import { goodAccess, goodAccounting, goodStatus, type Known } from './traffic.ts'

/** Past the duplicate cache's half minute, so that what it holds does not pass for a leak. */
const ROUND_MS = 31_000
/** The longest that the server holds an Access-Reject back, and a little. */
const REJECT_DELAY_MS = 1100
const SOCKETS = 4
const STATUS_SERVER = 12
const CODE = 'HK2081XQ'

/** Gateways of every setting. */
const GATEWAYS = [
  { address: '127.1.0.1', secret: 'xyzzy5461', nas: { messageAuthenticator: 'auto' } },
  {
    address: '127.1.0.2',
    secret: 'the secret of gateway two',
    nas: { gateway: 'mikrotik', messageAuthenticator: 'require' },
  },
  {
    address: '127.1.0.3',
    secret: 'the secret of gateway three',
    nas: { messageAuthenticator: 'off', macAuth: true },
  },
  {
    address: '127.1.4.7',
    secret: 'the secret of gateway four',
    nas: { gateway: 'mikrotik', addresses: ['127.1.4.0/24'], macAuth: true },
  },
  { address: '::1', secret: 'the secret of gateway five', nas: { addresses: ['::1/128'] } },
  {
    address: '127.1.0.6',
    secret: 'the secret of gateway six',
    nas: { limitProxyState: false, messageAuthenticator: 'off', statusServer: false },
  },
] as const
const STRANGER = { address: '127.1.0.99', secret: 'the secret of a stranger' }

/** A gateway of the city, the visitor behind it, whether its Access-Requests may go unsigned and Status-Server is answered. */
interface Source {
  readonly gateway: Gateway
  readonly secret: string
  readonly mayBeUnsigned: boolean
  readonly hasStatus: boolean
  known: Known
}

/** A server, gateways and a stranger that send it mutated packets, and all that must hold meanwhile. */
export class Attack {
  readonly target: Target
  /** What nobody caught. */
  readonly thrown: string[] = []
  readonly #stage: Stage
  readonly #sources: Source[] = []
  /** Of the sources, and the stranger's. */
  readonly #gateways: Gateway[] = []
  readonly #stranger: Gateway
  readonly #random: Random
  readonly #seed: number
  readonly #faults: Fault[] = []
  /** The latest shots, to send again. */
  readonly #latest: { gateway: Gateway; socket: number; shot: Shot }[] = []

  private constructor(parts: { target: Target; stage: Stage; stranger: Gateway; seed: number }) {
    this.target = parts.target
    this.#stage = parts.stage
    this.#stranger = parts.stranger
    this.#gateways.push(parts.stranger)
    this.#seed = parts.seed
    this.#random = randomOf(parts.seed)
  }

  static async begin(t: Test, redisUrl: string, seed: number): Promise<Attack> {
    // No quota: what mutated accounting claims must not shut a visitor out that controls count on.
    const site = { limits: { sessionSeconds: 86_400 } }
    const nas = GATEWAYS.map(({ address, secret, nas }) => ({ addresses: [`${address}/32`], secret, ...nas }))
    const stage = await stageFor(t, redisUrl, nas, site)
    stage.now = Date.now()
    const begun = stage.now
    const forbidden = GATEWAYS.map(({ secret }) => String(secret))
    // Another worker has the turn, for good: a test login whose half minute leaps by on its way is one packet too many.
    await stage.store.set(keys.job('test-logins'), 'another worker')
    const target = await startTarget(t, redisUrl, {
      now: () => stage.now + Date.now() - begun,
      forbidden: () => forbidden,
    })
    const stranger = await Gateway.open(t, target, { ...STRANGER, sockets: SOCKETS })
    const attack = new Attack({ target, stage, stranger, seed })
    const caught = (error: unknown): void => void attack.thrown.push(String((error as Error)?.stack ?? error))
    process.on('uncaughtExceptionMonitor', caught)
    t.teardown(() => process.off('uncaughtExceptionMonitor', caught))
    await stage.rights.vouchers.publish(CODE, {
      id: 'voucher-of-fuzzing',
      site: stage.site.id,
      seconds: null,
      octets: null,
      devices: 100,
      expiresAt: null,
    })
    for (const [index, { address, secret, nas }] of GATEWAYS.entries()) {
      const gateway = await Gateway.open(t, target, { address, secret, sockets: SOCKETS + 1 })
      attack.#gateways.push(gateway)
      const mayBeUnsigned = 'messageAuthenticator' in nas && nas.messageAuthenticator === 'off'
      const hasStatus = !('statusServer' in nas)
      attack.#sources.push({ gateway, secret, mayBeUnsigned, hasStatus, known: await attack.#visitor(index) })
    }
    forbidden.push(CODE, ...attack.#sources.flatMap(({ known }) => spellings(known)))
    await attack.control()
    return attack
  }

  /** Sends cases `from` to `to` and waits until the server has counted what became of each. */
  async window(from: number, to: number): Promise<void> {
    const before = await this.target.fate()
    let answerable = 0
    let sent = 0
    for (let number = from; number < to; number++) {
      for (const { gateway, socket, shot } of this.#shotsOf(number)) {
        sent++
        if (shot.mayBeAnswered) answerable++
        await gateway.send(shot, socket)
      }
    }
    const after = await this.#counted()
    const told = { seed: this.#seed, from, to }
    const dropped = droppedIn(after) - droppedIn(before)
    if (dropped < sent - answerable) this.#fault({ what: 'not all that proves nothing was dropped', ...told })
  }

  /**
   * Lets the clock go on by half a minute, and has every gateway ask what is good: Status-Server on both ports, a
   * visitor, accounting. Each must be answered, whatever came before.
   */
  async control(): Promise<void> {
    this.#stage.now += ROUND_MS
    await Promise.all(this.#sources.map((source, index) => this.#isServed(source, index)))
    await this.#counted()
  }

  /** Waits for the last reject delay, forgets what was sent, and says what is held then. */
  async rest(): Promise<Held> {
    const answers = (): number => this.#gateways.reduce((sum, gateway) => sum + gateway.answers, 0)
    await until(async () => {
      const before = answers()
      await new Promise((resolve) => setTimeout(resolve, REJECT_DELAY_MS))
      return answers() === before
    }, 'the last answer')
    await this.control()
    for (const gateway of this.#gateways) gateway.forget()
    this.#latest.length = 0
    return held()
  }

  faults(): readonly Fault[] {
    return [...this.#faults, ...this.#gateways.flatMap((gateway) => gateway.faults)]
  }

  async #isServed(source: Source, index: number): Promise<void> {
    source.known = await this.#visitor(index)
    const { gateway, secret, known, hasStatus } = source
    const random = this.#random
    const status = [
      ['auth', 2, goodStatus(random, secret)],
      ['acct', 5, goodStatus(random, secret)],
    ] as const
    for (const [port, wanted, datagram] of [
      ...(hasStatus ? status : []),
      ['auth', 2, goodAccess(random, secret, known)],
      ['acct', 5, goodAccounting(random, secret, known)],
    ] as const) {
      const code = await gateway.ask(port, datagram, SOCKETS)
      const request = datagram.toString('hex')
      if (code !== wanted) this.#fault({ what: `a good request was answered with code ${code}`, request })
    }
  }

  /** Every packet has come to one end, and to no more than one. */
  async #counted(): Promise<Fate> {
    const sent = this.#gateways.reduce((sum, gateway) => sum + gateway.sent, 0)
    let fate = await this.target.fate()
    const total = (): number => fate.answered + fate.duplicates + droppedIn(fate)
    await until(async () => {
      fate = await this.target.fate()
      return total() >= sent
    }, `the fate of all packets (${total()} of ${sent})`)
    if (total() > sent) this.#fault({ what: 'more was counted than sent', total: total(), sent })
    return fate
  }

  #shotsOf(number: number): { gateway: Gateway; socket: number; shot: Shot }[] {
    const random = randomOf(this.#seed ^ Math.imul(number, 0x27d4eb2f))
    const socket = random.below(SOCKETS)
    const source = random.pick(this.#sources)
    const { secret, known } = source
    const { port, datagram, story } = caseOf(this.#seed, number, secret, known)
    const isStranger = random.oneIn(12)
    const verdict = judge(datagram, port, secret)
    const isProved = verdict === 'signed' || (verdict === 'unsigned' && source.mayBeUnsigned)
    const mayBeAnswered = !isStranger && isProved && (source.hasStatus || datagram[0] !== STATUS_SERVER)
    const gateway = isStranger ? this.#stranger : source.gateway
    const shots = [{ gateway, socket, shot: { port, datagram, mayBeAnswered, story } }]
    if (this.#latest.length > 64) this.#latest.shift()
    if (this.#latest.length > 0 && random.oneIn(10)) shots.push(random.pick(this.#latest))
    this.#latest.push(shots[0]!)
    return shots
  }

  /** A visitor whose grant is fresh: a grant that nobody redeems lasts minutes. */
  async #visitor(index: number): Promise<Known> {
    const mac = parseMac(`02-00-5E-00-53-0${index}`)!
    const { userName, password } = await tapped(this.#stage, this.#stage.at(index + 1), { mac })
    return { mac, userName, password, code: CODE }
  }

  #fault(fault: Fault): void {
    if (this.#faults.length < 10) this.#faults.push(fault)
  }
}

/** How a log could tell a device: in any spelling that gateways and we use. */
export const spellings = ({ mac }: Known): string[] => [
  dashedMac(mac),
  mac,
  dashedMac(mac).toLowerCase(),
  dashedMac(mac).replaceAll('-', ':'),
  dashedMac(mac).replaceAll('-', '').toLowerCase(),
]
