import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { SetupError } from '../../../core/process/errors.ts'
import type { HostPort } from '../run-file.ts'
import type { Guest } from './gateway.ts'

/** What a phone asked a gateway's web server. */
export interface WebRequest {
  readonly guest: Guest
  /** As the phone meant it: of the gateway itself, or of a site of the world beyond. */
  readonly url: URL
  /** True when the gateway itself was meant. */
  readonly own: boolean
  /** Of the query, and of a form sent by POST. */
  readonly values: Readonly<Record<string, string>>
}

export type WebReply =
  { readonly redirect: string } | { readonly status: number; readonly body: string; readonly type?: string }

const MOST_BODY = 16_384

/** The web server of a gateway: it knows phones by their address, and nobody else. */
export class GatewayWebServer {
  readonly at: HostPort
  readonly #guests = new Map<string, Guest>()
  readonly #server: Server

  constructor(at: HostPort, answer: (request: WebRequest) => Promise<WebReply> | WebReply) {
    this.at = at
    this.#server = createServer((incoming, outgoing) => {
      this.#serve(incoming, answer).then(
        (reply) => send(outgoing, reply),
        (error: unknown) => send(outgoing, { status: 500, body: String(error) }),
      )
    })
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause) => reject(taken(this.at, cause)))
      this.#server.listen(this.at.port, this.at.host, resolve)
    })
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  join(guest: Guest): void {
    this.#guests.set(guest.phone.ip, guest)
  }

  leave(guest: Guest): void {
    this.#guests.delete(guest.phone.ip)
  }

  async #serve(
    incoming: IncomingMessage,
    answer: (request: WebRequest) => Promise<WebReply> | WebReply,
  ): Promise<WebReply> {
    const guest = this.#guests.get(incoming.socket.remoteAddress ?? '')
    if (!guest) return { status: 403, body: 'no phone of this network' }
    const base = `http://${incoming.headers.host ?? this.at.host}`
    if (!URL.canParse(incoming.url ?? '', base))
      return { status: 400, body: 'what is asked for is no address' }
    const url = new URL(incoming.url ?? '', base)
    const form = incoming.method === 'POST' ? new URLSearchParams(await bodyOf(incoming)) : []
    return answer({
      guest,
      url,
      own: url.hostname === this.at.host,
      values: Object.fromEntries([...url.searchParams, ...form]),
    })
  }
}

/** A SetupError for an address that something else holds. */
export const taken = (at: HostPort, cause: unknown): SetupError =>
  new SetupError(
    'address-taken',
    `The gateway's address ${at.host}:${at.port} cannot be used (${(cause as NodeJS.ErrnoException).code}): is another simulation running?`,
    { cause },
  )

/** What the world beyond answers to a phone that is online. @see standards.md B2 */
export function worldAnswer(url: URL): WebReply {
  if (/^\/(?:generate|gen)_204$/.test(url.pathname)) return { status: 204, body: '' }
  const body = PROBED[url.pathname] ?? '<!doctype html><title>The world</title><h1>The world</h1>'
  return { status: 200, body, type: url.pathname.endsWith('.txt') ? 'text/plain' : 'text/html' }
}

const SUCCESS = '<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>'
const PROBED: Readonly<Record<string, string>> = {
  '/hotspot-detect.html': SUCCESS,
  '/library/test/success.html': SUCCESS,
  '/connecttest.txt': 'Microsoft Connect Test',
  '/canonical.html':
    '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>',
  '/success.txt': 'success\n',
  '/check_network_status.txt': 'NetworkManager is online',
  '/kindle-wifi/wifistub.html': '<!doctype html><title>81ce4465-7167-4dcb-835b-dcc9e44c112a</title>',
}

/** True for the answer to a probe that says: nothing is in the way. */
export const isWorld = (status: number, body: string): boolean =>
  status === 204 ||
  (status === 200 && (body.includes('Success') || body.startsWith('Microsoft Connect Test')))

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let body = ''
  for await (const part of incoming as AsyncIterable<Buffer>) {
    body += part.toString('latin1')
    if (body.length > MOST_BODY) throw new Error('the form is too large')
  }
  return body
}

function send(outgoing: ServerResponse, reply: WebReply): void {
  if ('redirect' in reply) {
    outgoing.writeHead(302, { location: reply.redirect, 'cache-control': 'no-cache' }).end()
    return
  }
  outgoing
    .writeHead(reply.status, { 'content-type': `${reply.type ?? 'text/html'}; charset=utf-8` })
    .end(reply.body)
}
