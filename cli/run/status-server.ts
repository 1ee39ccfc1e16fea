import type { RequestListener } from 'node:http'
import { listenWeb, type Listening } from '../../core/process/listen.ts'

/** Serves `/metrics` of all processes of this run, and `/health/live` and `/health/ready`. */
export async function startStatusServer(parts: {
  host: string
  port: number
  metrics: () => Promise<string>
  notReady: () => string | null
  /** Sets a clock that stands (`PUT /clock?at=EPOCH_MS&work=1`); null where time is the world's. */
  clock: { now(): number; set(at: number, work: boolean): Promise<void> } | null
}): Promise<Listening> {
  const handler: RequestListener = (request, response) => {
    const answer = (status: number, type: string, body: string): void =>
      void response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
    if (request.url === '/metrics')
      return void parts.metrics().then(
        (text) => answer(200, 'text/plain; version=0.0.4; charset=utf-8', text),
        () => answer(500, 'text/plain', 'metrics could not be collected\n'),
      )
    if (request.url === '/health/live') return answer(200, 'application/json', '{"status":"ok"}')
    if (parts.clock && request.method === 'PUT' && request.url?.startsWith('/clock?')) {
      const asked = new URLSearchParams(request.url.slice('/clock?'.length))
      const at = Number(asked.get('at'))
      if (!Number.isSafeInteger(at) || at < parts.clock.now())
        return answer(400, 'text/plain', 'at takes epoch ms, and never goes back\n')
      return void parts.clock.set(at, asked.get('work') === '1').then(
        () => answer(200, 'application/json', JSON.stringify({ at })),
        (error: Error) => answer(500, 'text/plain', `${error.message}\n`),
      )
    }
    if (request.url !== '/health/ready')
      return answer(404, 'text/plain', 'here are /metrics, /health/live and /health/ready\n')
    const reason = parts.notReady()
    // Whoever looks learns that this is no real time.
    const clock = parts.clock && { clock: new Date(parts.clock.now()).toISOString() }
    if (reason === null) return answer(200, 'application/json', JSON.stringify({ status: 'ok', ...clock }))
    return answer(503, 'application/json', JSON.stringify({ status: 'not ready', reason, ...clock }))
  }
  return listenWeb(handler, { hosts: [parts.host], port: parts.port, setting: 'METRICS_PORT' })
}
