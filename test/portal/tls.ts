import { execFileSync } from 'node:child_process'
import { Agent, request } from 'node:https'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listenWeb } from '../../core/process/listen.ts'
import { testFolder, type Test } from '../support/stores.ts'
import type { Stage } from './stage.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Serves a stage over TLS with a certificate of its own; what is returned asks it, over one connection. */
export async function overTls(t: Test, stage: Stage) {
  const folder = testFolder(t)
  const [cert, key] = [join(folder, 'portal.pem'), join(folder, 'portal.key')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', ...curve, ...name, '-days', '1', '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  const listening = await listenWeb((asked, answer) => stage.app.routing(asked, answer), {
    hosts: ['127.0.0.1'],
    port: 0,
    setting: 'PORTAL_TLS_PORT',
    tls: { cert, key },
  })
  t.teardown(() => listening.stop())
  stage.tlsUrl = `https://127.0.0.1:${listening.port}`
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(cert) })
  t.teardown(() => agent.destroy())
  return (
    path: string,
    headers: Readonly<Record<string, string>> = {},
    form?: Readonly<Record<string, string>>,
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const type = form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}
      const asked = request(
        new URL(path, stage.tlsUrl!),
        { method: form ? 'POST' : 'GET', headers: { ...type, ...headers }, agent },
        (answer) => {
          let body = ''
          answer.on('data', (chunk: Buffer) => (body += chunk.toString()))
          answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body }))
        },
      )
      asked.on('error', reject)
      asked.end(form && new URLSearchParams(form).toString())
    })
}
