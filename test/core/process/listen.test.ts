import { test } from 'tap'
import { listenWeb } from '../../../core/process/listen.ts'

const hello = (_: unknown, response: { end(text: string): void }): void => response.end('hello')

test('a free port is the same on every host, and everything is closed again', async (t) => {
  const listening = await listenWeb(hello, {
    hosts: ['127.0.0.1', '127.0.0.2'],
    port: 0,
    setting: 'PORTAL_PORT',
  })
  for (const host of ['127.0.0.1', '127.0.0.2'])
    t.equal(await (await fetch(`http://${host}:${listening.port}/`)).text(), 'hello', host)
  await listening.stop()
  await t.rejects(fetch(`http://127.0.0.1:${listening.port}/`))
})

test('a busy port is told with the setting that moves it, and no host is left listening', async (t) => {
  const first = await listenWeb(hello, { hosts: ['127.0.0.2'], port: 0, setting: 'PORTAL_PORT' })
  t.teardown(() => first.stop())
  const second = listenWeb(hello, {
    hosts: ['127.0.0.1', '127.0.0.2'],
    port: first.port,
    setting: 'PORTAL_PORT',
  })
  await t.rejects(second, {
    code: 'cannot-listen',
    message: `TCP 127.0.0.2:${first.port} is already in use: stop what uses it, or set PORTAL_PORT to another port.`,
  })
  await t.rejects(fetch(`http://127.0.0.1:${first.port}/`), 'what was bound before is released')
})

test('a certificate that cannot be read is one clear sentence', async (t) => {
  const tls = { cert: '/nowhere/portal.pem', key: '/nowhere/portal.key' }
  await t.rejects(listenWeb(hello, { hosts: ['127.0.0.1'], port: 0, setting: 'PORTAL_TLS_PORT', tls }), {
    code: 'bad-certificate',
    message: /The certificate \/nowhere\/portal\.pem with the key \/nowhere\/portal\.key cannot be used/,
  })
})

test('an address that is not this machine’s is told too', async (t) => {
  await t.rejects(listenWeb(hello, { hosts: ['192.0.2.1'], port: 0, setting: 'CONSOLE_PORT' }), {
    message: /TCP 192\.0\.2\.1:0 cannot be bound \(EADDRNOTAVAIL\): set CONSOLE_PORT/,
  })
})
