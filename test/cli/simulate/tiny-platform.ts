import { createHash, createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { octets } from '../../../core/gateways/mikrotik/portal.ts'
import { address, FAS_KEY, SECRET, UAM_SECRET } from './stage.ts'
import {
  clearPassword,
  numberOf,
  provesAccounting,
  provesChap,
  provesMessage,
  textOf,
  tinyRadius,
  uint32,
  vendorOf,
  type Packet,
  type Reply,
} from './tiny-radius.ts'

/** What a platform of two hundred lines heard of one session. */
export interface HeardSession {
  readonly nas: string
  readonly mac: string
  started: number
  stopped: number
  from: bigint
  to: bigint
}

export interface TinyPlatform {
  /** What it would write into run.json. */
  readonly run: object
  readonly sessions: Map<string, HeardSession>
  readonly counts: { splashes: number; taps: number; codes: string[] }
  readonly faults: string[]
  close(): Promise<void>
}

interface Visit {
  readonly handOff: Page
}

type Page =
  | { readonly location: string }
  | { readonly html: string }
  | { readonly status: number; readonly html: string }

const md5 = (...parts: (string | Buffer)[]): string => {
  const sum = createHash('md5')
  for (const part of parts) sum.update(part)
  return sum.digest('hex')
}
const hmac = (text: string): string => createHmac('sha256', FAS_KEY).update(text).digest('hex')
const passwordOf = (user: string): string => `pw-${user}`

/** A portal that takes each way of handing back (redirect, form, waiting page), and a RADIUS server that adds up. */
export async function tinyPlatform(): Promise<TinyPlatform> {
  const sessions = new Map<string, HeardSession>()
  const counts = { splashes: 0, taps: 0, codes: [] as string[] }
  const faults: string[] = []
  const visits = new Map<string, Visit>()
  const eventIds = new Set<string>()
  let lastVisit = 0

  const heard = (nas: string, mac: string, id: string): HeardSession => {
    const key = `${nas} ${id}`
    const known = sessions.get(key) ?? { nas, mac, started: 0, stopped: 0, from: 0n, to: 0n }
    sessions.set(key, known)
    return known
  }

  const radius = await tinyRadius(SECRET, (packet): Reply => {
    if (packet.code === 1) return access(packet)
    if (!provesAccounting(packet, SECRET)) faults.push('authenticator')
    const status = numberOf(packet, 40)
    if (status === 7) return { code: 5, attributes: [] }
    const session = heard(textOf(packet, 32)!, textOf(packet, 31)!, textOf(packet, 44)!)
    if (textOf(packet, 25) !== `class ${textOf(packet, 1)}`) faults.push('Class')
    if (status === 1) session.started++
    if (status === 2) session.stopped++
    if (status === 2) [session.from, session.to] = directions(packet)
    return { code: 5, attributes: [] }
  })

  function access(packet: Packet): Reply {
    const user = textOf(packet, 1)!
    const proved = provesChap(packet, passwordOf(user)) || clearPassword(packet, SECRET) === passwordOf(user)
    if (!provesMessage(packet, SECRET)) faults.push('Message-Authenticator')
    if (!proved) return { code: 3, attributes: [] }
    return {
      code: 2,
      attributes: [
        [25, Buffer.from(`class ${user}`)],
        [27, uint32(3600)],
        [28, uint32(120)],
      ],
    }
  }

  function directions(packet: Packet): [bigint, bigint] {
    const count = (low: number, high: number): bigint =>
      (BigInt(numberOf(packet, high) ?? 0) << 32n) | BigInt(numberOf(packet, low) ?? 0)
    const [input, output] = [count(42, 52), count(43, 53)]
    return vendorOf(packet, 14559, 10)?.readUInt32BE(0) === 2 ? [output, input] : [input, output]
  }

  function splash(handOff: (user: string) => Page): Page {
    const visit = `v${++lastVisit}`
    visits.set(visit, { handOff: handOff(visit) })
    return {
      html: `<!doctype html><title>Splash</title><h1>Chào</h1>
        <form method="post" action="/login/click-through?v=${visit}"><button>Kết nối</button></form>
        <form method="post" action="/login/voucher"><input type="hidden" name="v" value="${visit}"><input name="code"></form>`,
    }
  }

  function arrival(url: URL, whole: string): Page {
    const query = url.searchParams
    const landing = `http://${url.host}/online`
    if (url.pathname === '/g/coova-chilli') {
      const [before, md] = whole.split('&md=')
      if (md !== md5(before!, UAM_SECRET).toUpperCase()) faults.push('md')
      if (query.get('res') !== 'notyet') return { html: `<h1>${query.get('res')}</h1>` }
      const challenge = Buffer.from(query.get('challenge')!, 'hex')
      const mixed = Buffer.from(md5(challenge, UAM_SECRET), 'hex')
      return splash((user) => {
        const response = md5(Buffer.from([0]), passwordOf(user), mixed)
        return {
          location: `http://${query.get('uamip')}:${query.get('uamport')}/logon?username=${user}&response=${response}&userurl=${encodeURIComponent(landing)}`,
        }
      })
    }
    if (url.pathname === '/g/mikrotik')
      return splash((user) => {
        const id = octets(query.get('chap-id') ?? '')!
        const challenge = octets(query.get('chap-challenge') ?? '')!
        const password = id.length > 0 ? md5(id, passwordOf(user), challenge) : passwordOf(user)
        const fields = { username: user, password, dst: landing }
        const inputs = Object.entries(fields).map(([n, v]) => `<input type=hidden name="${n}" value="${v}">`)
        return {
          html: `<form method="post" action="${query.get('link-login-only')}">${inputs.join('')}</form>`,
        }
      })
    const said = new Map(
      Buffer.from(query.get('fas')!, 'base64')
        .toString()
        .split(', ')
        .map((pair) => pair.split('=', 2) as [string, string]),
    )
    const hid = said.get('hid')!
    const tok = createHash('sha256')
      .update(hid + FAS_KEY)
      .digest('hex')
    const limits = `s=3600&u=0&d=0&uq=0&dq=0&v=visit&h=${hid.slice(0, 16)}`
    const custom = Buffer.from(
      `${limits}&m=${hmac(`${limits}|${said.get('clientmac')}`).slice(0, 32)}`,
    ).toString('base64')
    return splash(() => {
      const ask = new URLSearchParams({ tok, redir: landing, custom }).toString()
      const to = `http://${said.get('gatewayaddress')}/opennds_auth/?${ask}`
      return {
        html: `<meta http-equiv="refresh" content="0;url=${to.replaceAll('&', '&amp;')}"><h1>Đang kết nối</h1>`,
      }
    })
  }

  function event(nas: string, body: string): string {
    const told = JSON.parse(body) as Record<string, unknown>
    if (told.kind !== 'binauth' || eventIds.has(String(told.id))) return ''
    eventIds.add(String(told.id))
    const session = heard(nas, String(told.mac), String(told.token))
    if (told.method === 'client_auth') session.started++
    else {
      session.stopped++
      session.from = BigInt(String(told.outgoing))
      session.to = BigInt(String(told.incoming))
    }
    return ''
  }

  function answer(method: string, url: URL, body: string): Page {
    if (url.pathname === '/health/live' || url.pathname === '/online') return { html: '<h1>Online</h1>' }
    if (method === 'GET' && url.pathname.startsWith('/g/')) {
      const page = arrival(url, url.href)
      if ('html' in page && page.html.includes('<form')) counts.splashes++
      return page
    }
    const form = new URLSearchParams(body)
    const visit = visits.get(url.searchParams.get('v') ?? form.get('v') ?? '')
    if (!visit) return { status: 404, html: '<h1>No such visit</h1>' }
    counts.taps++
    if (form.has('code')) counts.codes.push(form.get('code')!)
    return visit.handOff
  }

  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += String(part)))
    request.on('end', () => {
      const url = new URL(request.url!, `http://${request.headers.host}`)
      const nas = /^\/g\/opennds\/([^/]+)\/events$/.exec(url.pathname)?.[1]
      if (nas) {
        const {
          'x-hotspot-time': time,
          'x-hotspot-nonce': nonce,
          'x-hotspot-signature': given,
        } = request.headers
        if (given !== hmac(`${String(time)}\n${String(nonce)}\n${request.url}\n${body}`)) faults.push('event')
        const reply = event(nas, body)
        return response
          .writeHead(200, { 'x-hotspot-signature': hmac(`${String(nonce)}\n${reply}`) })
          .end(reply)
      }
      const page = answer(request.method!, url, body)
      if ('location' in page) return response.writeHead(303, { location: page.location }).end()
      const status = 'status' in page ? page.status : 200
      return response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(page.html)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, address(254), resolve))
  const { port } = server.address() as AddressInfo
  return {
    run: {
      portal: `http://${address(254)}:${port}`,
      radiusAuth: radius.at.port,
      radiusAcct: `127.0.0.1:${radius.at.port}`,
      pid: process.pid,
    },
    sessions,
    counts,
    faults,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await radius.close()
    },
  }
}
