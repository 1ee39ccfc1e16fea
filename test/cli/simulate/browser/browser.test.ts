import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { Browser } from '../../../../cli/simulate/browser/browser.ts'
import { forms } from '../../../../cli/simulate/browser/html.ts'
import type { HostPort } from '../../../../cli/simulate/run-file.ts'
import { address } from '../stage.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly from: string
  readonly body: string
}

const seen: Seen[] = []

async function serve(
  host: string,
  answer: (seen: Seen, response: ServerResponse) => void,
): Promise<[HostPort, Server]> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += String(part)))
    request.on('end', () => {
      const from = request.socket.remoteAddress ?? ''
      const each = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        from,
        body,
      }
      seen.push(each)
      answer(each, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return [{ host, port: (server.address() as AddressInfo).port }, server]
}

t.test('a phone is led from page to page', async (t) => {
  const [portal] = await serve('127.0.0.1', ({ url, method }, response) => {
    if (url === '/loop') return response.writeHead(302, { location: '/loop' }).end()
    if (url === '/away') return response.writeHead(302, { location: 'https://example.com/' }).end()
    if (url === '/keep') return response.writeHead(307, { location: '/kept' }).end()
    if (url === '/huge') return response.end(Buffer.alloc(2 << 20))
    if (url.startsWith('/splash')) {
      const page = gzipSync(
        '<form method=post action=/login><input type=hidden name=v value="1 2"><input name=code></form>',
      )
      return response.writeHead(200, { 'content-encoding': 'gzip', 'set-cookie': 'a=b' }).end(page)
    }
    if (method === 'POST' && url === '/login') return response.writeHead(303, { location: '/go' }).end()
    if (url === '/go')
      return response.writeHead(302, { location: `http://${gateway.host}:${gateway.port}/logon` }).end()
    response.writeHead(200, { refresh: '3; url=/next' }).end(`<h1>${method}</h1>`)
  })
  const [gateway] = await serve(address(1), ({ url, headers }, response) => {
    if (url === '/logon') return response.writeHead(302, { location: `${origin}/online` }).end()
    response.writeHead(302, { location: `${origin}/splash?of=${headers.host}` }).end()
  })
  const origin = `http://127.0.0.1:${portal.port}`
  const route = {
    phone: address(201),
    outside: address(1),
    gateway,
    portal,
    portalOrigins: [origin, 'https://wifi.test'],
  }
  const browser = new Browser(route, 'Test/1', 'vi')
  t.teardown(() => browser.close())
  const last = (): Seen => seen[seen.length - 1]!

  t.test('whatever it asks for, the gateway answers', async (t) => {
    const page = await browser.open('http://captive.apple.com/hotspot-detect.html')
    t.equal(page.url, `${origin}/splash?of=captive.apple.com`)
    t.equal(seen[0]?.from, address(201), 'as itself')
    t.equal(seen[0]?.url, '/hotspot-detect.html')
    t.equal(last().from, address(1), 'and reaches the portal through the gateway')
    t.match(last().headers, { 'user-agent': 'Test/1', 'accept-language': 'vi' })
    t.match(page.html, /<form/, 'unpacked')
    t.ok(page.octets > 0 && page.octets !== page.html.length, 'counted as they came')

    const form = forms(page.html, page.url)[0]!
    const done = await browser.submit(form, page.url, { code: 'ab&c' })
    t.equal(done.url, `${origin}/online`)
    t.same(done.refresh, { seconds: 3, url: `${origin}/next` })
    const posted = seen.find(({ method }) => method === 'POST')!
    t.equal(posted.body, 'v=1+2&code=ab%26c')
    t.match(posted.headers, { origin, referer: page.url })
    t.equal(posted.headers.cookie, undefined, 'without the cookie it was given')
    t.equal(seen.filter(({ headers }) => headers.cookie).length, 0)
  })

  t.test('a POST is repeated after 307 and nowhere else', async (t) => {
    const page = await browser.submit({ method: 'POST', action: `${origin}/keep`, fields: [] }, origin)
    t.equal(page.html, '<h1>POST</h1>')
  })

  t.test('a form by GET puts its fields into the address', async (t) => {
    const fields = [{ name: 'a', value: '1', type: 'hidden' }]
    const page = await browser.submit({ method: 'GET', action: `${origin}/x?old=1`, fields }, origin)
    t.equal(page.url, `${origin}/x?a=1`)
  })

  t.test('an origin that means the portal reaches it', async (t) => {
    const page = await browser.open('https://wifi.test/status')
    t.equal(page.status, 200)
    t.equal(last().headers.host, 'wifi.test')
  })

  t.test('what leads nowhere is said', async (t) => {
    await t.rejects(browser.open(`${origin}/loop`), { name: 'BrowserError', message: /redirects/ })
    await t.rejects(browser.open(`${origin}/away`), {
      name: 'BrowserError',
      message: /example.com cannot be reached/,
    })
    await t.rejects(browser.open(`${origin}/huge`), { name: 'BrowserError', message: /1 MiB/ })
  })

  t.test('a probe follows nothing', async (t) => {
    const probe = await browser.probe('http://connectivitycheck.gstatic.com/generate_204', 'Dalvik')
    t.equal(probe.status, 302)
    t.match(probe.location, /splash/)
    t.equal(last().headers['user-agent'], 'Dalvik')
  })
})

t.test('a server that is not there is said', async (t) => {
  const nowhere = { host: '127.0.0.1', port: 9 }
  const route = {
    phone: address(201),
    outside: address(1),
    gateway: nowhere,
    portal: nowhere,
    portalOrigins: [],
  }
  await t.rejects(new Browser(route, 'Test/1', 'vi').open('http://x.test/'), {
    name: 'BrowserError',
    message: 'GET x.test: ECONNREFUSED',
  })
})
