import { createHash, randomUUID } from 'node:crypto'
import { colonMac } from '../../../core/domain/mac.ts'
import { repeat, type Running } from '../../../core/process/lifecycle.ts'
import { realMilliseconds, simulatedSeconds } from '../clock.ts'
import type { Octets } from '../phones/traffic.ts'
import { gatewayMac } from './gateway-mac.ts'
import type { GatewaySetup, Guest, VirtualGateway } from './gateway.ts'
import { clientJson } from './opennds-client-json.ts'
import { customLimits, fasParameter, hidOf, nodeName, returnHidOf } from './opennds-fas.ts'
import { OpenNdsReporter } from './opennds-reporter.ts'
import { OnlineSession, type EndCause, type Limits } from './session.ts'
import { GatewayWebServer, worldAnswer, type WebReply, type WebRequest } from './web-server.ts'

interface Client {
  readonly token: string
  readonly hid: string
  online: Online | null
}

interface Online {
  readonly session: OnlineSession
  /** Epoch seconds by the gateway's clock. */
  readonly startedAt: number
  readonly limits: Limits
  readonly custom: string
}

/** What openNDS calls the ends of sessions when it runs BinAuth. */
const METHODS: Readonly<Record<EndCause, string>> = {
  'User-Request': 'client_deauth',
  'Lost-Carrier': 'idle_deauth',
  'Idle-Timeout': 'idle_deauth',
  'Session-Timeout': 'timeout_deauth',
  'Admin-Reset': 'ndsctl_deauth',
  'NAS-Request': 'shutdown_deauth',
  'Data-Quota': 'downquota_deauth',
}

const DAY_SECONDS = 86_400
const POLL_MS = 1000
const GATEWAY_NAME = 'Hanoi Free WiFi'

/**
 * openNDS 9.10 at FAS level 1 with our hotspot-binauth.sh and hotspot-reporter.sh: no RADIUS; log-ins, log-outs and
 * `ndsctl json` go to the portal as signed events.
 * @see core/gateways/opennds/gateway
 */
