import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Route } from '../../cli/simulate/browser/browser.ts'

/** A phone's way to the world, for a browser that cannot have the phone's address: an HTTP proxy that does. */
export interface Way {
  readonly url: string
  /** From now on what is asked of the gateway itself gets lost, until `mend`. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

/** @param cookies false for a browser that refuses them */
export async function openWay(route: Route, { cookies }: { cookies: boolean }): Promise<Way> {
  let isCut = false
  const server = createServer((asked, answer) => {
    const url = new URL(asked.url ?? '', 'http://nowhere.invalid')
    if (isCut && url.hostname === route.gateway.host) return void answer.destroy()
    pass(asked, answer, url)
  })
  // No captive network lets TLS through, and nothing of ours may need it.
  server.on('connect', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))

  function pass(asked: IncomingMessage, answer: ServerResponse, url: URL): void {
    const inPortal = route.portalOrigins.includes(url.origin)
    const { host, port } = inPortal ? route.portal : route.gateway
    const { cookie, ...headers } = asked.headers
    const onward = request(
      {
        host,
        port,
        localAddress: inPortal ? route.outside : route.phone,
        method: asked.method,
        path: url.pathname + url.search,
        headers: { ...headers, ...(cookies && cookie && { cookie }), host: url.host, connection: 'close' },
        agent: false,
      },
      (reply) => {
        const { 'set-cookie': given, ...rest } = reply.headers
        answer.writeHead(reply.statusCode!, { ...rest, ...(cookies && given && { 'set-cookie': given }) })
        reply.pipe(answer)
      },
    )
    onward.on('error', () => answer.destroy())
    asked.pipe(onward)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    cut: () => void (isCut = true),
    mend: () => void (isCut = false),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
