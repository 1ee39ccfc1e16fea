import { Agent, request, type IncomingMessage } from 'node:http'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import type { HostPort } from '../run-file.ts'
import { metaRefresh, parseRefresh, type Form, type Refresh } from './html.ts'

/** How a phone reaches what it asks for: the portal through the gateway's address, all else is met by the gateway. */
export interface Route {
  /** The phone's own loopback address. */
  readonly phone: string
  /** The gateway's address, which the portal sees (the gateway translates addresses). */
  readonly outside: string
  readonly gateway: HostPort
  readonly portal: HostPort
  /** Origins that mean the portal. */
  readonly portalOrigins: readonly string[]
}

/** What a window shows after all redirects. */
export interface Page {
  readonly url: string
  readonly status: number
  readonly html: string
  /** Octets of the last body as they crossed the network. */
  readonly octets: number
  /** From the first request of this navigation to the last octet. */
  readonly milliseconds: number
  readonly refresh: Refresh | null
}

/** A navigation that ended nowhere: a broken connection, a redirect loop, a page too large. */
export class BrowserError extends Error {
  override readonly name = 'BrowserError'
}

const MOST_REDIRECTS = 15
const MOST_OCTETS = 1 << 20
const TIMEOUT_MS = 10_000

/** A captive mini-browser: follows redirects, keeps no cookies, runs no script. */
export class Browser {
  readonly #route: Route
  readonly #headers: Readonly<Record<string, string>>
  readonly #connections = new Agent({ keepAlive: true, maxSockets: 2 })

  constructor(route: Route, agent: string, acceptLanguage: string) {
    this.#route = route
    this.#headers = {
      'user-agent': agent,
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'accept-language': acceptLanguage,
      'accept-encoding': 'gzip, deflate, br',
    }
  }

  /** @throws BrowserError */
  open(url: string): Promise<Page> {
    return this.#navigate('GET', url, null)
  }

  /** Sends a form, with what the visitor typed in `typed`. @throws BrowserError */
  submit(form: Form, from: string, typed: Readonly<Record<string, string>> = {}): Promise<Page> {
    const pressed = form.fields.find((field) => field.type === 'submit')
    const body = new URLSearchParams(
      form.fields
        .filter((field) => field.type !== 'submit' || field === pressed)
        .map(({ name, value }): [string, string] => [name, typed[name] ?? value]),
    ).toString()
    if (form.method === 'POST') return this.#navigate('POST', form.action, body, from)
    const url = new URL(form.action)
    url.search = body
    return this.#navigate('GET', url.href, null, from)
  }

  /** One request, no redirect followed, as the operating system asks whether it is captive. @throws BrowserError */
  async probe(
    url: string,
    agent: string,
  ): Promise<{ status: number; location: string | null; body: string }> {
    const answer = await this.#send('GET', new URL(url), null, { 'user-agent': agent })
    return { status: answer.status, location: answer.location, body: answer.text }
  }

  /** Lets go of every connection; the browser may be used again. */
  close(): void {
    this.#connections.destroy()
  }

  async #navigate(method: 'GET' | 'POST', url: string, body: string | null, from?: string): Promise<Page> {
    const began = performance.now()
    let at = new URL(url)
    let [verb, content, referrer] = [method, body, from]
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      const headers: Record<string, string> = { ...this.#headers }
      if (verb === 'POST') headers.origin = new URL(referrer ?? url).origin
      if (referrer !== undefined && new URL(referrer).origin === at.origin) headers.referer = referrer
      const answer = await this.#send(verb, at, content, headers)
      if (answer.location === null) {
        const milliseconds = performance.now() - began
        const refresh =
          (answer.refresh && parseRefresh(answer.refresh, at.href)) || metaRefresh(answer.text, at.href)
        return {
          url: at.href,
          status: answer.status,
          html: answer.text,
          octets: answer.octets,
          milliseconds,
          refresh,
        }
      }
      // Browsers repeat a POST after 307 and 308 only (RFC 9110 §15.4).
      if (answer.status !== 307 && answer.status !== 308) [verb, content] = ['GET', null]
      referrer = at.href
      at = target(answer.location, at)
    }
    throw new BrowserError(`more than ${MOST_REDIRECTS} redirects`)
  }

  async #send(
    method: 'GET' | 'POST',
    url: URL,
    body: string | null,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    try {
      return await this.#exchange(method, url, body, headers)
    } catch (error) {
      // A kept-alive connection that the server closed meanwhile: a browser asks again, but never repeats a POST.
      if (!(error instanceof StaleConnection) || method === 'POST') throw error
      return await this.#exchange(method, url, body, headers)
    }
  }

  #exchange(
    method: 'GET' | 'POST',
    url: URL,
    body: string | null,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const inPortal = this.#route.portalOrigins.includes(url.origin)
    if (!inPortal && url.protocol !== 'http:')
      throw new BrowserError(`${url.protocol}//${url.host} cannot be reached from a captive network`)
    const { host, port } = inPortal ? this.#route.portal : this.#route.gateway
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void => {
        const code = (error as NodeJS.ErrnoException).code ?? error.message
        const stale = outgoing.reusedSocket && code === 'ECONNRESET'
        reject(
          stale
            ? new StaleConnection()
            : new BrowserError(`${method} ${url.host}: ${code}`, { cause: error }),
        )
      }
      const outgoing = request({
        host,
        port,
        localAddress: inPortal ? this.#route.outside : this.#route.phone,
        method,
        path: url.pathname + url.search,
        agent: this.#connections,
        timeout: TIMEOUT_MS,
        headers: {
          ...headers,
          host: url.host,
          ...(body === null
            ? {}
            : {
                'content-type': 'application/x-www-form-urlencoded',
                'content-length': Buffer.byteLength(body),
              }),
        },
      })
      outgoing.on('error', failed)
      outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')))
      outgoing.on('response', (response) => void read(response).then(resolve, failed))
      outgoing.end(body ?? undefined)
    })
  }
}

class StaleConnection extends BrowserError {
  constructor() {
    super('the server closed a kept-alive connection')
  }
}

interface Answer {
  readonly status: number
  readonly location: string | null
  readonly refresh: string | null
  readonly text: string
  readonly octets: number
}

async function read(response: IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = []
  let octets = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    octets += part.length
    if (octets > MOST_OCTETS) throw new BrowserError('the page is larger than 1 MiB')
    parts.push(part)
  }
  const status = response.statusCode ?? 0
  const { location, refresh } = response.headers
  return {
    status,
    location: status >= 300 && status < 400 && location !== undefined ? location : null,
    refresh: typeof refresh === 'string' ? refresh : null,
    text: decompress(Buffer.concat(parts), response.headers['content-encoding']),
    octets,
  }
}

function decompress(body: Buffer, encoding: string | undefined): string {
  const limit = { maxOutputLength: MOST_OCTETS }
  if (body.length === 0 || encoding === undefined || encoding === 'identity') return body.toString('utf8')
  if (encoding === 'gzip') return gunzipSync(body, limit).toString('utf8')
  if (encoding === 'br') return brotliDecompressSync(body, limit).toString('utf8')
  if (encoding === 'deflate') return inflateSync(body, limit).toString('utf8')
  throw new BrowserError(`content-encoding ${encoding} was not asked for`)
}

function target(location: string, from: URL): URL {
  if (URL.canParse(location, from.href)) return new URL(location, from)
  throw new BrowserError(`a redirect to "${location.slice(0, 60)}"`)
}