export function openNds(setup: GatewaySetup): VirtualGateway {
  const { lab, platform, clock, random, mischief, observer } = setup
  const { nas, address } = lab
  const web = { host: address, port: Number(new URL(nas.gatewayUrl ?? `http://${address}:2050`).port) || 80 }
  const fasKey = nas.fasKey?.reveal() ?? ''
  const mac = gatewayMac(address).toLowerCase()
  const gatewayaddress = `${web.host}:${web.port}`
  const clients = new Map<Guest, Client>()
  let bornAt = 0
  let loops: readonly Running[] = []

  /** Epoch seconds by the gateway's clock, which runs as fast as its visitors live: openNDS tells no duration, only times. */
  const ownTime = (): number => Math.floor(bornAt / 1000) + simulatedSeconds(clock, bornAt)

  const reporter = new OpenNdsReporter({
    address,
    portal: platform.portal,
    path: `/g/opennds/${nas.id}/events`,
    fasKey,
    clock,
    random: random.fork('mischief'),
    duplicates: mischief.duplicates,
    duplicated: () => observer.duplicated(),
    deauth,
    fault: (reason) => observer.fault(lab, reason),
  })
  const server = new GatewayWebServer(web, serve)

  function serve(request: WebRequest): Promise<WebReply> | WebReply {
    const { guest, url, own } = request
    const online = clients.get(guest)?.online
    if (!own) return online ? worldAnswer(url) : toPortal(guest, url.href)
    if (url.pathname === '/opennds_auth/') return authenticate(request)
    if (url.pathname === '/opennds_deny/') return deny(guest)
    return online ? worldAnswer(url) : toPortal(guest, url.href)
  }

  function toPortal(guest: Guest, originurl: string): WebReply {
    const fas = fasParameter({
      hid: clients.get(guest)!.hid,
      clientip: guest.phone.ip,
      clientmac: colonMac(guest.phone.mac),
      gatewayname: nodeName(GATEWAY_NAME, mac),
      gatewayaddress,
      gatewaymac: mac,
      originurl,
      clientif: 'br-lan',
    })
    return { redirect: `${platform.portalUrl}/g/opennds/${nas.id}?fas=${encodeURIComponent(fas)}` }
  }

  function authenticate({ guest, url, values }: WebRequest): WebReply {
    const client = clients.get(guest)!
    const { tok, redir = '', custom = '' } = values
    if (!client.online) {
      if (tok !== returnHidOf(client.hid, fasKey)) {
        observer.rejected('tok is not the digest of hid and FAS key')
        return toPortal(guest, redir || url.href)
      }
      const limits = customLimits(custom, fasKey, colonMac(guest.phone.mac), client.hid)
      if (!limits) {
        observer.rejected('custom is not signed for this log-in')
        return toPortal(guest, redir || url.href)
      }
      observer.accepted()
      begin(guest, client, limits, custom)
    }
    return redir ? { redirect: redir } : worldAnswer(url)
  }

  function begin(guest: Guest, client: Client, limits: Limits, custom: string): void {
    const startedAt = ownTime()
    const event = (method: string, at: number, { from, to }: Octets, endsAt: number): Promise<boolean> =>
      reporter.post(client.token, () => ({
        kind: 'binauth',
        id: randomUUID(),
        at,
        method,
        mac: colonMac(guest.phone.mac),
        // openNDS looks from the client's side: incoming is what it downloads.
        incoming: Number(to),
        outgoing: Number(from),
        sessionStart: startedAt,
        sessionEnd: endsAt,
        token: client.token,
        custom,
      }))
    const session = new OnlineSession({
      stay: guest.stay,
      limits,
      clock,
      reporter: {
        async start() {
          // BinAuth is told of the day that openNDS allows by default, not of the limit it just gave.
          await event('client_auth', startedAt, { from: 0n, to: 0n }, startedAt + DAY_SECONDS)
        },
        async interim() {},
        stop(reading, cause) {
          client.online = null
          const endedAt = startedAt + reading.seconds
          return event(METHODS[cause], endedAt, reading, endedAt)
        },
      },
    })
    client.online = { session, startedAt, limits, custom }
    observer.sessionStarted(lab, guest.phone.mac)
    void session.over.then((end) => observer.sessionEnded(lab, end))
  }

  function deny(guest: Guest): WebReply {
    void clients.get(guest)?.online?.session.end('User-Request')
    return { status: 200, body: '<!doctype html><title>Logged out</title><h1>Logged out</h1>' }
  }

  function deauth(clientMac: string): void {
    const online = [...clients].find(([guest]) => colonMac(guest.phone.mac) === clientMac)?.[1].online
    // It is named in every reply until its log-out has come.
    if (!online?.session.isOpen) return
    observer.disconnect('ack')
    void online.session.end('Admin-Reset')
  }

  /** Sent whether anybody is online or not: it also says that the gateway lives. */
  async function sendCounters(): Promise<void> {
    let listed = 0
    const taken = await reporter.post('counters', () => {
      const online = [...clients].flatMap(([guest, { token, online }]) =>
        online ? [{ guest, token, online }] : [],
      )
      const now = ownTime()
      listed = online.length
      return {
        kind: 'counters',
        id: randomUUID(),
        at: now,
        ndsctl: {
          client_list_length: String(listed),
          clients: Object.fromEntries(
            online.map(({ guest, token, online: { session, startedAt, limits, custom } }) => [
              colonMac(guest.phone.mac),
              clientJson({
                gatewayname: nodeName(GATEWAY_NAME, mac),
                gatewayaddress,
                mac: colonMac(guest.phone.mac),
                ip: guest.phone.ip,
                token,
                custom,
                limits,
                reading: session.now(),
                startedAt,
                now,
              }),
            ]),
          ),
        },
      }
    })
    if (taken) for (let i = 0; i < listed; i++) observer.interim()
  }

  /** Asks whom to put out. */
  async function poll(): Promise<void> {
    if ([...clients.values()].some(({ online }) => online))
      await reporter.post('poll', () => ({ kind: 'poll', id: randomUUID(), at: ownTime() }))
  }

  return {
    lab,
    web,
    logoffUrl: `http://${gatewayaddress}/opennds_deny/`,
    async open() {
      bornAt = clock.now()
      await server.open()
      await reporter.post('start', () => ({
        kind: 'start',
        id: randomUUID(),
        at: ownTime(),
        instance: `${process.pid}.${Math.floor(bornAt / 10)}`,
      }))
      const failed = (error: unknown): void => observer.fault(lab, `reporter: ${String(error)}`)
      loops = [
        repeat(realMilliseconds(clock, nas.interimSeconds), sendCounters, failed),
        repeat(POLL_MS, poll, failed),
      ]
    },
    join(guest) {
      const seed = Buffer.concat([guest.random.bytes(16), Buffer.from(`${bornAt}`)])
      const token = createHash('sha256').update(seed).digest('hex').slice(0, 8)
      clients.set(guest, { token, hid: hidOf(token), online: null })
      server.join(guest)
    },
    session: (guest) => clients.get(guest)?.online?.session ?? null,
    leave(guest) {
      server.leave(guest)
      clients.delete(guest)
    },
    async endAll(cause) {
      const online = [...clients.values()].flatMap((client) => client.online ?? [])
      await Promise.all(online.map(({ session }) => session.end(cause)))
    },
    async fail() {
      const online = [...clients.values()].flatMap((client) => client.online ?? [])
      await Promise.all(online.map(({ session }) => session.lose()))
    },
    async close() {
      await Promise.all(loops.map((loop) => loop.stop()))
      await server.close()
      await reporter.close()
    },
  }
}
