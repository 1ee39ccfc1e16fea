import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Agent, request } from 'node:http'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import type { HostPort } from '../run-file.ts'

export interface ReporterSetup {
  /** The gateway's own address. */
  readonly address: string
  readonly portal: HostPort
  /** `/g/opennds/<nas>/events` */
  readonly path: string
  readonly fasKey: string
  readonly clock: Clock
  readonly random: Random
  /** Share of events that are sent twice, as after a lost reply. */
  readonly duplicates: number
  duplicated(): void
  /** The portal wants this client put out. */
  deauth(mac: string): void
  fault(reason: string): void
}

const TRIES = 5
const TIMEOUT_MS = 20_000

/**
 * hotspot-reporter.sh: posts what happens to the portal, signed, and believes only signed replies. The script sends one
 * after the other; visitors here live faster than that, so only what is about the same client waits for its turn.
 */
export class OpenNdsReporter {
  readonly #setup: ReporterSetup
  readonly #connections = new Agent({ keepAlive: true, maxSockets: 8 })
  /** What each client's next event has to wait for. */
  readonly #last = new Map<string, Promise<boolean>>()

  constructor(setup: ReporterSetup) {
    this.#setup = setup
  }

  /**
   * Queues an event behind those about the same client or matter; `make` runs when its turn comes. Settles with whether
   * the portal has it.
   */
  post(about: string, make: () => object): Promise<boolean> {
    const before = this.#last.get(about) ?? Promise.resolve(true)
    const sent = before
      .then(() => this.#deliver(JSON.stringify(make())))
      .finally(() => {
        if (this.#last.get(about) === sent) this.#last.delete(about)
      })
    this.#last.set(about, sent)
    return sent
  }

  async close(): Promise<void> {
    await Promise.all(this.#last.values())
    this.#connections.destroy()
  }

  async #deliver(body: string): Promise<boolean> {
    const { clock, random, duplicates, duplicated, fault } = this.#setup
    let problem = ''
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0) await clock.wait(1000 * 2 ** tries).done
      try {
        await this.#send(body)
        if (!random.chance(duplicates)) return true
        duplicated()
        await this.#send(body)
        return true
      } catch (error) {
        problem = (error as NodeJS.ErrnoException).code ?? (error as Error).message
      }
    }
    fault(`event not taken: ${problem}`)
    return false
  }

  async #send(body: string): Promise<void> {
    const { path, fasKey, clock, deauth } = this.#setup
    const time = String(Math.floor(clock.now() / 1000))
    // The portal must never see a nonce twice, so it is not drawn from the seed.
    const nonce = randomBytes(16).toString('hex')
    const signature = hmac(fasKey, `${time}\n${nonce}\n${path}\n${body}`)
    const { status, text, given } = await this.#exchange(body, {
      'x-hotspot-time': time,
      'x-hotspot-nonce': nonce,
      'x-hotspot-signature': signature,
    })
    if (status !== 200) throw new Error(`status ${status}`)
    const wanted = Buffer.from(hmac(fasKey, `${nonce}\n${text}`))
    const shown = Buffer.from(given)
    if (shown.length !== wanted.length || !timingSafeEqual(shown, wanted))
      throw new Error('the reply is not signed with the FAS key')
    for (const [, mac] of text.matchAll(/^deauth ((?:[0-9a-f]{2}:){5}[0-9a-f]{2})$/gm)) deauth(mac!)
  }

  #exchange(
    body: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ status: number; text: string; given: string }> {
    const { address, portal, path } = this.#setup
    return new Promise((resolve, reject) => {
      const outgoing = request({
        host: portal.host,
        port: portal.port,
        localAddress: address,
        agent: this.#connections,
        method: 'POST',
        path,
        timeout: TIMEOUT_MS,
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'curl/8.5.0',
        },
      })
      outgoing.on('error', reject)
      outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')))
      outgoing.on('response', (response) => {
        const given = response.headers['x-hotspot-signature']
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => (text += part))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text, given: typeof given === 'string' ? given : '' }),
        )
      })
      outgoing.end(body)
    })
  }
}

const hmac = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('hex')
